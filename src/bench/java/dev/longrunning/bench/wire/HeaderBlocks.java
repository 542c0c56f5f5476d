package dev.longrunning.bench.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of the calls of one connection, as clients send them: in full the first time, by
 * their index in the table of HPACK from then on.
 *
 * <p><b>Bounds.</b> Fields are never evicted: a connection that would fill the 4,096 bytes of the
 * table is refused.
 */
final class HeaderBlocks {
  private static final int STATIC_ENTRIES = 61;
  private static final int TABLE_BYTES_MAX = 4_096;
  private static final int ENTRY_BYTES = 32;

  private final Map<Map.Entry<String, String>, Integer> entries = new HashMap<>();
  private int tableBytes;

  /** The headers of a gRPC call to this path. */
  static Map<String, String> grpc(String path, Map<String, String> more) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(":method", "POST");
    headers.put(":scheme", "http");
    headers.put(":path", path);
    headers.put(":authority", "127.0.0.1");
    headers.put("content-type", "application/grpc");
    headers.put("te", "trailers");
    headers.putAll(more);
    return headers;
  }

  byte[] block(Map<String, String> headers) {
    var block = new ByteArrayOutputStream();
    for (var header : headers.entrySet()) {
      var known = entries.get(header);
      if (known == null) {
        literal(block, header);
      } else {
        integer(block, 0x80, 7, STATIC_ENTRIES + entries.size() - known);
      }
    }
    return block.toByteArray();
  }

  private void literal(ByteArrayOutputStream block, Map.Entry<String, String> header) {
    tableBytes += header.getKey().length() + header.getValue().length() + ENTRY_BYTES;
    if (tableBytes > TABLE_BYTES_MAX) {
      throw new IllegalStateException(
          "headers: more than the table of a connection takes: " + header.getKey());
    }
    entries.put(Map.entry(header.getKey(), header.getValue()), entries.size());
    block.write(0x40);
    text(block, header.getKey());
    text(block, header.getValue());
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    integer(block, 0, 7, bytes.length);
    block.writeBytes(bytes);
  }

  /** An integer with a prefix of so many bits, RFC 7541, section 5.1. */
  private static void integer(ByteArrayOutputStream block, int pattern, int bits, int value) {
    int max = (1 << bits) - 1;
    if (value < max) {
      block.write(pattern | value);
      return;
    }
    block.write(pattern | max);
    int rest = value - max;
    for (; rest >= 0x80; rest >>>= 7) {
      block.write((rest & 0x7f) | 0x80);
    }
    block.write(rest);
  }
}
