package dev.longrunning.service;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.Operations.Found;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for an operation to be done. */
final class WaitTest {
  private final Fixture fixture = new Fixture();
  private final OperationKey key = Samples.freshKey();
  private final Promise<Void> gone = Promise.promise();

  @BeforeEach
  void start() {
    apply(Samples.start(key));
  }

  @AfterEach
  void nothing_is_held_after_the_last_answer() {
    gone.tryComplete();
    fixture.switches().releaseAll();
    assertThat(fixture.states.watches()).isZero();
    assertThat(fixture.clock.pending()).isZero();
    assertThat(fixture.operations.waiters()).isZero();
  }

  private void apply(Change change) {
    await(fixture.store.apply(change, Patience.MOST));
    fixture.states.hear(change.key());
  }

  private Future<Found> waitFor(Duration timeout) {
    return fixture.operations.waitFor(key, Optional.of(timeout), Optional.empty(), gone.future());
  }

  private static boolean isDone(Future<Found> answer) {
    assertThat(answer.succeeded()).isTrue();
    return answer.result().snapshot().isDone();
  }

  private static void assertFailed(Future<Found> answer, String reason) {
    assertThat(answer.cause()).isInstanceOf(Problem.class);
    assertThat(((Problem) answer.cause()).reason()).isEqualTo(reason);
  }

  @Test
  void a_wait_ends_when_the_operation_is_done() {
    var answer = waitFor(Duration.ofMinutes(1));
    apply(Samples.update(key, Guard.NONE, Samples.metadata("more")));
    assertThat(answer.isComplete()).isFalse();

    apply(Samples.completion(key, Guard.NONE, "r"));

    assertThat(isDone(answer)).isTrue();
  }

  @Test
  void a_wait_for_a_done_operation_answers_at_once() {
    apply(Samples.completion(key, Guard.NONE, "r"));

    assertThat(isDone(waitFor(Duration.ofMinutes(1)))).isTrue();
  }

  @Test
  void a_wait_answers_with_the_latest_state_when_its_time_is_up() {
    var answer = waitFor(Duration.ofSeconds(5));
    apply(Samples.update(key, Guard.NONE, Samples.metadata("latest")));

    fixture.clock.pass(Duration.ofMillis(4_999));
    assertThat(answer.isComplete()).isFalse();
    fixture.clock.pass(Duration.ofMillis(1));

    assertThat(isDone(answer)).isFalse();
    assertThat(answer.result().snapshot().metadata()).isEqualTo(Samples.bytes("latest"));
  }

  @Test
  void a_wait_for_no_time_answers_with_the_present_state() {
    var answer = waitFor(Duration.ZERO);

    fixture.clock.pass(Duration.ZERO);

    assertThat(isDone(answer)).isFalse();
  }

  @Test
  void a_wait_that_is_over_before_its_first_read_answers_with_that() {
    fixture.switches().holdAnswers(Call.FIND);
    var answer = waitFor(Duration.ZERO);
    fixture.clock.pass(Duration.ofSeconds(1));
    assertThat(answer.isComplete()).isFalse();

    fixture.switches().release(Call.FIND);

    assertThat(isDone(answer)).isFalse();
  }

  @Test
  void a_change_during_the_first_read_is_read_again() {
    fixture.switches().holdAnswers(Call.FIND);
    var answer = waitFor(Duration.ofMinutes(1));
    // The answer under way says "running"; the change is heard of before it arrives.
    apply(Samples.completion(key, Guard.NONE, "r"));

    fixture.switches().release(Call.FIND);

    assertThat(isDone(answer)).isTrue();
  }

  /** The operation is done and gone, and another one takes its name; the feed is behind. */
  private Snapshot recreated() {
    await(fixture.store.apply(Samples.completion(key, Guard.NONE, "old"), Patience.MOST));
    var done = await(fixture.store.find(key)).snapshot();
    await(fixture.store.apply(new Change.Delete(key), Patience.MOST));
    await(fixture.store.apply(Samples.start(key), Patience.MOST));
    return Objects.requireNonNull(done);
  }

  @Test
  void what_had_the_name_before_the_wait_began_does_not_answer_it() {
    var done = recreated();
    fixture.switches().holdAnswers(Call.FIND);
    var answer = waitFor(Duration.ofMinutes(1));

    fixture.states.hearState(done);
    fixture.states.hearRemoval(key, done.version() + 1);
    fixture.switches().release(Call.FIND);
    assertThat(answer.isComplete()).isFalse();

    apply(Samples.completion(key, Guard.NONE, "r"));
    assertThat(isDone(answer)).isTrue();
    assertThat(answer.result().snapshot().result()).isEqualTo(Samples.bytes("r"));
  }

  @Test
  void a_removal_that_is_older_than_what_was_read_does_not_end_the_wait() {
    var done = recreated();
    var answer = waitFor(Duration.ofMinutes(1));

    fixture.states.hearRemoval(key, done.version() + 1);

    assertThat(answer.isComplete()).isFalse();
  }

  @Test
  void many_changes_during_a_read_are_one_more_read() {
    var answer = waitFor(Duration.ofMinutes(1));
    int before = fixture.states.reads();
    fixture.switches().holdRequests(Call.FIND);
    for (int i = 0; i < 10; i++) {
      apply(Samples.update(key, Guard.NONE, Samples.metadata("m" + i)));
    }

    fixture.switches().release(Call.FIND);

    assertThat(fixture.states.reads() - before).isLessThanOrEqualTo(2);
    assertThat(answer.isComplete()).isFalse();
    fixture.clock.pass(Duration.ofMinutes(1));
    assertThat(answer.result().snapshot().metadata()).isEqualTo(Samples.bytes("m9"));
  }

  @Test
  void the_server_waits_no_longer_than_its_most() {
    var answer = waitFor(Duration.ofDays(1));
    var open = fixture.operations.waitFor(key, Optional.empty(), Optional.empty(), gone.future());

    fixture.clock.pass(Fixture.SETTINGS.waitMax());

    assertThat(isDone(answer)).isFalse();
    assertThat(isDone(open)).isFalse();
  }

  @Test
  void a_wait_answers_before_the_deadline() {
    var far = Optional.of(fixture.clock.instant().plusSeconds(10));
    var near = Optional.of(fixture.clock.instant().plusMillis(100));
    var over = Optional.of(fixture.clock.instant().minusMillis(100));
    var answer = fixture.operations.waitFor(key, Optional.empty(), far, gone.future());
    var soon = fixture.operations.waitFor(key, Optional.empty(), near, gone.future());
    var atOnce = fixture.operations.waitFor(key, Optional.empty(), over, gone.future());

    fixture.clock.pass(Duration.ZERO);
    assertThat(atOnce.isComplete()).isTrue();
    fixture.clock.pass(Duration.ofMillis(75));
    assertThat(soon.isComplete()).isTrue();
    fixture.clock.pass(Duration.ofMillis(9_724));
    assertThat(answer.isComplete()).isFalse();
    fixture.clock.pass(Duration.ofMillis(1));
    assertThat(answer.isComplete()).isTrue();
  }

  @Test
  void a_wait_for_what_does_not_exist_or_is_deleted_fails() {
    var missing =
        fixture.operations.waitFor(
            Samples.freshKey(), Optional.empty(), Optional.empty(), gone.future());
    assertFailed(missing, "OPERATION_NOT_FOUND");

    var answer = waitFor(Duration.ofMinutes(1));
    apply(new Change.Delete(key));
    assertFailed(answer, "OPERATION_DELETED");
  }

  @Test
  void a_caller_that_goes_away_releases_everything() {
    var answer = waitFor(Duration.ofMinutes(1));
    assertThat(fixture.states.watches()).isEqualTo(1);

    gone.complete();

    assertFailed(answer, "CANCELLED");
    assertThat(fixture.states.watches()).isZero();
    assertThat(fixture.clock.pending()).isZero();
  }

  @Test
  void a_state_that_cannot_be_read_fails_the_wait() {
    var answer = waitFor(Duration.ofMinutes(1));
    fixture.switches().fail(Call.FIND, Problem.databaseUnavailable());

    fixture.states.hear(key);

    assertFailed(answer, "DATABASE_UNAVAILABLE");
  }

  @Test
  void a_server_that_stops_answers_the_oldest_wait_first_and_each_with_its_latest_state() {
    var first = waitFor(Duration.ofMinutes(1));
    var second = waitFor(Duration.ofMinutes(1));
    fixture.operations.drain();
    fixture.clock.pass(Duration.ofSeconds(1));
    assertThat(fixture.operations.unanswered()).isEqualTo(2);

    apply(Samples.update(key, Guard.NONE, Samples.metadata("one")));
    fixture.operations.answerOldest();
    apply(Samples.update(key, Guard.NONE, Samples.metadata("two")));

    assertThat(first.result().snapshot().metadata()).isEqualTo(Samples.bytes("one"));
    assertThat(second.isComplete()).isFalse();
    assertThat(fixture.operations.unanswered()).isOne();
    fixture.operations.answerOldest();
    assertThat(second.result().snapshot().metadata()).isEqualTo(Samples.bytes("two"));
    fixture.operations.answerOldest();
    assertThat(fixture.operations.unanswered()).isZero();
  }

  @Test
  void a_server_that_stops_answers_new_waits_at_once_and_out_of_turn() {
    var before = waitFor(Duration.ofMinutes(1));
    fixture.operations.drain();

    var late = waitFor(Duration.ofMinutes(1));
    assertThat(fixture.operations.unanswered()).isOne();
    fixture.clock.pass(Duration.ZERO);

    assertThat(isDone(late)).isFalse();
    assertThat(before.isComplete()).isFalse();
    apply(Samples.completion(key, Guard.NONE, "r"));
    assertThat(isDone(before)).isTrue();
    assertThat(fixture.operations.unanswered()).isZero();
  }

  @Test
  void a_wait_whose_state_is_still_being_read_has_had_its_turn_and_counts_until_its_answer() {
    fixture.switches().holdAnswers(Call.FIND);
    var answer = waitFor(Duration.ofMinutes(1));
    fixture.operations.drain();

    fixture.operations.answerOldest();

    assertThat(fixture.operations.unanswered()).isZero();
    assertThat(fixture.operations.waiters()).isOne();
    assertThat(answer.isComplete()).isFalse();
    fixture.switches().release(Call.FIND);
    assertThat(isDone(answer)).isFalse();
  }

  @Test
  void waiters_are_bounded() {
    for (int i = 0; i < Fixture.SETTINGS.waitersMax(); i++) {
      assertThat(waitFor(Duration.ofMinutes(1)).isComplete()).isFalse();
    }

    assertFailed(waitFor(Duration.ofMinutes(1)), "OVERLOADED");

    apply(Samples.completion(key, Guard.NONE, "r"));
    assertThat(isDone(waitFor(Duration.ofMinutes(1)))).isTrue();
  }
}
