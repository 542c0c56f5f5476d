package dev.longrunning.bench.wire;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A call: where to, with which headers besides those of gRPC, and its message with gRPC's prefix.
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on as it is, and never compared.
public record Call(String path, Map<String, String> headers, byte[] message) {
  static final Call NONE = new Call("", Map.of(), new byte[0]);

  private static final int PREFIX = 5;

  public static Call of(String path, MessageLite message) {
    return new Call(path, Map.of(), framed(message.toByteArray()));
  }

  public static byte[] framed(byte[] bytes) {
    return ByteBuffer.allocate(PREFIX + bytes.length)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /** What to call next; asked on the thread of the loop. */
  public interface Source {
    Call next();
  }
}
