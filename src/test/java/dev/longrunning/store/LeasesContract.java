package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Expire;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who may change an operation, what a cancellation does, and how a lost producer is noticed. */
interface LeasesContract extends StoreHarness {
  Duration SHORT = Duration.ofSeconds(2);
  Duration LONG = Duration.ofMinutes(10);

  private Answer startLeased(OperationKey key, UUID token, Duration duration, Duration window) {
    return applied(Samples.start(key, UUID.randomUUID(), Samples.lease(token, duration, window)));
  }

  private static Cancel cancel(OperationKey key) {
    return new Cancel(key, Samples.bytes("cancelled"), Samples.bytes("lost"));
  }

  private static Expire expire(OperationKey key) {
    return new Expire(key, Samples.bytes("aborted"), Samples.bytes("cancelled"));
  }

  private static Answer.Lease shown(Answer answer) {
    return Objects.requireNonNull(answer.lease());
  }

  private void assertEnded(OperationKey key, String result) {
    var snapshot = stored(key);
    assertThat(snapshot.outcome()).isEqualTo(Outcome.ERROR);
    assertThat(snapshot.result()).isEqualTo(Samples.bytes(result));
    assertThat(snapshot.endTime()).isEqualTo(snapshot.updateTime());
    assertThat(snapshot.expireTime()).isEqualTo(snapshot.updateTime().plus(snapshot.retention()));
  }

  @Test
  default void a_start_with_a_lease_shows_it() {
    var token = UUID.randomUUID();

    var answer = startLeased(Samples.freshKey(), token, SHORT, Duration.ZERO);

    assertThat(shown(answer).token()).isEqualTo(token);
    assertThat(shown(answer).expireTime()).isEqualTo(answer.time().plus(SHORT));
  }

  @Test
  default void a_leased_operation_is_changed_by_its_token_only() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, LONG, Duration.ZERO);

    for (var guard : new Guard[] {Guard.NONE, Samples.leased(UUID.randomUUID())}) {
      unchangedBy(Samples.update(key, guard, Samples.metadata("x")), Verdict.LEASE_LOST);
      unchangedBy(new Update(key, guard, Contents.NONE, null), Verdict.LEASE_LOST);
      unchangedBy(Samples.completion(key, guard, "x"), Verdict.LEASE_LOST);
    }
    applied(Samples.update(key, Samples.leased(token), Samples.metadata("x")));
    applied(Samples.completion(key, Samples.leased(token), "x"));
  }

  @Test
  default void an_operation_without_lease_takes_no_token_and_renews_nothing() {
    var key = Samples.freshKey();
    applied(Samples.start(key));

    unchangedBy(
        Samples.update(key, Samples.leased(UUID.randomUUID()), Samples.metadata("x")),
        Verdict.LEASE_LOST);
    unchangedBy(
        Samples.completion(key, Samples.leased(UUID.randomUUID()), "x"), Verdict.LEASE_LOST);
    unchangedBy(new Update(key, Guard.NONE, Samples.metadata("x"), LONG), Verdict.NO_LEASE);
  }

  @Test
  default void an_update_renews_the_lease_for_as_long_as_before() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, LONG, Duration.ZERO);

    var answer = applied(Samples.update(key, Samples.leased(token), Samples.metadata("x")));

    assertThat(shown(answer).expireTime()).isEqualTo(answer.time().plus(LONG));
  }

  @Test
  default void a_renewal_may_change_how_long_the_lease_lasts() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, SHORT, Duration.ZERO);

    var longer =
        unchangedBy(new Update(key, Samples.leased(token), Contents.NONE, LONG), Verdict.RENEWED);
    var again = unchangedBy(Samples.renewal(key, token), Verdict.RENEWED);

    assertThat(shown(longer).expireTime()).isEqualTo(longer.time().plus(LONG));
    assertThat(shown(again).expireTime()).isEqualTo(again.time().plus(LONG));
  }

  @Test
  default void a_repeated_update_renews_the_lease_too() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, LONG, Duration.ZERO);
    var guard = new Guard(UUID.randomUUID(), token, 0);
    var update = Samples.update(key, guard, Samples.metadata("x"));
    applied(update);

    var answer = unchangedBy(update, Verdict.REPEATED);

    assertThat(shown(answer).token()).isEqualTo(token);
    assertThat(shown(answer).expireTime()).isEqualTo(answer.time().plus(LONG));
  }

  @Test
  default void an_expired_lease_is_renewed_by_its_own_token() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, SHORT, Duration.ZERO);
    passSweptTime(SHORT.plusSeconds(1));

    unchangedBy(Samples.renewal(key, token), Verdict.RENEWED);

    unchangedBy(expire(key), Verdict.NOT_DUE);
    assertThat(stored(key).isDone()).isFalse();
  }

  @Test
  default void a_cancellation_of_an_operation_without_lease_ends_it() {
    var key = Samples.freshKey();
    applied(Samples.start(key));

    var answer = applied(cancel(key));

    assertEnded(key, "cancelled");
    assertThat(stored(key).version()).isEqualTo(answer.version());
    assertThat(stored(key).cancelRequestTime()).isEqualTo(answer.time());
    assertThat(stored(key).metadata()).isEqualTo(Samples.bytes("first"));
  }

  @Test
  default void a_cancellation_asks_the_producer_that_has_a_live_lease_once() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, LONG, Duration.ZERO);

    var answer = applied(cancel(key));
    unchangedBy(cancel(key), Verdict.UNCHANGED);

    assertThat(stored(key).isDone()).isFalse();
    assertThat(stored(key).cancelRequestTime()).isEqualTo(answer.time());
    var heard = unchangedBy(Samples.renewal(key, token), Verdict.RENEWED);
    assertThat(heard.cancelRequestTime()).isEqualTo(answer.time());
    var end = applied(Samples.completion(key, Samples.leased(token), "still succeeded"));
    assertThat(end.cancelRequestTime()).isEqualTo(answer.time());
    assertThat(stored(key).outcome()).isEqualTo(Outcome.RESPONSE);
  }

  @Test
  default void a_cancellation_while_nobody_has_adopted_ends_the_operation() {
    var key = Samples.freshKey();
    startLeased(key, UUID.randomUUID(), SHORT, Duration.ofHours(1));
    passSweptTime(SHORT.plusSeconds(1));

    applied(cancel(key));

    assertEnded(key, "lost");
  }

  @Test
  default void a_second_cancellation_ends_what_lost_its_producer_after_the_first() {
    var key = Samples.freshKey();
    startLeased(key, UUID.randomUUID(), SHORT, Duration.ofHours(1));
    applied(cancel(key));
    passSweptTime(SHORT.plusSeconds(1));

    applied(cancel(key));

    assertEnded(key, "lost");
    assertThat(stored(key).cancelRequestTime()).isBefore(stored(key).endTime());
  }

  @Test
  default void a_cancellation_of_what_is_done_or_missing_changes_nothing() {
    var key = Samples.freshKey();
    unchangedBy(cancel(key), Verdict.NOT_FOUND);
    applied(Samples.start(key));
    applied(Samples.completion(key, Guard.NONE, "r"));

    unchangedBy(cancel(key), Verdict.UNCHANGED);
  }

  @Test
  default void a_lost_producer_is_due_when_lease_and_adoption_window_are_over() {
    var key = Samples.freshKey();
    startLeased(key, UUID.randomUUID(), SHORT, SHORT);

    passSweptTime(SHORT.plusSeconds(1));
    assertThat(await(store().expiryDue(10_000))).doesNotContain(key);
    unchangedBy(expire(key), Verdict.NOT_DUE);

    passSweptTime(SHORT);
    assertThat(await(store().expiryDue(10_000))).contains(key);
    applied(expire(key));
    assertEnded(key, "aborted");
    assertThat(await(store().expiryDue(10_000))).doesNotContain(key);
  }

  @Test
  default void what_was_to_be_cancelled_ends_cancelled_when_its_producer_is_lost() {
    var key = Samples.freshKey();
    startLeased(key, UUID.randomUUID(), SHORT, Duration.ZERO);
    applied(cancel(key));
    passSweptTime(SHORT.plusSeconds(1));

    applied(expire(key));

    assertEnded(key, "cancelled");
  }

  @Test
  default void only_leased_running_operations_expire() {
    var key = Samples.freshKey();
    unchangedBy(expire(key), Verdict.NOT_FOUND);
    applied(Samples.start(key));
    passSweptTime(SHORT);
    unchangedBy(expire(key), Verdict.NOT_DUE);
    applied(Samples.completion(key, Guard.NONE, "r"));
    unchangedBy(expire(key), Verdict.UNCHANGED);

    assertThat(await(store().expiryDue(10_000))).doesNotContain(key);
  }

  @Test
  default void an_ended_operation_holds_no_lease_to_expire() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    startLeased(key, token, SHORT, Duration.ZERO);
    applied(Samples.completion(key, Samples.leased(token), "r"));

    passSweptTime(SHORT.plusSeconds(1));

    assertThat(await(store().expiryDue(10_000))).doesNotContain(key);
  }

  /** Whatever first judges a lease after the gap must see the gap. */
  @Test
  default void no_lease_runs_while_it_could_not_be_renewed() {
    for (var judge : Judge.values()) {
      var key = Samples.freshKey();
      var token = UUID.randomUUID();
      sweepAll();
      startLeased(key, token, SHORT, Duration.ZERO);
      passTime(Duration.ofHours(1));

      var answer = apply(judge.change(key, token));

      assertThat(answer.verdict()).as("%s", judge).isEqualTo(judge.expected);
      assertThat(stored(key).isDone()).as("%s", judge).isFalse();
      unchangedBy(expire(key), Verdict.NOT_DUE);
      // From now on the lease runs again, for what was left of it.
      passSweptTime(SHORT.plusSeconds(1));
      applied(expire(key));
    }
  }

  /** What may come first after a gap. */
  enum Judge {
    EXPIRE(Verdict.NOT_DUE),
    CANCEL(Verdict.APPLIED),
    RENEW(Verdict.RENEWED),
    ADOPT(Verdict.LEASE_ALIVE);

    private final Verdict expected;

    Judge(Verdict expected) {
      this.expected = expected;
    }

    private Change change(OperationKey key, UUID token) {
      return switch (this) {
        case EXPIRE -> expire(key);
        case CANCEL -> cancel(key);
        case RENEW -> Samples.renewal(key, token);
        case ADOPT -> new Adopt(key, null, UUID.randomUUID(), LONG, false);
      };
    }
  }

  @Test
  default void a_sweep_after_a_gap_lengthens_the_leases_by_it() {
    var key = Samples.freshKey();
    sweepAll();
    startLeased(key, UUID.randomUUID(), SHORT, Duration.ZERO);
    passTime(Duration.ofHours(1));

    sweepAll();

    assertThat(await(store().expiryDue(10_000))).doesNotContain(key);
    unchangedBy(expire(key), Verdict.NOT_DUE);
  }

  @Test
  default void a_gap_gives_no_lease_more_than_its_duration_or_back_what_ran_out_before() {
    var key = Samples.freshKey();
    startLeased(key, UUID.randomUUID(), SHORT, Duration.ofHours(2));
    passSweptTime(SHORT.plusSeconds(1));

    passTime(Duration.ofHours(1));

    applied(cancel(key));
    assertEnded(key, "lost");
  }
}
