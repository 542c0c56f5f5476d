package dev.longrunning.grpc;

import dev.longrunning.operation.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * A body in base64 that comes in parts, cut anywhere, and in segments, each with padding of its
 * own.
 *
 * <p><b>Bounds.</b> Keeps at most three characters from one part to the next.
 */
final class TextBody {
  private static final int QUAD = 4;

  private byte[] rest = new byte[0];

  /** What is whole by now; throws {@link Problem} INVALID for what is not base64. */
  Buffer decoded(Buffer part) {
    var text = Arrays.copyOf(rest, rest.length + part.length());
    part.getBytes(text, rest.length);
    int whole = text.length - text.length % QUAD;
    rest = Arrays.copyOfRange(text, whole, text.length);
    var decoded = Buffer.buffer(whole / QUAD * 3);
    for (int from = 0; from < whole; ) {
      int to = endOfSegment(text, from, whole);
      decoded.appendBytes(decoded(Arrays.copyOfRange(text, from, to)));
      from = to;
    }
    return decoded;
  }

  /** Behind the first quad that is padded, or behind all. */
  private static int endOfSegment(byte[] text, int from, int whole) {
    for (int to = from + QUAD; to < whole; to += QUAD) {
      if (text[to - 1] == '=') {
        return to;
      }
    }
    return whole;
  }

  private static byte[] decoded(byte[] segment) {
    try {
      return Base64.getDecoder().decode(segment);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("body", segment.length + " bytes that are not", "base64");
    }
  }

  /** Throws {@link Problem} INVALID if the body ended within four characters. */
  void end() {
    if (rest.length > 0) {
      throw Problem.invalid("body", rest.length + " characters too many", "base64");
    }
  }
}
