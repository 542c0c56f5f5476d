package dev.longrunning.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** HTTP/2 frames, right ones and wrong ones. */
public final class Frames {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int ACK = 1;
  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;
  public static final int PADDED = 8;
  public static final int PRIORITIZED = 32;

  public static final int HEADER_TABLE_SIZE = 1;
  public static final int ENABLE_PUSH = 2;
  public static final int INITIAL_WINDOW_SIZE = 4;
  public static final int MAX_FRAME_SIZE = 5;

  private static final int FRAME_BYTES_MAX = 16_384;

  private Frames() {}

  public static byte[] preface() {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  }

  public static byte[] raw(int type, int flags, int stream, byte... payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** Settings as pairs of identifier and value. */
  public static byte[] settings(int... pairs) {
    var payload = ByteBuffer.allocate(pairs.length * 3);
    for (int i = 0; i < pairs.length; i += 2) {
      payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
    }
    return raw(SETTINGS, 0, 0, payload.array());
  }

  public static byte[] settingsAck() {
    return raw(SETTINGS, ACK, 0);
  }

  public static byte[] ping(long data) {
    return raw(PING, 0, 0, number(8, data));
  }

  public static byte[] reset(int stream, int code) {
    return raw(RST_STREAM, 0, stream, number(4, code));
  }

  public static byte[] windowUpdate(int stream, int bytes) {
    return raw(WINDOW_UPDATE, 0, stream, number(4, bytes));
  }

  private static byte[] number(int bytes, long value) {
    return Arrays.copyOfRange(ByteBuffer.allocate(8).putLong(value).array(), 8 - bytes, 8);
  }

  /** One DATA frame, or several if the bytes are more than one may hold. */
  public static byte[] data(int stream, boolean last, byte... bytes) {
    var frames = new ByteArrayOutputStream();
    int from = 0;
    do {
      int to = Math.min(bytes.length, from + FRAME_BYTES_MAX);
      int flags = last && to == bytes.length ? END_STREAM : 0;
      frames.writeBytes(raw(DATA, flags, stream, Arrays.copyOfRange(bytes, from, to)));
      from = to;
    } while (from < bytes.length);
    return frames.toByteArray();
  }

  /**
   * Headers as pairs of name and value, in their order, unchecked: one HEADERS frame and what
   * continues it.
   */
  public static byte[] headers(int stream, boolean last, String... pairs) {
    byte[] block = literals(pairs);
    var frames = new ByteArrayOutputStream();
    for (int from = 0; from == 0 || from < block.length; from += FRAME_BYTES_MAX) {
      int to = Math.min(block.length, from + FRAME_BYTES_MAX);
      int flags = (to == block.length ? END_HEADERS : 0) | (from == 0 && last ? END_STREAM : 0);
      frames.writeBytes(
          raw(
              from == 0 ? HEADERS : CONTINUATION,
              flags,
              stream,
              Arrays.copyOfRange(block, from, to)));
    }
    return frames.toByteArray();
  }

  /** A header block of literals, in the order given, whatever they are. */
  public static byte[] literals(String... pairs) {
    var block = new ByteArrayOutputStream();
    for (int i = 0; i < pairs.length; i += 2) {
      block.write(0x10);
      string(block, pairs[i]);
      string(block, pairs[i + 1]);
    }
    return block.toByteArray();
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int left = bytes.length - 127;
      while (left > 127) {
        block.write((left & 127) | 128);
        left >>>= 7;
      }
      block.write(left);
    }
    block.writeBytes(bytes);
  }
}
