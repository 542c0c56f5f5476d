package dev.longrunning.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import dev.longrunning.operation.Problem;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON exactly as RFC 8259 has it; {@code JsonFormat} and Vert.x take comments, single quotes
 * or a tail.
 *
 * <p><b>Promise.</b> No name comes twice in one object: readers disagree on which one counts. Every
 * text can be written as UTF-8. What is not so is {@link Problem} INVALID.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> {@value #TOKENS_MAX} parts, {@value #DEPTH_MAX} levels, as {@code JsonFormat}
 * has it, and {@value #DIGITS_MAX} characters a number: reading one takes time by the square of its
 * length.
 */
final class StrictJson {
  static final int DEPTH_MAX = 100;
  static final int DIGITS_MAX = 1_000;

  /** A tree of as many parts takes some 30 MB; a large state has a few thousand. */
  static final long TOKENS_MAX = 200_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(DIGITS_MAX)
                  .maxTokenCount(TOKENS_MAX)
                  .build())
          .build();

  private StrictJson() {}

  /** Reads one object, or throws {@link Problem} INVALID. */
  static JsonObject object(String json) {
    if (read(json, "one JSON object") instanceof JsonObject object) {
      return object;
    }
    throw Problem.invalid("body", json, "one JSON object");
  }

  /** Reads one value of any kind but null, or throws {@link Problem} INVALID. */
  static Object value(String json) {
    var value = read(json, "one JSON value");
    if (value == null) {
      throw Problem.invalid("body", json, "one JSON value");
    }
    return value;
  }

  /** Null: what came is the word null. */
  private static @Nullable Object read(String json, String allowed) {
    try {
      return JacksonCodec.fromParser(new Texts(FACTORY.createParser(json)), Object.class);
    } catch (DecodeException e) {
      throw Problem.invalid("body", json, allowed(e.getCause(), allowed));
    } catch (IOException e) {
      throw Problem.invalid("body", json, allowed(e, allowed));
    }
  }

  private static String allowed(@Nullable Throwable cause, String usual) {
    if (cause instanceof StreamConstraintsException) {
      return "at most " + DEPTH_MAX + " levels, and " + DIGITS_MAX + " characters a number";
    }
    boolean twice = cause != null && String.valueOf(cause.getMessage()).startsWith("Duplicate");
    return twice ? "each name once in an object" : usual;
  }

  /**
   * Refuses half of a surrogate pair, which has no UTF-8 form, and numbers that JSON cannot print.
   */
  private static final class Texts extends JsonParserDelegate {
    Texts(JsonParser parser) {
      super(parser);
    }

    @Override
    public String getText() throws IOException {
      return checked(super.getText());
    }

    @Override
    public @Nullable String nextFieldName() throws IOException {
      return nextToken() == JsonToken.FIELD_NAME ? checked(currentName()) : null;
    }

    @Override
    public Number getNumberValue() throws IOException {
      var number = super.getNumberValue();
      if (number instanceof Double value && value.isInfinite()) {
        throw new JsonParseException(this, "past what a double holds");
      }
      return number;
    }

    private String checked(String text) throws JsonParseException {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(c)) {
          throw new JsonParseException(this, "half of a surrogate pair");
        }
      }
      return text;
    }
  }
}
