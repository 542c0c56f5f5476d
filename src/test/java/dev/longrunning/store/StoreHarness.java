package dev.longrunning.store;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Tombstone;
import dev.longrunning.store.ChangeLog.Selection;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the contract tests need of a store, and the words that they are written in. */
public interface StoreHarness {
  Duration PATIENCE = Duration.ofSeconds(2);
  Duration SECOND = Duration.ofSeconds(1);

  OperationStore store();

  ChangeLog log();

  /**
   * Lets {@code duration} pass, as far as the store can tell: what is stored gets older, sweep
   * times too. States read before and after need not compare.
   */
  void passTime(Duration duration);

  /** Lets time pass as it does while a janitor sweeps. */
  default void passSweptTime(Duration duration) {
    sweepAll();
    for (var left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(SECOND)) {
      passTime(left.compareTo(SECOND) < 0 ? left : SECOND);
      sweepAll();
    }
  }

  default void sweepAll() {
    var sweeps = new ArrayList<Future<?>>();
    for (int lane = 0; lane < OperationKey.LANES; lane++) {
      sweeps.add(store().sweep(lane));
    }
    sweeps.forEach(Await::await);
  }

  default Answer apply(Change change) {
    return await(store().apply(change, PATIENCE));
  }

  default Answer applied(Change change) {
    var answer = apply(change);
    assertThat(answer.verdict()).isEqualTo(Verdict.APPLIED);
    return answer;
  }

  /** As {@link #applied}, by another replica, also while this one reads. */
  default Answer appliedElsewhere(Change change) {
    return applied(change);
  }

  /** Asserts the verdict, and that the state and the log are as they were. */
  default Answer unchangedBy(Change change, Verdict verdict) {
    var before = await(store().find(change.key()));
    var heads = heads();
    var answer = apply(change);
    assertThat(answer.verdict()).isEqualTo(verdict);
    assertThat(await(store().find(change.key()))).isEqualTo(before);
    assertThat(entriesAfter(heads, change.key())).isEmpty();
    return answer;
  }

  default Snapshot stored(OperationKey key) {
    return Objects.requireNonNull(await(store().find(key)).snapshot());
  }

  /** What is remembered of a deletion or purge that must be. */
  default Tombstone buried(OperationKey key) {
    return Objects.requireNonNull(await(store().find(key)).tombstone());
  }

  default Cursors heads() {
    return await(log().poll(Cursors.NONE, Selection.NONE)).heads();
  }

  /** Everything that was logged after {@code cursors}, over as many polls as it takes. */
  default List<ChangeLog.Batch> batchesAfter(Cursors cursors) {
    var all = new ArrayList<ChangeLog.Batch>();
    var heads = heads();
    var at = cursors.toArray();
    while (!Cursors.of(at).reach(heads)) {
      for (var batch : await(log().poll(Cursors.of(at), Selection.NONE)).batches()) {
        all.add(batch);
        at[batch.lane()] = batch.revision();
      }
    }
    return all;
  }

  /** What was logged of one operation. */
  default List<Logged> entriesAfter(Cursors cursors, OperationKey key) {
    var entries = new ArrayList<Logged>();
    for (var batch : batchesAfter(cursors)) {
      batch.entries().stream()
          .filter(entry -> entry.key().equals(key))
          .forEach(entry -> entries.add(new Logged(batch, entry)));
    }
    return entries;
  }

  record Logged(ChangeLog.Batch batch, ChangeLog.Entry entry) {}
}
