package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Expire;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.ChangeLog.Selection;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the log says of the changes, and how a new epoch begins. */
interface LogContract extends StoreHarness {
  @Test
  default void every_applied_change_is_logged_at_its_version() {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    var terms = Samples.lease(token, Duration.ofSeconds(1), Duration.ZERO);
    var before = heads();
    var answers = new ArrayList<Answer>();

    answers.add(applied(Samples.start(key, null, terms)));
    answers.add(applied(Samples.update(key, Samples.leased(token), Samples.metadata("x"))));
    answers.add(applied(new Cancel(key, Samples.bytes("c"), Samples.bytes("l"))));
    passSweptTime(Duration.ofSeconds(2));
    answers.add(applied(new Expire(key, Samples.bytes("a"), Samples.bytes("c"))));
    answers.add(applied(new Delete(key)));
    answers.add(applied(Samples.start(key)));
    answers.add(applied(Samples.completion(key, Guard.NONE, "r")));

    var logged = entriesAfter(before, key);
    assertThat(logged.stream().map(each -> each.batch().revision()))
        .containsExactlyElementsOf(answers.stream().map(Answer::version).toList());
    assertThat(logged.stream().map(each -> (int) each.entry().kind()))
        .containsExactly(1, 2, 4, 5, 6, 1, 3);
    assertThat(logged).allSatisfy(each -> assertThat(each.batch().lane()).isEqualTo(key.lane()));
  }

  @Test
  default void only_a_name_that_does_not_contain_its_collection_is_logged_with_it() {
    var nested = Samples.freshKey();
    var flat = OperationKey.of("operations/" + UUID.randomUUID());
    var before = heads();
    applied(Samples.start(nested));
    applied(new Start(flat, "projects/p", null, Contents.NONE, Samples.RETENTION, null));
    applied(new Delete(nested));
    applied(new Delete(flat));

    assertThat(entriesAfter(before, nested))
        .hasSize(2)
        .allSatisfy(each -> assertThat(each.entry().collection()).isNull());
    assertThat(entriesAfter(before, flat))
        .hasSize(2)
        .allSatisfy(each -> assertThat(each.entry().collection()).isEqualTo("projects/p"));
  }

  @Test
  default void revisions_of_a_lane_are_dense_however_many_write_at_once() {
    var before = heads();
    var writes = new LinkedHashMap<OperationKey, Future<Answer>>();
    for (int i = 0; i < 300; i++) {
      var key = Samples.freshKey();
      writes.put(key, store().apply(Samples.start(key), PATIENCE));
    }
    writes.values().forEach(Await::await);

    var at = before.toArray();
    for (var batch : batchesAfter(before)) {
      assertThat(batch.revision()).isEqualTo(at[batch.lane()] + 1);
      at[batch.lane()] = batch.revision();
      for (var entry : batch.entries()) {
        var key = entry.key();
        assertThat(writes).as("each is logged once").containsKey(key);
        var write = Objects.requireNonNull(writes.remove(key));
        assertThat(await(write).version()).isEqualTo(batch.revision());
      }
    }
    assertThat(writes).isEmpty();
    assertThat(Cursors.of(at)).isEqualTo(heads());
  }

  @Test
  default void a_poll_from_the_heads_is_empty_and_names_the_history() {
    applied(Samples.start(Samples.freshKey()));

    var poll = await(log().poll(heads(), Selection.NONE));

    assertThat(poll.batches()).isEmpty();
    assertThat(poll.isCurrent()).isTrue();
    assertThat(poll.heads()).isEqualTo(heads());
    var found = await(store().find(Samples.freshKey()));
    assertThat(found.epoch()).isEqualTo(poll.epoch().nonce());
  }

  @Test
  default void a_poll_returns_a_bounded_part_of_a_lane_from_its_oldest_on() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var before = heads();
    int changes = ChangeLog.LANE_BATCHES_MAX + 10;
    // One after the other, so that each is a batch of its own.
    for (int i = 0; i < changes; i++) {
      applied(update(key));
    }

    var poll = await(log().poll(before, Selection.NONE));

    assertThat(poll.batches().stream().map(ChangeLog.Batch::revision))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, ChangeLog.LANE_BATCHES_MAX)
                .mapToObj(i -> before.at(key.lane()) + i)
                .toList());
    assertThat(poll.heads().at(key.lane())).isEqualTo(before.at(key.lane()) + changes);
  }

  private static Change update(OperationKey key) {
    return Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("x"));
  }

  /** A selection of these operations, wherever they are changed. */
  private static Selection selecting(OperationKey... keys) {
    return new Selection() {
      @Override
      public boolean isEmpty() {
        return false;
      }

      @Override
      public List<OperationKey> of(ChangeLog.Batch batch) {
        var changed = batch.entries().stream().map(Entry::key).toList();
        return Stream.of(keys).filter(changed::contains).toList();
      }
    };
  }

  @Test
  default void the_states_of_selected_changes_come_along_and_no_others() {
    var key = Samples.freshKey();
    var other = Samples.freshKey();
    var gone = Samples.freshKey();
    applied(Samples.start(gone));
    var before = heads();
    applied(Samples.start(key));
    applied(Samples.start(other));
    var last = applied(update(key));
    var deleted = applied(new Delete(gone));

    for (var read :
        List.of(
            log().poll(before, selecting(key, gone)),
            log().history(before, selecting(key, gone)))) {
      var poll = await(read);
      assertThat(poll.states()).containsOnlyKeys(key, gone);
      var found = Objects.requireNonNull(poll.states().get(key));
      assertThat(found.snapshot()).isEqualTo(await(store().find(key)).snapshot());
      assertThat(found.version()).isEqualTo(last.version());
      assertThat(found.epoch()).isEqualTo(poll.epoch().nonce());
      var absent = Objects.requireNonNull(poll.states().get(gone));
      assertThat(absent.snapshot()).isNull();
      assertThat(absent.version()).isEqualTo(deleted.version());
      assertThat(poll.apart()).isEmpty();
    }
  }

  @Test
  default void a_large_state_is_left_to_those_who_need_it() {
    var key = Samples.freshKey();
    var before = heads();
    applied(Samples.startWith(key, Samples.metadata("x".repeat(ChangeLog.STATE_BYTES_MAX + 1))));

    var poll = await(log().poll(before, selecting(key)));

    assertThat(poll.states()).isEmpty();
    assertThat(poll.apart()).containsExactly(key);
  }

  @Test
  default void trimming_keeps_what_is_young_and_every_lanes_last_row() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    applied(update(key));
    passTime(Duration.ofHours(2));
    var heads = heads();

    while (await(store().trim(Duration.ofHours(1), 1_000)) > 0) {
      assertThat(heads()).isEqualTo(heads);
    }

    assertThat(heads()).isEqualTo(heads);
    assertThat(batchesAfter(Cursors.NONE)).hasSize(OperationKey.LANES);
    var second = applied(update(key));
    assertThat(second.version()).isEqualTo(heads.at(key.lane()) + 1);
    await(store().trim(Duration.ofHours(1), 1_000));
    assertThat(entriesAfter(heads, key)).hasSize(1);
  }

  @Test
  default void trimming_deletes_no_more_than_asked() {
    await(store().trim(Duration.ofHours(1), 1_000_000));
    var key = Samples.freshKey();
    applied(Samples.start(key));
    for (int i = 0; i < 5; i++) {
      applied(update(key));
    }
    passTime(Duration.ofHours(2));

    assertThat(await(store().trim(Duration.ofHours(1), 2))).isEqualTo(2);
    assertThat(await(store().trim(Duration.ofHours(3), 1_000))).isZero();
  }

  @Test
  default void a_new_epoch_begins_once_and_above_everything() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    var before = await(log().poll(Cursors.NONE, Selection.NONE));

    await(log().openEpoch(before.epoch(), before.epoch().number() + 5));
    await(log().openEpoch(before.epoch(), before.epoch().number() + 5));

    var after = await(log().poll(before.heads(), Selection.NONE));
    assertThat(after.epoch().number()).isEqualTo(before.epoch().number() + 6);
    assertThat(after.epoch().nonce()).isNotEqualTo(before.epoch().nonce());
    assertThat(after.isCurrent()).isTrue();
    assertThat(after.batches()).hasSize(OperationKey.LANES);
    assertThat(after.batches())
        .allSatisfy(
            marker -> {
              assertThat(marker.revision()).isEqualTo(after.epoch().firstRevision());
              assertThat(marker.entries()).isEqualTo(List.<Entry>of());
            });
    assertThat(applied(update(key)).version()).isEqualTo(after.epoch().firstRevision() + 1);
  }

  @Test
  default void leases_run_on_in_a_new_epoch_as_after_a_gap() {
    var key = Samples.freshKey();
    var terms = Samples.lease(UUID.randomUUID(), Duration.ofSeconds(1), Duration.ZERO);
    sweepAll();
    applied(Samples.start(key, null, terms));
    passTime(Duration.ofMillis(1_500));
    var known = await(log().poll(Cursors.NONE, Selection.NONE)).epoch();
    await(log().openEpoch(known, known.number()));

    unchangedBy(new Expire(key, Samples.bytes("a"), Samples.bytes("c")), Answer.Verdict.NOT_DUE);
  }
}
