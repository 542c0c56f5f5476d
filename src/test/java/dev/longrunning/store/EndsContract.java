package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Purge;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Tombstone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How operations leave, and what is remembered of them. */
interface EndsContract extends StoreHarness {
  @Test
  default void a_deletion_leaves_a_tombstone_above_every_version() {
    var key = Samples.freshKey();
    var request = UUID.randomUUID();
    var started = applied(Samples.start(key, request, null));

    var answer = applied(new Delete(key));

    var found = await(store().find(key));
    assertThat(found.snapshot()).isNull();
    assertThat(found.tombstone())
        .isEqualTo(
            new Tombstone(
                answer.version(), false, OperationName.collectionOf(key.name()), request));
    assertThat(answer.version()).isGreaterThan(started.version());
    assertThat(answer.previousVersion()).isEqualTo(started.version());
    assertThat(found.version()).isEqualTo(answer.version());
  }

  @Test
  default void a_second_deletion_finds_nothing() {
    var key = Samples.freshKey();
    unchangedBy(new Delete(key), Verdict.NOT_FOUND);
    applied(Samples.start(key));
    applied(new Delete(key));

    unchangedBy(new Delete(key), Verdict.DELETED);
  }

  @Test
  default void a_leased_or_done_operation_is_deleted_without_token() {
    var leased = Samples.freshKey();
    var terms = Samples.lease(UUID.randomUUID(), SECOND, Duration.ZERO);
    applied(Samples.start(leased, null, terms));
    applied(new Delete(leased));
    var done = Samples.freshKey();
    applied(Samples.start(done));
    applied(Samples.completion(done, Guard.NONE, "r"));
    applied(new Delete(done));

    // Its lease went with it.
    passSweptTime(Duration.ofSeconds(3));
    assertThat(await(store().expiryDue(10_000))).doesNotContain(leased, done);
  }

  @Test
  default void a_recreated_operation_keeps_the_tombstone_beside_it() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var deletion = applied(new Delete(key));

    var second = applied(Samples.start(key));

    var found = await(store().find(key));
    assertThat(buried(key).version()).isEqualTo(deletion.version());
    assertThat(found.version()).isEqualTo(second.version());
  }

  @Test
  default void only_done_operations_are_purged_and_only_when_their_retention_is_over() {
    var running = Samples.freshKey();
    var done = Samples.freshKey();
    applied(Samples.start(running, null, SECOND, null));
    applied(Samples.start(done, null, Duration.ofMinutes(1), null));
    applied(Samples.completion(done, Guard.NONE, "r"));
    unchangedBy(new Purge(done), Verdict.NOT_DUE);

    passTime(Duration.ofMinutes(2));

    unchangedBy(new Purge(running), Verdict.NOT_DUE);
    assertThat(await(store().purgeDue(10_000))).contains(done).doesNotContain(running);
    var answer = applied(new Purge(done));
    assertThat(await(store().purgeDue(10_000))).doesNotContain(done);
    assertThat(buried(done).purged()).isTrue();
    assertThat(buried(done).version()).isEqualTo(answer.version());
    unchangedBy(new Purge(done), Verdict.EXPIRED);
    unchangedBy(Samples.update(done, Guard.NONE, Samples.metadata("x")), Verdict.EXPIRED);
    unchangedBy(new Purge(Samples.freshKey()), Verdict.NOT_FOUND);
  }

  @Test
  default void what_is_due_longest_is_purged_first() {
    var keys = new ArrayList<OperationKey>();
    for (int minutes = 3; minutes > 0; minutes--) {
      var key = Samples.freshKey();
      applied(Samples.start(key, null, Duration.ofMinutes(minutes), null));
      applied(Samples.completion(key, Guard.NONE, "r"));
      keys.add(0, key);
    }
    passTime(Duration.ofMinutes(5));

    var due = await(store().purgeDue(10_000));

    assertThat(due).containsSubsequence(keys);
    assertThat(await(store().purgeDue(2))).hasSize(2).isEqualTo(due.subList(0, 2));
  }

  @Test
  default void a_forgotten_deletion_is_as_if_nothing_had_been_there() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    applied(new Delete(key));

    passTime(Duration.ofHours(2));
    await(store().trim(Duration.ofHours(3), 10_000));
    unchangedBy(new Delete(key), Verdict.DELETED);
    await(store().trim(Duration.ofHours(1), 10_000));

    unchangedBy(new Delete(key), Verdict.NOT_FOUND);
    assertThat(await(store().find(key)).version()).isZero();
  }
}
