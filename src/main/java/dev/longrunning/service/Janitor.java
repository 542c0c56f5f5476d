package dev.longrunning.service;

import dev.longrunning.feed.Timers;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.OperationStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Ends operations whose producer is lost, purges those whose retention is over, and forgets old log
 * and tombstone rows.
 *
 * <p><b>Promise.</b> A lost operation has ended 2 s after its lease and adoption window at the
 * latest, while the database answers. Every replica runs a janitor: whatever two do at once is done
 * once. A lease only runs while it could be renewed, so the sweep that says so is left out as long
 * as this replica's own writes fail: its connection may be well while its callers' are not.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> One round of each chore at a time: {@value #CHANGES_MAX} changes, or {@value
 * #TRIMMED_MAX} rows. What is left is done at once in the next.
 */
public final class Janitor {
  /** Changes in flight by one chore: a batch in each lane, 16 each. */
  static final int CHANGES_MAX = 256;

  /** Rows that one statement deletes; some tens of milliseconds. */
  static final int TRIMMED_MAX = 5_000;

  private static final Duration SWEEP_PERIOD = Duration.ofSeconds(1);
  private static final Duration EXPIRY_PERIOD = Duration.ofSeconds(1);
  private static final Duration PURGE_PERIOD = Duration.ofSeconds(10);
  private static final Duration TRIM_PERIOD = Duration.ofSeconds(10);

  private final OperationStore store;
  private final BooleanSupplier writesFail;
  private final JanitorSettings settings;
  private final List<Chore> chores;
  private final ChoreMetrics metrics;

  /**
   * Makes the janitor of a replica; {@link #start} sets it to work.
   *
   * @param writesFail whether this replica's last write failed; see {@link ObservedStore}
   * @param random spreads the rounds of several replicas
   */
  public Janitor(
      OperationStore store,
      BooleanSupplier writesFail,
      InstantSource clock,
      Timers timers,
      RandomGenerator random,
      JanitorSettings settings,
      Metrics metrics) {
    this.store = store;
    this.writesFail = writesFail;
    this.settings = settings;
    this.metrics = new ChoreMetrics(metrics);
    this.chores =
        List.of(
            new Chore("sweep", SWEEP_PERIOD, this::sweep, timers, clock, random, this.metrics),
            new Chore("expiry", EXPIRY_PERIOD, this::expire, timers, clock, random, this.metrics),
            new Chore("purge", PURGE_PERIOD, this::purge, timers, clock, random, this.metrics),
            new Chore("trim", TRIM_PERIOD, this::trim, timers, clock, random, this.metrics));
  }

  public void start() {
    chores.forEach(Chore::start);
  }

  /** Completes when no round is under way, and none will be. */
  public Future<Void> stop() {
    return Future.join(chores.stream().map(Chore::stop).toList()).mapEmpty();
  }

  private Future<Boolean> sweep() {
    if (writesFail.getAsBoolean()) {
      return Future.succeededFuture(false);
    }
    var lanes = IntStream.range(0, OperationKey.LANES).mapToObj(store::sweep).toList();
    return Future.join(lanes).map(false);
  }

  private Future<Boolean> expire() {
    return changed(() -> store.expiryDue(CHANGES_MAX), Endings::expire, metrics::expired);
  }

  private Future<Boolean> purge() {
    return changed(() -> store.purgeDue(CHANGES_MAX), Change.Purge::new, metrics::purged);
  }

  /** Work is left behind if there was as much as one round does, and some of it could be done. */
  private Future<Boolean> changed(
      Supplier<Future<List<OperationKey>>> due,
      Function<OperationKey, Change> change,
      LongConsumer applied) {
    return due.get()
        .compose(
            keys -> {
              var changes =
                  keys.stream()
                      .map(change)
                      .map(each -> store.apply(each, Patience.MOST))
                      .map(answer -> answer.map(each -> each.verdict() == Verdict.APPLIED))
                      .toList();
              return Future.join(changes)
                  .onComplete(ended -> applied.accept(count(changes)))
                  .map(all -> keys.size() == CHANGES_MAX && all.list().contains(true));
            });
  }

  private static long count(List<Future<Boolean>> applied) {
    return applied.stream().filter(each -> each.succeeded() && each.result()).count();
  }

  private Future<Boolean> trim() {
    return store
        .trim(settings.resumeWindow(), TRIMMED_MAX)
        .map(
            trimmed -> {
              metrics.trimmed(trimmed);
              return trimmed >= TRIMMED_MAX;
            });
  }
}
