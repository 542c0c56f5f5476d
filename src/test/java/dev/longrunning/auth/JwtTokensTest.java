package dev.longrunning.auth;

import static dev.longrunning.auth.TestIssuer.AUDIENCE;
import static dev.longrunning.auth.TestIssuer.NAME;
import static dev.longrunning.auth.TestIssuer.OTHER_RSA;
import static dev.longrunning.auth.TestIssuer.P256;
import static dev.longrunning.auth.TestIssuer.P384;
import static dev.longrunning.auth.TestIssuer.RSA;
import static dev.longrunning.auth.TestIssuer.encoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.longrunning.feed.VirtualTime;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class JwtTokensTest {
  private static final Duration SKEW = Duration.ofSeconds(30);

  /** When virtual time begins. */
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final long NOW = START.getEpochSecond();

  private final VirtualTime time = new VirtualTime();
  private final HereLoop loop = new HereLoop();
  private final ScriptedSource source = new ScriptedSource();
  private final IssuerKeys keys = new IssuerKeys(source, loop, time, time);
  private long nanos;
  private final CheckTime checks = new CheckTime(() -> nanos);
  private final JwtTokens tokens = tokens("sub");

  private JwtTokens tokens(String principalClaim) {
    var algorithms = EnumSet.allOf(JwtAlgorithm.class);
    algorithms.remove(JwtAlgorithm.ES384);
    var settings =
        new OidcSettings(
            NAME, Optional.empty(), AUDIENCE, algorithms, principalClaim, "groups", SKEW);
    return new JwtTokens(settings, keys, loop, time, checks);
  }

  private static TestIssuer.Draft draft() {
    return TestIssuer.draft(START);
  }

  @BeforeEach
  void fetchKeys() throws Exception {
    keys.start();
    source.answer(published());
  }

  private static String published() {
    var all = new ArrayList<Map<String, Object>>();
    for (var key : List.of(RSA, P256, P384)) {
      all.add(key.toPublicJWK().toJSONObject());
    }
    all.add(TestIssuer.edPublished());
    var forEncryption = new HashMap<>(RSA.toPublicJWK().toJSONObject());
    forEncryption.putAll(Map.of("kid", "enc", "use", "enc"));
    all.add(forEncryption);
    var forAnother = new HashMap<>(RSA.toPublicJWK().toJSONObject());
    forAnother.putAll(Map.of("kid", "ps", "alg", "PS256"));
    all.add(forAnother);
    return JSONObjectUtils.toJSONString(Map.of("keys", all));
  }

  private Identity accepted(String token) {
    return accepted(tokens, token);
  }

  private static Identity accepted(JwtTokens by, String token) {
    var answer = by.identify(token).orElseThrow();
    assertThat(answer.cause()).isNull();
    return answer.result();
  }

  private Problem refused(String token) {
    return refused(tokens, token);
  }

  private static Problem refused(JwtTokens by, String token) {
    Future<Identity> answer = by.identify(token).orElseThrow();
    assertThat(answer.failed()).isTrue();
    return (Problem) answer.cause();
  }

  static Stream<Arguments> bad() throws Exception {
    var publicKey = RSA.toRSAPublicKey();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey.getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    var good = draft().signed(RSA);
    var stranger = OTHER_RSA;
    return Stream.of(
        arguments("none", draft().header("alg", "none").withSignature(new byte[0]), "damaged"),
        arguments("none with one", draft().header("alg", "none").withSignature(new byte[9]), "alg"),
        arguments("None", draft().header("alg", "None").withSignature(new byte[9]), "alg"),
        arguments(
            "HS256 by the public key",
            draft().header("alg", "HS256").signed(publicKey.getEncoded()),
            "allowed ES256, ES512, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512"),
        arguments(
            "HS256 by its PEM",
            draft().header("alg", "HS256").signed(pem.getBytes(StandardCharsets.US_ASCII)),
            "(alg)"),
        arguments("no alg", draft().without("alg").withSignature(new byte[9]), "(alg)"),
        arguments(
            "alg of another type",
            draft().header("alg", List.of("RS256")).withSignature(new byte[9]),
            "(alg)"),
        arguments("alg not allowed here", draft().of("ES384", "p384").signed(P384), "(alg)"),
        arguments("wrong kid", draft().header("kid", "nobody").signed(RSA), "does not have"),
        arguments("no kid", draft().without("kid").signed(RSA), "does not say which"),
        arguments("empty kid", draft().header("kid", "").signed(RSA), "does not say which"),
        arguments(
            "kid of another type", draft().header("kid", 1).signed(RSA), "does not say which"),
        arguments(
            "endless kid",
            draft().header("kid", "k".repeat(257)).signed(RSA),
            "does not say which"),
        arguments("key for encryption", draft().header("kid", "enc").signed(RSA), "does not have"),
        arguments("key for another alg", draft().header("kid", "ps").signed(RSA), "not for its"),
        arguments("alg not of the key", draft().header("kid", "p256").signed(RSA), "not for its"),
        arguments(
            "curve not of the key",
            draft().of("ES256", "p384").withSignature(new byte[9]),
            "not for its"),
        arguments("EdDSA of an RSA key", draft().of("EdDSA", "rsa").signedByEd25519(), "not for"),
        arguments("signed by another", draft().signed(stranger), "signature"),
        arguments(
            "another alg than signed", draft().of("RS512", "rsa").signedAs("RS256", RSA), "signat"),
        arguments(
            "ES256 of zeros", draft().of("ES256", "p256").withSignature(new byte[64]), "sign"),
        arguments(
            "Ed25519 of zeros", draft().of("EdDSA", "ed").withSignature(new byte[64]), "sign"),
        arguments("embedded jwk", embedded().signed(stranger), "signature"),
        arguments(
            "embedded jwk alone", embedded().without("kid").signed(stranger), "does not say which"),
        arguments(
            "jku", draft().header("jku", "http://127.0.0.1:1/").signed(stranger), "signature"),
        arguments(
            "x5u", draft().header("x5u", "http://127.0.0.1:1/").signed(stranger), "signature"),
        arguments("crit", draft().header("crit", List.of("exp")).signed(RSA), "(crit)"),
        arguments("b64", draft().header("b64", false).signed(RSA), "(crit)"),
        arguments("nested", draft().header("cty", "JWT").signed(RSA), "(cty)"),
        arguments("wrong typ", draft().header("typ", "logout+jwt").signed(RSA), "(typ)"),
        arguments("typ of another type", draft().header("typ", 1).signed(RSA), "(typ)"),
        arguments("JWE", "eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA", "encrypted"),
        arguments("wrong issuer", draft().claim("iss", NAME + "/").signed(RSA), "(iss), allowed"),
        arguments("no issuer", draft().without("iss").signed(RSA), "(iss)"),
        arguments("wrong audience", draft().claim("aud", "others").signed(RSA), "(aud), allowed"),
        arguments("wrong audiences", draft().claim("aud", List.of("a", "b")).signed(RSA), "(aud)"),
        arguments("no audience", draft().without("aud").signed(RSA), "(aud)"),
        arguments("audience of another type", draft().claim("aud", Map.of()).signed(RSA), "(aud)"),
        arguments("no end", draft().without("exp").signed(RSA), "(exp)"),
        arguments(
            "end of another type", draft().claim("exp", "2099").signed(RSA), "exp is no time"),
        arguments("end that is null", draft().claim("exp", null).signed(RSA), "exp is no time"),
        arguments("end without end", draft().claim("exp", 1e300).signed(RSA), "exp is no time"),
        arguments("end before time", draft().claim("exp", -1).signed(RSA), "exp is no time"),
        arguments("expired", draft().claim("exp", NOW - 30).signed(RSA), "expired"),
        arguments("begins later", draft().claim("nbf", NOW + 31).signed(RSA), "(nbf)"),
        arguments("issued later", draft().claim("iat", NOW + 31).signed(RSA), "(iat)"),
        arguments("begin of another type", draft().claim("nbf", "now").signed(RSA), "nbf"),
        arguments("no subject", draft().without("sub").signed(RSA), "(sub)"),
        arguments("empty subject", draft().claim("sub", "").signed(RSA), "(sub)"),
        arguments("subject of another type", draft().claim("sub", 7).signed(RSA), "(sub)"),
        arguments("endless subject", draft().claim("sub", "x".repeat(257)).signed(RSA), "(sub)"),
        arguments("subject of two lines", draft().claim("sub", "a\nb").signed(RSA), "(sub)"),
        arguments("subject with a bell", draft().claim("sub", "a\u0007b").signed(RSA), "(sub)"),
        arguments("subject of two words", draft().claim("sub", "a b").signed(RSA), "(sub)"),
        arguments("groups of another type", draft().claim("groups", "ops").signed(RSA), "groups"),
        arguments("groups of numbers", draft().claim("groups", List.of(1)).signed(RSA), "groups"),
        arguments(
            "group with a bell", draft().claim("groups", List.of("\u0007")).signed(RSA), "groups"),
        arguments("groups without end", draft().claim("groups", many(513)).signed(RSA), "groups"),
        arguments(
            "endless group",
            draft().claim("groups", List.of("g".repeat(257))).signed(RSA),
            "groups"),
        arguments("scope of another type", draft().claim("scope", 1).signed(RSA), "scope"),
        arguments("scp of numbers", draft().claim("scp", List.of(1)).signed(RSA), "scp"),
        arguments("oversized", draft().claim("x", "x".repeat(6_200)).signed(RSA), "longer than"),
        arguments("truncated", good.substring(0, good.length() - 10), "signature"),
        arguments("without a signature", good.substring(0, good.lastIndexOf('.') + 1), "damaged"),
        arguments("changed", good.replaceFirst("\\.e", ".f"), "signature"),
        arguments("padded", good + "=", "damaged"),
        arguments("garbage", "a.b.c", "damaged"),
        arguments("empty parts", "..", "damaged"),
        arguments("other characters", "ä.ö.ü", "damaged"),
        arguments("a header that is a list", encoded("[]") + ".e30.AAAA", "damaged"),
        arguments("a deep header", encoded("{\"a\":" + "[".repeat(3_000)) + ".e30.AAAA", "damaged"),
        arguments("a header that is no text", encoded(new byte[] {-1}) + ".e30.AAAA", "damaged"),
        arguments("claims that are a list", draft().signedOver("[]", RSA), "damaged"),
        arguments("claims that are no JSON", draft().signedOver("{", RSA), "damaged"));
  }

  private static List<String> many(int count) {
    var all = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      all.add(Integer.toString(i));
    }
    return all;
  }

  private static TestIssuer.Draft embedded() {
    return draft().header("jwk", OTHER_RSA.toPublicJWK().toJSONObject());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void a_bad_token_is_refused_with_what_to_do_and_nothing_of_it(
      String what, String token, String hint) {
    var problem = refused(token);

    assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAUTHENTICATED);
    assertThat(problem.message()).startsWith("authorization: ").contains(hint);
    assertThat(TestIssuer.pieces(token)).noneMatch(problem.message()::contains);
    assertThat(problem.facts()).isEmpty();
    assertThat(tokens.cached()).isZero();
  }

  static Stream<Arguments> good() {
    return Stream.of(
        arguments("RS256", draft().signed(RSA)),
        arguments("RS512", draft().header("alg", "RS512").signed(RSA)),
        arguments("PS384", draft().header("alg", "PS384").signed(RSA)),
        arguments("PS256 by its own key", draft().of("PS256", "ps").signed(RSA)),
        arguments("ES256", draft().of("ES256", "p256").signed(P256)),
        arguments("EdDSA", draft().of("EdDSA", "ed").signedByEd25519()),
        arguments("no typ", draft().without("typ").signed(RSA)),
        arguments("an access token", draft().header("typ", "at+JWT").signed(RSA)),
        arguments("jku of the issuer", draft().header("jku", NAME + "/keys").signed(RSA)),
        arguments(
            "one of several audiences", draft().claim("aud", List.of("a", AUDIENCE)).signed(RSA)),
        arguments("no time of issue", draft().without("iat").signed(RSA)),
        arguments("the last moment", draft().claim("exp", NOW - 29).signed(RSA)),
        arguments("the first moment", draft().claim("nbf", NOW + 30).signed(RSA)),
        arguments("fractions of a second", draft().claim("exp", NOW + 0.5).signed(RSA)),
        arguments("the longest subject", draft().claim("sub", "x".repeat(256)).signed(RSA)),
        arguments("most groups", draft().claim("groups", many(512)).signed(RSA)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void a_good_token_is_who_it_says(String what, String token) {
    assertThat(accepted(token).principal()).startsWith("oidc:");
  }

  @Test
  void what_is_not_made_of_three_parts_is_no_token_of_this_kind() {
    for (String token : List.of("", "abc", "a.b", "a.b.c.d", "a.b.c.d.e.f")) {
      assertThat(tokens.identify(token)).isEmpty();
    }
  }

  @Test
  void the_largest_token_is_taken_and_one_past_it_is_not() {
    String first = draft().claim("x", "").signed(RSA);
    int room = (BearerTokens.TOKEN_CHARACTERS_MAX - first.length()) * 3 / 4;
    String largest = draft().claim("x", "x".repeat(room)).signed(RSA);
    String larger = draft().claim("x", "x".repeat(room + 3)).signed(RSA);

    assertThat(largest.length()).isBetween(8_189, 8_192);
    assertThat(accepted(largest).principal()).isEqualTo("oidc:alice");
    assertThat(refused(larger).message())
        .isEqualTo("authorization: the token is longer than 8192 characters");
  }

  @Test
  void groups_and_scopes_are_those_of_the_token() {
    var plain = accepted(draft().signed(RSA));
    assertThat(plain.groups()).isEmpty();
    assertThat(plain.scopes()).contains(Set.of());

    var full =
        accepted(
            draft()
                .claim("groups", List.of("ops", "domain users"))
                .claim("scope", "a  b")
                .signed(RSA));
    assertThat(full.groups()).containsExactlyInAnyOrder("ops", "domain users");
    assertThat(full.scopes()).contains(Set.of("a", "b"));
    assertThat(accepted(draft().claim("scp", List.of("a", "b")).signed(RSA)).scopes())
        .contains(Set.of("a", "b"));
    assertThat(accepted(draft().claim("scp", "a b").signed(RSA)).scopes())
        .contains(Set.of("a", "b"));
    assertThat(accepted(draft().claim("scope", "").signed(RSA)).scopes()).contains(Set.of());
  }

  @Test
  void an_address_is_a_principal_if_it_is_verified() {
    var byEmail = tokens("email");
    var draft = draft().claim("email", "alice@example.com");

    for (Object verified : Arrays.asList(null, false, "true")) {
      assertThat(refused(byEmail, draft.claim("email_verified", verified).signed(RSA)).message())
          .contains("(email_verified)");
    }
    var token = draft.claim("email_verified", true);
    assertThat(accepted(byEmail, token.signed(RSA)).principal())
        .isEqualTo("oidc:alice@example.com");
    assertThat(refused(byEmail, token.without("sub").signed(RSA)).message()).contains("(sub)");
    assertThat(
            accepted(tokens("client_id"), draft().claim("client_id", "ci").signed(RSA)).principal())
        .isEqualTo("oidc:ci");
  }

  @Test
  void a_token_ends_with_its_time_and_the_skew_also_if_it_was_known() {
    String token = draft().signed(RSA);
    var open = accepted(token).credential();
    assertThat(open.expires()).contains(START.plusSeconds(330));

    time.pass(Duration.ofSeconds(330).minusMillis(1));
    assertThat(open.fault(time.instant())).isEmpty();
    assertThat(accepted(token).principal()).isEqualTo("oidc:alice");

    time.pass(Duration.ofMillis(1));
    assertThat(open.fault(time.instant()).map(Problem::reason)).contains("ACCESS_TOKEN_EXPIRED");
    assertThat(refused(token).reason()).isEqualTo("ACCESS_TOKEN_EXPIRED");
    assertThat(tokens.cached()).isZero();
  }

  @Test
  void a_token_that_was_taken_before_is_looked_up() {
    String token = draft().signed(RSA);

    assertThat(accepted(token)).isSameAs(accepted(token));
    assertThat(tokens.cached()).isEqualTo(1);
  }

  @Test
  void the_tokens_shown_last_are_remembered_and_no_more() {
    var all = new ArrayList<String>();
    for (int i = 0; i <= JwtTokens.CACHED_MAX; i++) {
      all.add(draft().of("ES256", "p256").claim("n", i).signed(P256));
    }
    var first = accepted(all.get(0));
    var second = accepted(all.get(1));
    all.subList(2, JwtTokens.CACHED_MAX).forEach(this::accepted);
    assertThat(accepted(all.get(0))).isSameAs(first);
    assertThat(tokens.cached()).isEqualTo(4_096);

    accepted(all.get(JwtTokens.CACHED_MAX));

    assertThat(tokens.cached()).isEqualTo(4_096);
    assertThat(accepted(all.get(0))).isSameAs(first);
    assertThat(accepted(all.get(1))).isNotSameAs(second);
  }

  @Test
  void while_signatures_have_taken_too_long_only_known_tokens_go_on() {
    String known = draft().signed(RSA);
    accepted(known);
    assertThat(checks.isThere()).isTrue();
    nanos += 3_000_000_000L;
    checks.spend();

    String another = draft().claim("jti", "2").signed(RSA);
    assertThat(refused(another).reason()).isEqualTo("OVERLOADED");
    assertThat(accepted(known).principal()).isEqualTo("oidc:alice");

    nanos += 5_000_000_000L;
    assertThat(refused(another).reason()).isEqualTo("OVERLOADED");
    nanos += 2;
    assertThat(accepted(another).principal()).isEqualTo("oidc:alice");
  }
}
