package dev.longrunning.auth;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** JSON of others, which may be anything; read strictly. */
final class JsonText {
  private JsonText() {}

  /** The object that a text is; empty: it is none. */
  static Optional<Map<String, Object>> object(String text) {
    try {
      return Optional.of(new JsonObject(text).getMap());
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  /** The object that a part of a token is; empty: it is none, or not in Base64 of URLs. */
  static Optional<Map<String, Object>> decoded(String part) {
    try {
      var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(part));
      return object(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
