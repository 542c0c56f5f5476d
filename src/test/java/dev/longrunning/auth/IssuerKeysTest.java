package dev.longrunning.auth;

import static dev.longrunning.auth.TestIssuer.AUDIENCE;
import static dev.longrunning.auth.TestIssuer.NAME;
import static dev.longrunning.auth.TestIssuer.P256;
import static dev.longrunning.auth.TestIssuer.RSA;
import static dev.longrunning.auth.TestIssuer.published;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.feed.VirtualTime;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When keys are fetched, and what that means for tokens. */
final class IssuerKeysTest {
  private final VirtualTime time = new VirtualTime();
  private final HereLoop loop = new HereLoop();
  private final ScriptedSource source = new ScriptedSource();
  private final IssuerKeys keys = new IssuerKeys(source, loop, time, time);
  private final JwtTokens tokens =
      new JwtTokens(
          new OidcSettings(
              NAME,
              Optional.empty(),
              AUDIENCE,
              Set.of(JwtAlgorithm.RS256, JwtAlgorithm.ES256),
              "sub",
              "groups",
              Duration.ZERO),
          keys,
          loop,
          time,
          new CheckTime(() -> 0));

  private String byRsa() {
    return TestIssuer.draft(time.instant()).signed(RSA);
  }

  private String byCurve() {
    return TestIssuer.draft(time.instant()).of("ES256", "p256").signed(P256);
  }

  private Future<Identity> show(String token) {
    return tokens.identify(token).orElseThrow();
  }

  private static void assertAccepted(Future<Identity> answer) {
    assertThat(answer.cause()).isNull();
    assertThat(answer.succeeded()).isTrue();
  }

  private static Problem refusal(Future<Identity> answer) {
    assertThat(answer.failed()).isTrue();
    return (Problem) answer.cause();
  }

  @Test
  void a_token_that_comes_before_the_keys_waits_for_them() throws Exception {
    keys.start();

    var answer = show(byRsa());
    assertThat(answer.isComplete()).isFalse();
    source.answer(published(RSA));

    assertAccepted(answer);
    assertThat(source.fetches()).isEqualTo(1);
  }

  @Test
  void while_no_key_was_ever_fetched_callers_are_told_to_come_again() throws Exception {
    keys.start();
    var waiting = show(byRsa());
    source.fail("away");

    var problem = refusal(waiting);
    assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(problem.reason()).isEqualTo("ISSUER_UNAVAILABLE");
    assertThat(problem.retryAfter()).isPresent();
    assertThat(refusal(show(byRsa())).reason()).isEqualTo("ISSUER_UNAVAILABLE");
    assertThat(source.fetches()).isEqualTo(1);

    time.pass(IssuerKeys.ASKED_EVERY);
    assertThat(source.fetches()).isEqualTo(2);
    source.answer(published(RSA));
    assertAccepted(show(byRsa()));
  }

  @Test
  void known_keys_stay_in_force_while_the_issuer_is_away() throws Exception {
    keys.start();
    source.answer(published(RSA));
    String token = TestIssuer.draft(time.instant()).claim("exp", 1_900_000_000).signed(RSA);
    assertAccepted(show(token));

    for (int day = 0; day < 3; day++) {
      for (int i = 0; i < 288; i++) {
        time.pass(IssuerKeys.REFRESH);
        if (source.asking() > 0) {
          source.fail("away");
        }
      }
      assertAccepted(show(token));
      assertAccepted(show(byRsa()));
    }
    assertThat(keys.failures()).isGreaterThan(500);
    assertThat(keys.fetched()).contains(new VirtualTime().instant());
  }

  @Test
  void failures_are_tried_again_soon_then_less_often() throws Exception {
    keys.start();
    var pauses = new ArrayList<Long>();
    for (int i = 0; i < 7; i++) {
      source.fail("away");
      long seconds = 0;
      while (source.asking() == 0) {
        time.pass(Duration.ofSeconds(1));
        seconds++;
      }
      pauses.add(seconds);
    }
    assertThat(pauses).containsExactly(10L, 20L, 40L, 80L, 160L, 300L, 300L);

    source.answer(published(RSA));
    time.pass(IssuerKeys.REFRESH);
    source.fail("away");
    time.pass(IssuerKeys.RETRY_FIRST);
    assertThat(source.asking()).isEqualTo(1);
  }

  @Test
  void keys_are_fetched_every_five_minutes() throws Exception {
    keys.start();
    source.answer(published(RSA));

    time.pass(IssuerKeys.REFRESH.minusMillis(1));
    assertThat(source.fetches()).isEqualTo(1);
    time.pass(Duration.ofMillis(1));
    assertThat(source.fetches()).isEqualTo(2);
    source.answer(published(RSA, P256));

    assertThat(keys.count()).isEqualTo(2);
    assertThat(keys.fetched()).contains(time.instant());
    assertAccepted(show(byCurve()));
  }

  @Test
  void a_new_key_is_fetched_when_a_token_of_it_comes_once_for_all_who_wait() throws Exception {
    keys.start();
    source.answer(published(RSA));
    time.pass(IssuerKeys.ASKED_EVERY);

    var first = show(byCurve());
    var second = show(byCurve());
    assertThat(first.isComplete()).isFalse();
    assertThat(source.fetches()).isEqualTo(2);
    source.answer(published(RSA, P256));

    assertAccepted(first);
    assertAccepted(second);
  }

  @Test
  void after_a_fetch_that_was_asked_for_the_five_minutes_begin_anew() throws Exception {
    keys.start();
    source.answer(published(RSA));
    time.pass(Duration.ofMinutes(1));
    show(byCurve());
    source.answer(published(RSA));

    time.pass(IssuerKeys.REFRESH.minusMillis(1));
    assertThat(source.fetches()).isEqualTo(2);
    time.pass(Duration.ofMillis(1));
    assertThat(source.fetches()).isEqualTo(3);
  }

  @Test
  void a_key_that_nobody_has_asks_the_issuer_every_ten_seconds_at_most() throws Exception {
    keys.start();
    source.answer(published(RSA));

    time.pass(IssuerKeys.ASKED_EVERY.minusMillis(1));
    assertThat(refusal(show(byCurve())).kind()).isEqualTo(Problem.Kind.UNAUTHENTICATED);
    assertThat(source.fetches()).isEqualTo(1);

    time.pass(Duration.ofMillis(1));
    var asking = show(byCurve());
    source.answer(published(RSA));
    assertThat(refusal(asking).message())
        .isEqualTo(
            "authorization: the token was signed by a key (kid) that the issuer does not have; get"
                + " a new one");
    assertThat(refusal(show(byCurve())).reason()).isEqualTo("CREDENTIALS_INVALID");
    assertThat(source.fetches()).isEqualTo(2);

    time.pass(IssuerKeys.ASKED_EVERY);
    var away = show(byCurve());
    source.fail("away");
    assertThat(refusal(away).reason()).isEqualTo("CREDENTIALS_INVALID");
    assertAccepted(show(byRsa()));
  }

  @Test
  void a_key_that_the_issuer_gives_up_ends_its_tokens_also_those_that_were_taken()
      throws Exception {
    keys.start();
    source.answer(published(RSA, P256));
    String token = byRsa();
    assertAccepted(show(token));
    var open = show(token).result().credential();
    time.pass(IssuerKeys.REFRESH.minusSeconds(1));
    assertThat(open.fault(time.instant())).isEmpty();

    time.pass(Duration.ofSeconds(1));
    source.answer(published(P256));

    var before = time.instant().minusSeconds(1);
    assertThat(open.fault(before).map(Problem::message))
        .contains(
            "authorization: the issuer has given up the key that signed the token; get a new one");
    String fresh = byRsa();
    assertThat(refusal(show(fresh)).reason()).isEqualTo("CREDENTIALS_INVALID");
  }

  @Test
  void another_key_under_the_same_id_ends_the_tokens_of_the_first() throws Exception {
    keys.start();
    source.answer(published(RSA));
    String token = byRsa();
    var open = show(token).result().credential();

    time.pass(IssuerKeys.REFRESH);
    source.answer(published(TestIssuer.OTHER_RSA));

    assertThat(open.fault(time.instant().minusSeconds(9))).isPresent();
    assertThat(refusal(show(byRsa())).message()).contains("signature");
  }

  @Test
  void a_key_that_is_for_something_else_now_ends_its_tokens() throws Exception {
    keys.start();
    source.answer(published(RSA));
    var open = show(byRsa()).result().credential();

    time.pass(Duration.ofSeconds(10));
    var asking = show(byCurve());
    source.answer(published(RSA, Map.of("alg", "PS256")));

    assertThat(asking.failed()).isTrue();
    assertThat(open.fault(time.instant())).isPresent();
  }

  @Test
  void the_same_keys_again_change_nothing_for_tokens() throws Exception {
    keys.start();
    source.answer(published(RSA));
    var token = TestIssuer.draft(time.instant()).claim("exp", 1_900_000_000).signed(RSA);
    var first = show(token).result();

    time.pass(IssuerKeys.REFRESH);
    source.answer(published(RSA, Map.of("x5t", "changed", "alg", "RS256")));

    assertThat(show(token).result()).isSameAs(first);
  }

  @Test
  void as_many_wait_as_are_let_and_no_more() throws Exception {
    keys.start();
    String token = byRsa();
    var waiting = new ArrayList<Future<Identity>>();
    for (int i = 0; i < IssuerKeys.WAITING_MAX; i++) {
      waiting.add(show(token));
    }

    assertThat(refusal(show(token)).reason()).isEqualTo("OVERLOADED");
    source.answer(published(RSA));
    assertThat(waiting).allMatch(Future::succeeded);
    var first = waiting.get(0).result();
    waiting.forEach(answer -> assertThat(answer.result()).isSameAs(first));
  }

  @Test
  void nothing_is_fetched_once_stopped() throws Exception {
    keys.start();
    source.answer(published(RSA));

    keys.stop();
    assertThat(time.pending()).isZero();
    time.pass(Duration.ofHours(1));
    assertThat(refusal(show(byCurve())).reason()).isEqualTo("CREDENTIALS_INVALID");

    assertThat(source.fetches()).isEqualTo(1);
    assertThat(keys.count()).isEqualTo(1);
  }
}
