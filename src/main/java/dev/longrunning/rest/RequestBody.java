package dev.longrunning.rest;

import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.BodyBudget;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, as it comes in.
 *
 * <p><b>Threads.</b> Confined to the event loop of its request.
 *
 * <p><b>Bounds.</b> {@value #BYTES_MAX} bytes, and what the budget of its event loop leaves.
 */
final class RequestBody {
  /** 4 MiB: twice the largest operation. */
  static final int BYTES_MAX = 4_194_304;

  private final BodyBudget budget;
  private Buffer bytes = Buffer.buffer();

  RequestBody(BodyBudget budget) {
    this.budget = budget;
  }

  /** Whether it still fits; if not, it is not added. */
  boolean add(Buffer part) {
    if (bytes.length() + part.length() > BYTES_MAX) {
      return false;
    }
    if (!budget.take(part.length())) {
      throw Problem.overloaded("request bodies");
    }
    bytes.appendBuffer(part);
    return true;
  }

  /** Lets go of it: a call may wait for minutes once it is decoded. */
  void drop() {
    budget.give(bytes.length());
    bytes = Buffer.buffer();
  }

  boolean isEmpty() {
    return bytes.length() == 0;
  }

  String text() {
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

  static Problem tooLarge() {
    return Problem.overLimit("body", "more", "at most " + BYTES_MAX + " bytes");
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
