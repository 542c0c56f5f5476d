package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Expire;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Purge;
import dev.longrunning.operation.OperationKey;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may take an operation over from its producer, and what becomes of the old one. */
interface AdoptionsContract extends StoreHarness {
  Duration BRIEF = Duration.ofSeconds(2);
  Duration HOUR = Duration.ofHours(1);

  private static Adopt adopt(OperationKey key, @Nullable UUID request, boolean force) {
    return new Adopt(key, request, UUID.randomUUID(), HOUR, force);
  }

  private UUID startLeased(OperationKey key, Duration window) {
    var token = UUID.randomUUID();
    applied(Samples.start(key, UUID.randomUUID(), Samples.lease(token, BRIEF, window)));
    return token;
  }

  /** Asserts that nothing of the operation changed but its lease, and that this was logged. */
  private Answer adopted(Adopt adopt) {
    var before = await(store().find(adopt.key()));
    var heads = heads();
    var answer = apply(adopt);
    assertThat(answer.verdict()).isEqualTo(Verdict.ADOPTED);
    assertThat(await(store().find(adopt.key()))).isEqualTo(before);
    assertThat(answer.version()).isEqualTo(stored(adopt.key()).version());
    assertThat(answer.previousVersion()).isEqualTo(answer.version());
    assertThat(shown(answer).token()).isEqualTo(adopt.token());
    assertThat(shown(answer).expireTime()).isEqualTo(answer.time().plus(adopt.duration()));
    assertThat(entriesAfter(heads, adopt.key()))
        .singleElement()
        .satisfies(logged -> assertThat(logged.entry().changesState()).isFalse())
        .satisfies(logged -> assertThat((int) logged.entry().kind()).isEqualTo(Adopt.KIND));
    return answer;
  }

  private static Answer.Lease shown(Answer answer) {
    return Objects.requireNonNull(answer.lease());
  }

  private void assertHeldBy(OperationKey key, UUID token) {
    unchangedBy(Samples.renewal(key, token), Verdict.RENEWED);
  }

  private void assertLost(OperationKey key, UUID token) {
    unchangedBy(Samples.renewal(key, token), Verdict.LEASE_LOST);
    unchangedBy(
        Samples.update(key, Samples.leased(token), Samples.metadata("x")), Verdict.LEASE_LOST);
    unchangedBy(Samples.completion(key, Samples.leased(token), "x"), Verdict.LEASE_LOST);
  }

  @Test
  default void an_operation_without_lease_is_adopted() {
    var key = Samples.freshKey();
    var start = Samples.start(key, UUID.randomUUID(), null);
    applied(start);
    var adopt = adopt(key, null, false);

    adopted(adopt);

    unchangedBy(Samples.update(key, Guard.NONE, Samples.metadata("x")), Verdict.LEASE_LOST);
    assertThat(unchangedBy(start, Verdict.REPEATED).lease()).as("of another").isNull();
    applied(Samples.update(key, Samples.leased(adopt.token()), Samples.metadata("x")));
    // There is a producer now who can be asked.
    applied(new Cancel(key, Samples.bytes("c"), Samples.bytes("l")));
    assertThat(stored(key).isDone()).isFalse();
    applied(Samples.completion(key, Samples.leased(adopt.token()), "r"));
  }

  @Test
  default void a_live_lease_is_taken_by_force_only() {
    var key = Samples.freshKey();
    var old = startLeased(key, Duration.ZERO);

    var refused = unchangedBy(adopt(key, UUID.randomUUID(), false), Verdict.LEASE_ALIVE);
    assertThat(refused.lease()).isNull();
    assertHeldBy(key, old);

    var adopt = adopt(key, null, true);
    adopted(adopt);
    assertLost(key, old);
    assertHeldBy(key, adopt.token());
  }

  @Test
  default void the_old_producers_repeats_are_lost_too() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    var start = Samples.start(key, UUID.randomUUID(), Samples.lease(token, BRIEF, Duration.ZERO));
    var update = Samples.update(key, new Guard(UUID.randomUUID(), token, 0), Samples.metadata("x"));
    applied(start);
    applied(update);

    adopted(adopt(key, null, true));

    unchangedBy(update, Verdict.LEASE_LOST);
    assertThat(unchangedBy(start, Verdict.REPEATED).lease()).isNull();
  }

  @Test
  default void what_waits_for_adoption_is_adopted_and_keeps_its_window() {
    var key = Samples.freshKey();
    var old = startLeased(key, BRIEF);
    passSweptTime(BRIEF.plusSeconds(1));

    var adopt = new Adopt(key, null, UUID.randomUUID(), BRIEF, false);
    adopted(adopt);
    assertLost(key, old);

    passSweptTime(BRIEF.plusSeconds(1));
    assertThat(await(store().expiryDue(10_000))).doesNotContain(key);
    passSweptTime(BRIEF);
    assertThat(await(store().expiryDue(10_000))).contains(key);
    applied(new Expire(key, Samples.bytes("a"), Samples.bytes("c")));
  }

  @Test
  default void an_adoption_tells_of_a_cancellation_before_it() {
    var key = Samples.freshKey();
    startLeased(key, HOUR);
    var cancelled = applied(new Cancel(key, Samples.bytes("c"), Samples.bytes("l")));
    passSweptTime(BRIEF.plusSeconds(1));

    var answer = adopted(adopt(key, null, false));

    assertThat(answer.cancelRequestTime()).isEqualTo(stored(key).cancelRequestTime());
    assertThat(answer.version()).isEqualTo(cancelled.version());
  }

  @Test
  default void a_repeat_is_shown_the_same_lease_and_changes_nothing() {
    var key = Samples.freshKey();
    startLeased(key, Duration.ZERO);
    var request = UUID.randomUUID();
    var first = adopted(adopt(key, request, true));

    // As a server makes them: with a token of its own.
    for (boolean force : new boolean[] {true, false}) {
      var again = unchangedBy(adopt(key, request, force), Verdict.REPEATED);
      assertThat(again.lease()).isEqualTo(first.lease());
      assertThat(again.version()).isEqualTo(first.version());
    }
    var token = shown(first).token();
    var renewed = unchangedBy(Samples.renewal(key, token), Verdict.RENEWED);
    var last = unchangedBy(adopt(key, request, false), Verdict.REPEATED);
    assertThat(last.lease()).isEqualTo(renewed.lease());
  }

  @Test
  default void a_lease_that_ran_out_begins_again_for_the_request_that_obtained_it() {
    var key = Samples.freshKey();
    startLeased(key, HOUR);
    var request = UUID.randomUUID();
    var adopt = new Adopt(key, request, UUID.randomUUID(), BRIEF, true);
    adopted(adopt);
    passSweptTime(BRIEF.plusSeconds(1));

    var again = unchangedBy(adopt(key, request, false), Verdict.RENEWED);

    assertThat(shown(again).token()).isEqualTo(adopt.token());
    assertThat(shown(again).expireTime()).isEqualTo(again.time().plus(HOUR));
    unchangedBy(adopt(key, null, false), Verdict.LEASE_ALIVE);
  }

  @Test
  default void a_repeat_after_anothers_adoption_is_a_call_like_any() {
    var key = Samples.freshKey();
    startLeased(key, Duration.ZERO);
    var request = UUID.randomUUID();
    adopted(adopt(key, request, true));
    var other = adopt(key, UUID.randomUUID(), true);
    adopted(other);

    unchangedBy(adopt(key, request, false), Verdict.LEASE_ALIVE);
    assertHeldBy(key, other.token());
    adopted(adopt(key, request, true));
    assertLost(key, other.token());
  }

  @Test
  default void without_a_request_id_nothing_is_a_repeat() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var first = adopt(key, null, false);
    adopted(first);

    unchangedBy(first, Verdict.LEASE_ALIVE);
    adopted(adopt(key, null, true));
    assertLost(key, first.token());
  }

  @Test
  default void what_is_done_or_missing_is_not_adopted() {
    var key = Samples.freshKey();
    unchangedBy(adopt(key, null, true), Verdict.NOT_FOUND);
    var retention = Duration.ofSeconds(1);
    applied(Samples.start(key, null, retention, null));
    applied(Samples.completion(key, Guard.NONE, "r"));
    unchangedBy(adopt(key, null, true), Verdict.DONE);
    passSweptTime(retention.plusSeconds(1));
    applied(new Purge(key));
    unchangedBy(adopt(key, null, true), Verdict.EXPIRED);
    applied(Samples.start(key));
    applied(new Delete(key));
    unchangedBy(adopt(key, null, true), Verdict.DELETED);
  }
}
