package dev.longrunning.bench.wire;

import io.netty.util.collection.IntObjectHashMap;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The frames that come on one connection. Between reads it keeps what is not whole yet, and nothing
 * else.
 */
final class Inbound {
  private static final byte[] NONE = {};
  private static final int PREFIX = 5;
  private static final int PRIORITY_BYTES = 5;
  private static final int SETTINGS_ENTRY = 6;
  private static final int INITIAL_WINDOW_SIZE = 4;

  private final Connection connection;
  private final Ends ends;
  private final IntObjectHashMap<byte[]> parts = new IntObjectHashMap<>(2);
  private byte[] rest = NONE;

  Inbound(Connection connection, Ends ends) {
    this.connection = connection;
    this.ends = ends;
  }

  /** Puts before what will be read what was left of the last time. */
  ByteBuffer rest(ByteBuffer in) {
    in.put(rest);
    rest = NONE;
    return in;
  }

  void take(byte[] bytes, int end) {
    int at = 0;
    while (end - at >= Connection.FRAME_HEAD) {
      int length = integer(bytes, at) >>> 8;
      int from = at + Connection.FRAME_HEAD;
      if (end - from < length) {
        break;
      }
      frame(bytes, at, from, from + length);
      at = from + length;
    }
    rest = at == end ? NONE : Arrays.copyOfRange(bytes, at, end);
  }

  private void frame(byte[] bytes, int head, int from, int to) {
    int flags = bytes[head + 4];
    int id = integer(bytes, head + 5) & Integer.MAX_VALUE;
    switch (bytes[head + 3]) {
      case FrameType.DATA -> data(id, flags, bytes, from, to);
      case FrameType.HEADERS -> headers(id, flags, bytes, from, to);
      case FrameType.RESET -> connection.ended(id, 13, "reset with code " + integer(bytes, from));
      case FrameType.SETTINGS -> settings(flags, bytes, from, to);
      case FrameType.PING -> {
        if ((flags & FrameType.ACK) == 0) {
          connection.acknowledge(FrameType.PING, bytes, from, to - from);
        }
      }
      case FrameType.WINDOW_UPDATE -> connection.widened(id, integer(bytes, from));
      default -> {
        // GO_AWAY: the streams that there are go on, and end or break. Others say nothing to a
        // client.
      }
    }
  }

  private void settings(int flags, byte[] bytes, int from, int to) {
    if ((flags & FrameType.ACK) != 0) {
      return;
    }
    for (int at = from; at + SETTINGS_ENTRY <= to; at += SETTINGS_ENTRY) {
      if (bytes[at + 1] == INITIAL_WINDOW_SIZE) {
        connection.initialWindow(integer(bytes, at + 2));
      }
    }
    connection.acknowledge(FrameType.SETTINGS, bytes, from, 0);
  }

  private void headers(int id, int flags, byte[] bytes, int from, int to) {
    if ((flags & FrameType.END_STREAM) != 0) {
      int block = (flags & FrameType.PRIORITY) == 0 ? from : from + PRIORITY_BYTES;
      var end = ends.end(bytes, block, to);
      parts.remove(id);
      connection.ended(id, end.status(), end.message());
    }
  }

  private void data(int id, int flags, byte[] bytes, int from, int to) {
    connection.consumed(to - from);
    if ((flags & FrameType.PADDED) != 0) {
      throw new IllegalStateException("padding is not expected");
    }
    messages(id, bytes, from, to);
    if ((flags & FrameType.END_STREAM) != 0) {
      connection.ended(id, 2, "ended without trailers");
    }
  }

  private void messages(int id, byte[] bytes, int from, int to) {
    if (!parts.isEmpty()) {
      var part = parts.remove(id);
      if (part != null) {
        byte[] both = Arrays.copyOf(part, part.length + to - from);
        System.arraycopy(bytes, from, both, part.length, to - from);
        whole(id, both, 0, both.length);
        return;
      }
    }
    whole(id, bytes, from, to);
  }

  private void whole(int id, byte[] bytes, int from, int to) {
    int at = from;
    while (to - at >= PREFIX) {
      int length = integer(bytes, at + 1);
      if (to - at - PREFIX < length) {
        break;
      }
      connection.message(id, bytes, at + PREFIX, length);
      at += PREFIX + length;
    }
    if (at < to) {
      parts.put(id, Arrays.copyOfRange(bytes, at, to));
    }
  }

  private static int integer(byte[] bytes, int at) {
    return (bytes[at] << 24)
        | ((bytes[at + 1] & 0xff) << 16)
        | ((bytes[at + 2] & 0xff) << 8)
        | (bytes[at + 3] & 0xff);
  }
}
