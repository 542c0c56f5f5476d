package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Contents;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How running operations change and end, and what guards them. */
interface UpdatesContract extends StoreHarness {
  Progress HALF = new Progress(1, 2, "files", "half", Instant.parse("2030-01-01T00:00:00Z"));

  @Test
  default void an_update_replaces_what_is_given_and_keeps_the_rest() {
    var key = Samples.freshKey();
    applied(Samples.start(key));

    var progress = Samples.update(key, Guard.NONE, Samples.progress(HALF));
    var before = stored(key);
    var answer = applied(progress);
    assertThat(answer.previousVersion()).isEqualTo(before.version());
    assertThat(answer.version()).isGreaterThan(before.version());
    assertThat(stored(key)).isEqualTo(progress.composed(before, answer));
    assertThat(stored(key).metadata()).isEqualTo(Samples.bytes("first"));

    applied(Samples.update(key, Guard.NONE, Samples.labels(Map.of("k", "v"))));
    applied(Samples.update(key, Guard.NONE, Samples.metadata("second")));
    assertThat(stored(key).metadata()).isEqualTo(Samples.bytes("second"));
    assertThat(stored(key).progress()).isEqualTo(HALF);
    assertThat(stored(key).labels()).isEqualTo(Map.of("k", "v"));
  }

  @Test
  default void an_update_clears_what_is_replaced_by_nothing() {
    var key = Samples.freshKey();
    applied(
        Samples.startWith(
            key, new Contents(true, Samples.bytes("m"), true, HALF, true, Map.of("k", "v"))));

    applied(Samples.update(key, Guard.NONE, new Contents(true, null, true, null, true, Map.of())));

    assertThat(stored(key).metadata()).isNull();
    assertThat(stored(key).progress()).isNull();
    assertThat(stored(key).labels()).isEmpty();
  }

  @Test
  default void a_progress_without_estimate_keeps_none() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var progress = new Progress(0, 0, "", "", null);

    applied(Samples.update(key, Guard.NONE, Samples.progress(progress)));

    assertThat(stored(key).progress()).isEqualTo(progress);
  }

  @Test
  default void an_update_without_contents_changes_no_version() {
    var key = Samples.freshKey();
    applied(Samples.start(key));

    unchangedBy(Samples.renewal(key, null), Verdict.RENEWED);
  }

  @Test
  default void a_repeat_of_the_newest_update_changes_nothing() {
    var key = Samples.freshKey();
    var started = applied(Samples.start(key));
    // The version it was meant for is over by its own first application.
    var guard = new Guard(UUID.randomUUID(), null, started.version());
    var update = Samples.update(key, guard, Samples.metadata("second"));
    var first = applied(update);

    var second = unchangedBy(update, Verdict.REPEATED);

    assertThat(second.version()).isEqualTo(first.version());
  }

  @Test
  default void a_repeat_of_an_older_update_is_a_new_change() {
    var key = Samples.freshKey();
    var older = Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("a"));
    applied(Samples.start(key));
    applied(older);
    applied(Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("b")));

    applied(older);

    assertThat(stored(key).metadata()).isEqualTo(Samples.bytes("a"));
  }

  @Test
  default void an_update_without_request_makes_the_one_before_it_an_older_one() {
    var key = Samples.freshKey();
    var older = Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("a"));
    applied(Samples.start(key));
    applied(older);
    applied(Samples.update(key, Guard.NONE, Samples.metadata("b")));

    applied(older);
  }

  @Test
  default void a_cancellation_does_not_erase_the_newest_request() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    applied(Samples.start(key, null, Samples.lease(token, Duration.ofMinutes(1), Duration.ZERO)));
    var guard = new Guard(UUID.randomUUID(), token, 0);
    var update = Samples.update(key, guard, Samples.metadata("second"));
    applied(update);
    var cancelled = applied(cancel(update));

    var answer = unchangedBy(update, Verdict.REPEATED);

    assertThat(answer.version()).isEqualTo(cancelled.version());
    assertThat(answer.cancelRequestTime()).isNotNull().isEqualTo(stored(key).cancelRequestTime());
  }

  @Test
  default void a_repeat_finds_the_operation_that_was_ended_meanwhile() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var update =
        Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("second"));
    applied(update);
    applied(cancel(update));

    unchangedBy(update, Verdict.REPEATED);
  }

  private static Cancel cancel(Update update) {
    return new Cancel(update.key(), Samples.bytes("cancelled"), Samples.bytes("lost"));
  }

  @Test
  default void an_update_of_another_version_is_refused() {
    var key = Samples.freshKey();
    var started = applied(Samples.start(key));
    var first =
        applied(Samples.update(key, Samples.version(started.version()), Samples.metadata("a")));

    var stale = Samples.update(key, Samples.version(started.version()), Samples.metadata("b"));
    assertThat(unchangedBy(stale, Verdict.VERSION_MISMATCH).version()).isEqualTo(first.version());
    var renewal = new Update(key, Samples.version(started.version()), Contents.NONE, null);
    unchangedBy(renewal, Verdict.VERSION_MISMATCH);
    var early = Samples.update(key, Samples.version(first.version() + 1), Samples.metadata("b"));
    unchangedBy(early, Verdict.VERSION_MISMATCH);
    var end = Samples.completion(key, Samples.version(started.version()), "r");
    unchangedBy(end, Verdict.VERSION_MISMATCH);
  }

  @Test
  default void what_does_not_exist_cannot_be_changed() {
    var key = Samples.freshKey();

    unchangedBy(Samples.update(key, Guard.NONE, Samples.metadata("a")), Verdict.NOT_FOUND);
    unchangedBy(Samples.completion(key, Guard.NONE, "r"), Verdict.NOT_FOUND);
    applied(Samples.start(key));
    applied(new Delete(key));
    unchangedBy(Samples.update(key, Guard.NONE, Samples.metadata("a")), Verdict.DELETED);
    unchangedBy(Samples.completion(key, Guard.NONE, "r"), Verdict.DELETED);
  }

  @Test
  default void a_completion_stores_result_and_contents() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var contents = new Contents(true, Samples.bytes("last"), true, HALF, false, Map.of());
    var complete = new Complete(key, Guard.NONE, Outcome.RESPONSE, Samples.bytes("\0r"), contents);
    var before = stored(key);

    var answer = applied(complete);

    var done = stored(key);
    assertThat(done).isEqualTo(complete.composed(before, answer));
    assertThat(done.outcome()).isEqualTo(Outcome.RESPONSE);
    assertThat(done.result()).isEqualTo(Samples.bytes("\0r"));
    assertThat(done.endTime()).isEqualTo(answer.time()).isEqualTo(done.updateTime());
    assertThat(done.expireTime()).isEqualTo(answer.time().plus(Samples.RETENTION));
    assertThat(done.metadata()).isEqualTo(Samples.bytes("last"));
    assertThat(done.progress()).isEqualTo(HALF);
  }

  @Test
  default void an_error_is_a_result_of_its_own() {
    var key = Samples.freshKey();
    applied(Samples.start(key));

    applied(new Complete(key, Guard.NONE, Outcome.ERROR, Samples.bytes("e"), Contents.NONE));

    assertThat(stored(key).outcome()).isEqualTo(Outcome.ERROR);
    assertThat(stored(key).metadata()).isEqualTo(Samples.bytes("first"));
  }

  @Test
  default void done_is_final() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var first = applied(Samples.completion(key, Guard.NONE, "r"));

    unchangedBy(Samples.update(key, Guard.NONE, Samples.metadata("late")), Verdict.DONE);
    unchangedBy(Samples.renewal(key, null), Verdict.DONE);
    unchangedBy(Samples.completion(key, Guard.NONE, "other"), Verdict.DONE);
    unchangedBy(
        new Complete(key, Guard.NONE, Outcome.ERROR, Samples.bytes("r"), Contents.NONE),
        Verdict.DONE);
    var same = unchangedBy(Samples.completion(key, Samples.version(1), "r"), Verdict.REPEATED);
    assertThat(same.version()).isEqualTo(first.version());
  }

  @Test
  default void concurrent_changes_of_one_operation_are_applied_one_after_the_other() {
    var key = Samples.freshKey();
    var started = applied(Samples.start(key));
    // With request ids: changes without may be merged into one.
    var a = Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("a"));
    var b = Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("b"));

    var first = store().apply(a, PATIENCE);
    var second = store().apply(b, PATIENCE);
    var third = store().apply(Samples.completion(key, Guard.NONE, "r"), PATIENCE);

    assertThat(await(first).version()).isGreaterThan(started.version());
    assertThat(await(second).previousVersion()).isEqualTo(await(first).version());
    assertThat(await(third).previousVersion()).isEqualTo(await(second).version());
    assertThat(stored(key).version()).isEqualTo(await(third).version());
  }
}
