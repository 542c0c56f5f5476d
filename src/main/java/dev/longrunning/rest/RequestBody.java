package dev.longrunning.rest;

import dev.longrunning.operation.Problem;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request's body as JSON in UTF-8. */
final class RequestBody {
  /** 4 MiB: twice the largest operation. */
  static final int BYTES_MAX = 4_194_304;

  private RequestBody() {}

  /** The text of a whole body; empty: there is none. */
  static String text(Buffer bytes) {
    try {
      // A new decoder reports what is malformed; Buffer.toString would replace it.
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid("body", bytes.length() + " bytes that are not", "UTF-8");
    }
  }

  /** What is wrong with the headers that describe the body, if anything. */
  static Optional<Problem> fault(@Nullable String type, @Nullable String encoding) {
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Optional.of(Problem.invalid("content-encoding", encoding, "identity"));
    }
    if (type == null || isJson(type)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.invalid("content-type", type, "application/json, in UTF-8 if it has a charset"));
  }

  private static boolean isJson(String type) {
    var parts = type.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals("application/json")) {
      return false;
    }
    for (String part : parts) {
      String parameter = part.strip().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        return false;
      }
    }
    return true;
  }
}
