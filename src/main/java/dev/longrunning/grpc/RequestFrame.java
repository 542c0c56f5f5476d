package dev.longrunning.grpc;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The one message that the body of a unary request holds.
 *
 * <p><b>Promise.</b> Anything but exactly one whole message is a {@link Problem} that says what
 * came.
 *
 * <p><b>Bounds.</b> {@value #MESSAGE_BYTES_MAX} bytes, both as received and once decompressed.
 */
final class RequestFrame {
  /** Twice the largest operation: 4 MiB. */
  static final int MESSAGE_BYTES_MAX = 4_194_304;

  static final int COMPRESSED = 1;

  private RequestFrame() {}

  /** Reads the message out of a complete body. */
  static Bytes message(Buffer body, @Nullable String encoding) {
    if (body.length() < Framing.PREFIX_BYTES) {
      throw Problem.invalid("body", body.length() + " bytes", "one message with its prefix");
    }
    int flags = body.getUnsignedByte(0);
    long length = body.getUnsignedInt(1);
    if (length > MESSAGE_BYTES_MAX) {
      throw tooLarge(length + " bytes");
    }
    if (length != body.length() - Framing.PREFIX_BYTES) {
      throw Problem.invalid(
          "body",
          "a prefix of " + length + " bytes before " + (body.length() - Framing.PREFIX_BYTES),
          "one whole message");
    }
    if (flags > COMPRESSED) {
      throw Problem.invalid("body", "message flags " + flags, "0 or 1");
    }
    var content = body.getBytes(Framing.PREFIX_BYTES, body.length());
    return Bytes.of(flags == COMPRESSED ? decompressed(content, encoding) : content);
  }

  static byte[] decompressed(byte[] content, @Nullable String encoding) {
    if (encoding == null || encoding.equals("identity")) {
      String got = encoding == null ? "none" : encoding;
      throw Problem.invalid("grpc-encoding", got, "gzip where the message is compressed");
    }
    if (!encoding.equals("gzip")) {
      throw Problem.unimplemented(
          "grpc-encoding: got " + Problem.shown(encoding) + ", allowed gzip or identity");
    }
    try (var input = new WholeGzip(content)) {
      var message = input.readNBytes(MESSAGE_BYTES_MAX + 1);
      if (message.length > MESSAGE_BYTES_MAX) {
        throw tooLarge("more, decompressed");
      }
      input.checkEnd();
      return message;
    } catch (IOException e) {
      throw Problem.invalid("body", content.length + " bytes that are not", "gzip");
    }
  }

  /** One or more gzip members and nothing else; the superclass ignores what follows them. */
  private static final class WholeGzip extends GZIPInputStream {
    private static final int TRAILER_BYTES = 8;

    /** The superclass calls itself for each member that is empty. */
    private static final int EMPTY_MEMBERS_MAX = 16;

    private int nested;

    WholeGzip(byte[] content) throws IOException {
      // All input at once: then what the inflater did not take is the trailer, and what is too
      // much.
      super(new ByteArrayInputStream(content), Math.max(1, content.length));
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (nested > EMPTY_MEMBERS_MAX) {
        throw new ZipException("too many empty members");
      }
      nested++;
      try {
        return super.read(bytes, from, length);
      } finally {
        nested--;
      }
    }

    /** To be called at the end of what it holds. */
    void checkEnd() throws IOException {
      if (inf.getRemaining() != TRAILER_BYTES) {
        throw new ZipException("bytes after the last member");
      }
    }
  }

  static Problem tooLarge(String got) {
    return Problem.overLimit("message", got, "at most " + MESSAGE_BYTES_MAX + " bytes");
  }
}
