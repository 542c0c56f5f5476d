package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthenticationTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  private static Optional<Identity> noCertificate() {
    return Optional.empty();
  }

  private static Optional<Identity> certificate() {
    return Optional.of(named("cert:a"));
  }

  /** Knows one token. */
  private static BearerTokens one(String token) {
    return shown ->
        Optional.of(shown).filter(token::equals).map(it -> Future.succeededFuture(named(it)));
  }

  private static Identity named(String principal) {
    return new Identity(principal, Set.of(), Optional.empty(), Credential.LASTING);
  }

  private final Authentication tokens = made(false, one("one"), one("two"));
  private final Authentication certificates = made(true);
  private final Authentication both = made(true, one("one"));

  private static Authentication made(boolean certificates, BearerTokens... tokens) {
    return new Authentication(List.of(tokens), certificates, CLOCK);
  }

  private static String who(Future<Identity> answer) {
    assertThat(answer.succeeded()).isTrue();
    return answer.result().principal();
  }

  private static void assertRefused(Future<Identity> answer, String reason, String message) {
    assertThat(answer.cause())
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAUTHENTICATED);
              assertThat(problem.reason()).isEqualTo(reason);
              assertThat(problem.message()).isEqualTo("authorization: " + message);
            });
  }

  @Test
  void nobody_is_asked_where_no_mode_is_set() {
    assertThat(Authentication.NONE.asks()).isFalse();
    assertThat(Authentication.NONE.identify(null, AuthenticationTest::noCertificate).result())
        .isSameAs(Identity.ANYBODY);
    assertThat(Authentication.NONE.identify("Bearer x", AuthenticationTest::certificate).result())
        .isSameAs(Identity.ANYBODY);
    assertThat(tokens.asks()).isTrue();
    assertThat(certificates.asks()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer two", "bearer two", "BEARER  two "})
  void a_token_is_looked_for_among_all_kinds(String header) {
    assertThat(who(tokens.identify(header, AuthenticationTest::noCertificate))).isEqualTo("two");
  }

  @Test
  void without_a_header_the_certificate_counts_where_it_may() {
    assertThat(who(certificates.identify(null, AuthenticationTest::certificate)))
        .isEqualTo("cert:a");
    assertThat(who(both.identify(null, AuthenticationTest::certificate))).isEqualTo("cert:a");
    assertRefused(
        tokens.identify(null, AuthenticationTest::certificate),
        "CREDENTIALS_MISSING",
        "got none, allowed Bearer TOKEN");
  }

  @Test
  void a_header_counts_before_the_certificate_also_if_it_is_wrong() {
    assertThat(who(both.identify("Bearer one", AuthenticationTest::certificate))).isEqualTo("one");
    assertRefused(
        both.identify("Bearer three", AuthenticationTest::certificate),
        "CREDENTIALS_INVALID",
        "the token is not known; get a valid one");
    assertRefused(
        certificates.identify("Bearer one", AuthenticationTest::certificate),
        "CREDENTIALS_INVALID",
        "got a header, allowed a client certificate without one");
  }

  @Test
  void who_shows_nothing_hears_what_is_taken() {
    assertRefused(
        both.identify(null, AuthenticationTest::noCertificate),
        "CREDENTIALS_MISSING",
        "got none, allowed Bearer TOKEN, or a client certificate");
    assertRefused(
        certificates.identify(null, AuthenticationTest::noCertificate),
        "CREDENTIALS_MISSING",
        "got none, allowed a client certificate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Basic b25lOmNhbmFyeQ== | got another scheme, allowed Bearer TOKEN",
        "one | got another scheme, allowed Bearer TOKEN",
        "Bearerone | got another scheme, allowed Bearer TOKEN",
        "'' | got another scheme, allowed Bearer TOKEN",
        "' one' | got another scheme, allowed Bearer TOKEN",
        "'Bearer ' | got no token or one of another form, allowed Bearer TOKEN",
        "Bearer one two | got no token or one of another form, allowed Bearer TOKEN",
        "Bearer one,Bearer two | got no token or one of another form, allowed Bearer TOKEN",
        "Bearer önë | got no token or one of another form, allowed Bearer TOKEN",
        "'Bearer \"one\"' | got no token or one of another form, allowed Bearer TOKEN",
      })
  void another_header_is_refused(String header, String message) {
    assertRefused(
        tokens.identify(header, AuthenticationTest::certificate),
        "CREDENTIALS_INVALID",
        message.strip());
  }

  @Test
  void the_longest_token_is_looked_for_and_one_past_it_is_not() {
    String longest = "x".repeat(8_192);
    var longer = made(false, one(longest), one(longest + "x"));

    assertThat(who(longer.identify("Bearer " + longest, AuthenticationTest::noCertificate)))
        .isEqualTo(longest);
    assertRefused(
        longer.identify("Bearer " + longest + "x", AuthenticationTest::noCertificate),
        "CREDENTIALS_INVALID",
        "the token is longer than 8192 characters");
  }

  @Test
  void a_certificate_that_names_nobody_or_has_ended_meanwhile_is_refused() {
    assertRefused(
        certificates.identify(
            null,
            () -> {
              throw CallerProblems.credentialsInvalid("names nobody");
            }),
        "CREDENTIALS_INVALID",
        "names nobody");
    Credential over = now -> Optional.of(CallerProblems.credentialsExpired());
    var ended = new Identity("cert:a", Set.of(), Optional.empty(), over);
    assertRefused(
        certificates.identify(null, () -> Optional.of(ended)),
        "ACCESS_TOKEN_EXPIRED",
        "the credentials have expired; get new ones");
  }
}
