package dev.longrunning.auth;

import static dev.longrunning.auth.TestIssuer.P256;
import static dev.longrunning.auth.TestIssuer.RSA;
import static dev.longrunning.auth.TestIssuer.published;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeySetTest {
  private static final String NO_KEY =
      "got no key that can verify tokens, allowed at least one with a kid";

  private static void assertRefused(String published, String why) {
    assertThatThrownBy(() -> KeySet.parse(published))
        .isInstanceOfSatisfying(KeyFault.class, it -> assertThat(it.line()).isEqualTo(why));
  }

  /** The RSA key with one member changed; empty: without it. */
  private static String changed(String member, String value) {
    var key = new JsonObject(RSA.toPublicJWK().toJSONObject());
    if (value.isEmpty()) {
      key.remove(member);
    } else {
      key.put(member, value.startsWith("[") ? new JsonArray(value) : value);
    }
    return new JsonObject().put("keys", new JsonArray().add(key)).encode();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"keys\": {}}", "{\"keys\": []", "<html>"})
  void what_is_no_key_set_is_refused(String text) {
    assertRefused(text, "got no key set, allowed JSON with a list of keys");
  }

  @ParameterizedTest
  @CsvSource({
    "kid, ''",
    "kty, ''",
    "kty, EC",
    "n, ''",
    "n, AQAB",
    "e, ''",
    "use, enc",
    "use, x",
    "key_ops, '[\"encrypt\"]'",
    "key_ops, '[1]'",
  })
  void a_key_that_is_not_for_tokens_is_left_out(String member, String value) {
    assertRefused(changed(member, value), NO_KEY);
  }

  @ParameterizedTest
  @CsvSource({"use, sig", "use, ''", "key_ops, '[\"verify\"]'", "alg, RS512", "x5c, '[1]'"})
  void a_key_that_is_for_tokens_is_taken(String member, String value) throws Exception {
    assertThat(KeySet.parse(changed(member, value)).size()).isEqualTo(1);
  }

  @Test
  void keys_that_are_short_or_secret_or_on_no_curve_are_left_out() throws Exception {
    assertRefused(published(TestIssuer.rsa("short", 1_024)), NO_KEY);
    var secret = new OctetSequenceKey.Builder(new byte[32]).keyID("secret").build();
    var json = new JsonObject(Map.of("keys", List.of(secret.toJSONObject())));
    assertRefused(json.encode(), NO_KEY);
    assertRefused(published(P256, Map.of("x", P256.getY().toString())), NO_KEY);
    assertRefused(
        new JsonObject(
                Map.of(
                    "keys",
                    List.of(
                        Map.of("kty", "OKP", "crv", "X25519", "kid", "x", "x", "A".repeat(43)))))
            .encode(),
        NO_KEY);
    assertRefused("{\"keys\": [1, null, {}]}", NO_KEY);
  }

  @Test
  void what_cannot_be_understood_does_not_hide_the_others() throws Exception {
    var keys =
        new JsonArray().add(1).add(Map.of("kty", "new")).add(RSA.toPublicJWK().toJSONObject());

    var set = KeySet.parse(new JsonObject().put("keys", keys).encode());

    assertThat(set.find("rsa")).isPresent();
    assertThat(set.size()).isEqualTo(1);
  }

  @Test
  void an_algorithm_is_of_one_type_and_one_curve() {
    var secret = new OctetSequenceKey.Builder(new byte[32]).build();

    assertThat(JwtAlgorithm.RS256.isOf(RSA)).isTrue();
    assertThat(JwtAlgorithm.RS256.isOf(secret)).isFalse();
    assertThat(JwtAlgorithm.RS256.isOf(P256)).isFalse();
    assertThat(JwtAlgorithm.ES256.isOf(P256)).isTrue();
    assertThat(JwtAlgorithm.ES384.isOf(P256)).isFalse();
    assertThat(JwtAlgorithm.of("HS256")).isEmpty();
    assertThat(JwtAlgorithm.of("none")).isEmpty();
  }

  @Test
  void keys_are_bounded() throws Exception {
    var many = new ArrayList<JWK>();
    for (int i = 0; i < KeySet.KEYS_MAX; i++) {
      many.add(new ECKey.Builder(P256).keyID("k" + i).build());
    }
    assertThat(KeySet.parse(published(many.toArray(JWK[]::new))).size()).isEqualTo(64);
    many.add(P256);
    assertRefused(published(many.toArray(JWK[]::new)), "got 65 keys, allowed up to 64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://issuer.example.com/",
        "https://issuer.example.com:8443/a?p=b",
        "http://localhost:8080/realms/a",
        "http://127.0.0.53",
        "http://[::1]:8080",
        "HTTPS://issuer.example.com",
      })
  void keys_are_fetched_encrypted_or_from_this_machine(String url) {
    assertThat(IssuerUrl.parse(url)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "issuer.example.com",
        "http://issuer.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://localhost",
        "file:///etc/passwd",
        "https://",
        "https://me:secret@issuer.example.com",
        "https://issuer.example.com/#x",
        "https://issuer.example.com/a b",
      })
  void keys_are_fetched_from_nowhere_else(String url) {
    assertThat(IssuerUrl.parse(url)).isEmpty();
  }

  @Test
  void an_issuer_may_end_in_a_slash() {
    assertThat(IssuerUrl.discovery("https://a/")).isEqualTo(IssuerUrl.discovery("https://a"));
    assertThat(IssuerUrl.parse("https://a/" + "x".repeat(2_038))).isPresent();
    assertThat(IssuerUrl.parse("https://a/" + "x".repeat(2_039))).isEmpty();
  }
}
