package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change.Contents;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How operations begin, and how a repeated start finds the first one again. */
interface StartsContract extends StoreHarness {
  @Test
  default void a_start_stores_every_field() {
    var key = new OperationKey("storage-transfer", Samples.freshKey().name());
    var estimate = Instant.parse("2031-02-03T04:05:06.123456Z");
    var progress =
        new Progress(1L << 40, Long.MAX_VALUE, "octets", "läuft 🙂 'so' \\ weit", estimate);
    var labels = Map.of("b", "zwei", "a", "", "c-1_x", "drei \" vier");
    var contents = new Contents(true, Samples.bytes("\0any\377"), true, progress, true, labels);
    var retention = Duration.ofDays(365).minusMillis(1);
    var start = new Start(key, "projects/p", UUID.randomUUID(), contents, retention, null);

    var answer = applied(start);

    var found = await(store().find(key));
    assertThat(found.tombstone()).isNull();
    assertThat(found.snapshot()).isEqualTo(start.composed(null, answer));
    var snapshot = stored(key);
    assertThat(snapshot.version()).isEqualTo(answer.version()).isPositive();
    assertThat(snapshot.createTime()).isEqualTo(answer.time());
    assertThat(snapshot.updateTime()).isEqualTo(answer.time());
    assertThat(snapshot.collection()).isEqualTo("projects/p");
    assertThat(snapshot.metadata()).isEqualTo(contents.metadata());
    assertThat(snapshot.progress()).isEqualTo(progress);
    assertThat(snapshot.labels()).isEqualTo(labels);
    assertThat(snapshot.labels().keySet()).containsExactly("a", "b", "c-1_x");
    assertThat(snapshot.retention()).isEqualTo(retention);
    assertThat(answer.previousVersion()).isZero();
    assertThat(answer.lease()).isNull();
  }

  @Test
  default void a_start_without_contents_stores_none() {
    var start = Samples.startWith(Samples.freshKey(), Contents.NONE);

    applied(start);

    var snapshot = stored(start.key());
    assertThat(snapshot.outcome()).isEqualTo(Outcome.RUNNING);
    assertThat(snapshot.result()).isEqualTo(Bytes.EMPTY);
    assertThat(snapshot.metadata()).isNull();
    assertThat(snapshot.progress()).isNull();
    assertThat(snapshot.labels()).isEmpty();
    assertThat(snapshot.endTime()).isNull();
    assertThat(snapshot.cancelRequestTime()).isNull();
    assertThat(snapshot.expireTime()).isNull();
  }

  @Test
  default void payloads_of_a_mebibyte_are_stored() {
    var contents = new Contents(true, Bytes.of(new byte[1 << 20]), false, null, false, Map.of());
    var start = Samples.startWith(Samples.freshKey(), contents);

    applied(start);

    assertThat(stored(start.key()).metadata()).isEqualTo(contents.metadata());
  }

  @Test
  default void a_taken_name_is_refused_to_another_request() {
    var key = Samples.freshKey();
    applied(Samples.start(key, UUID.randomUUID(), null));

    unchangedBy(Samples.start(key, UUID.randomUUID(), null), Verdict.EXISTS);
    unchangedBy(Samples.start(key, null, null), Verdict.EXISTS);
  }

  @Test
  default void starts_without_request_ids_are_no_repeats_of_each_other() {
    var key = Samples.freshKey();
    applied(Samples.start(key));

    unchangedBy(Samples.start(key), Verdict.EXISTS);
  }

  @Test
  default void the_same_name_in_another_service_is_another_operation() {
    var key = Samples.freshKey();
    var other = new OperationKey("other", key.name());
    applied(Samples.start(key));
    applied(Samples.startWith(other, Samples.metadata("other")));

    applied(new Delete(key));

    assertThat(await(store().find(key)).snapshot()).isNull();
    assertThat(stored(other).metadata()).isEqualTo(Samples.bytes("other"));
  }

  @Test
  default void a_repeated_start_finds_the_operation_as_it_is_now() {
    var key = Samples.freshKey();
    var start = Samples.start(key, UUID.randomUUID(), null);
    applied(start);
    var updated =
        applied(
            Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("second")));

    var answer = unchangedBy(start, Verdict.REPEATED);

    assertThat(answer.version()).isEqualTo(updated.version());
  }

  @Test
  default void a_repeated_start_finds_a_done_operation_without_lease() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    var start =
        Samples.start(
            key, UUID.randomUUID(), Samples.lease(token, Duration.ofMinutes(1), Duration.ZERO));
    applied(start);
    applied(Samples.completion(key, Samples.leased(token), "done"));

    var answer = unchangedBy(start, Verdict.REPEATED);

    assertThat(answer.lease()).isNull();
  }

  @Test
  default void a_repeated_start_needs_the_same_collection() {
    var key = OperationKey.of("operations/" + UUID.randomUUID());
    var request = UUID.randomUUID();
    applied(new Start(key, "projects/a", request, Contents.NONE, Samples.RETENTION, null));

    unchangedBy(
        new Start(key, "projects/b", request, Contents.NONE, Samples.RETENTION, null),
        Verdict.EXISTS);
  }

  @Test
  default void a_repeated_start_shows_its_lease_only_while_that_is_alive() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    var terms = Samples.lease(token, Duration.ofSeconds(2), Duration.ofHours(1));
    var start = Samples.start(key, UUID.randomUUID(), terms);
    var first = applied(start);
    // A replay brings a token of its own, which must not replace the first.
    var again =
        Samples.start(key, start.request(), Samples.lease(UUID.randomUUID(), SECOND, SECOND));

    assertThat(unchangedBy(again, Verdict.REPEATED).lease()).isEqualTo(first.lease());

    passSweptTime(Duration.ofSeconds(3));
    assertThat(unchangedBy(again, Verdict.REPEATED).lease()).isNull();
  }

  @Test
  default void a_repeated_start_after_the_deletion_is_refused_while_that_is_remembered() {
    var key = Samples.freshKey();
    var start = Samples.start(key, UUID.randomUUID(), null);
    applied(start);
    var deletion = applied(new Delete(key));

    unchangedBy(start, Verdict.DELETED);

    passTime(Duration.ofHours(2));
    await(store().trim(Duration.ofHours(1), 10_000));
    assertThat(applied(start).version()).isGreaterThan(deletion.version());
  }

  @Test
  default void another_request_takes_the_name_of_a_deleted_operation_at_a_higher_version() {
    var key = Samples.freshKey();
    var start = Samples.start(key, UUID.randomUUID(), null);
    applied(start);
    var deletion = applied(new Delete(key));

    var second = applied(Samples.start(key, UUID.randomUUID(), null));

    assertThat(second.version()).isGreaterThan(deletion.version());
    assertThat(second.previousVersion()).isZero();
    unchangedBy(start, Verdict.EXISTS);
  }

  @Test
  default void another_collection_takes_the_name_and_request_of_a_deleted_operation() {
    var key = OperationKey.of("operations/" + UUID.randomUUID());
    var request = UUID.randomUUID();
    applied(new Start(key, "projects/a", request, Contents.NONE, Samples.RETENTION, null));
    applied(new Delete(key));

    applied(new Start(key, "projects/b", request, Contents.NONE, Samples.RETENTION, null));

    assertThat(stored(key).collection()).isEqualTo("projects/b");
  }
}
