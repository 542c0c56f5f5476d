package dev.longrunning.feed;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.OperationStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's view of the feed and the cache.
 *
 * <p><b>Threads.</b> Made on its event loop and confined to it, but for {@link #feed}, which the
 * feed calls.
 *
 * <p><b>Bounds.</b> {@value #SYNCS_MAX} reads wait for the feed, each for at most the patience of
 * the settings.
 */
final class FeedStates implements States {
  /** Reads that wait at once, on one loop; each is a call that was admitted. */
  static final int SYNCS_MAX = 65_536;

  private final Feed feed;
  private final StateCache cache;
  private final OperationStore store;
  private final Timers timers;
  private final FeedMetrics metrics;
  private final Loop loop;
  private final SharedInterest interest;
  private final Followers followers;
  private final LoopChanges changes;
  private final ArrayDeque<Sync> syncs = new ArrayDeque<>();

  private final QueuePeak peak = new QueuePeak("strong reads", SYNCS_MAX);
  private int waitingReads;

  /** The poll that the newest waiting read needs; read by the feed. */
  private volatile long needed;

  /** The last poll that this loop was told of. Only the feed's. */
  private long told;

  FeedStates(
      Feed feed,
      StateCache cache,
      OperationStore store,
      Loop loop,
      Timers timers,
      SharedInterest interest,
      LoopChanges changes,
      FeedMetrics metrics) {
    this.feed = feed;
    this.cache = cache;
    this.store = store;
    this.loop = loop;
    this.timers = timers;
    this.interest = interest;
    this.followers = new Followers(loop, interest);
    this.changes = changes;
    this.metrics = metrics;
  }

  /** All reads that came while the same poll was awaited. */
  private static final class Sync {
    private final long poll;
    private final long begunNanos;
    private final Promise<Void> promise;
    private Timers.@Nullable Timer limit;
    private int reads;

    Sync(long poll, long begunNanos, Promise<Void> promise) {
      this.poll = poll;
      this.begunNanos = begunNanos;
      this.promise = promise;
    }

    void complete() {
      if (limit != null) {
        limit.cancel();
      }
      promise.tryComplete();
    }
  }

  @Override
  public Future<State> strong(OperationKey key) {
    if (cache.get(key) == null) {
      metrics.read(false);
      return read(key);
    }
    return sync()
        .compose(
            synced -> {
              var state = cache.get(key);
              metrics.read(state != null);
              return state != null ? Future.succeededFuture(state) : read(key);
            });
  }

  @Override
  public Future<State> cached(OperationKey key) {
    var state = cache.get(key);
    metrics.read(state != null);
    return state != null ? Future.succeededFuture(state) : read(key);
  }

  @Override
  public Future<Void> sync() {
    // Read after the call began, so a poll with a larger number begins after it too.
    long poll = feed.begun() + 1;
    if (waitingReads >= SYNCS_MAX) {
      return Future.failedFuture(Problem.overloaded("strong reads"));
    }
    waitingReads++;
    peak.saw(waitingReads);
    var newest = syncs.peekLast();
    var sync = newest != null && newest.poll == poll ? newest : begin(poll);
    sync.reads++;
    return sync.promise.future();
  }

  private Sync begin(long poll) {
    var sync = new Sync(poll, metrics.nanos(), loop.promise());
    syncs.add(sync);
    needed = poll;
    feed.wake();
    sync.limit = timers.after(feed.patience(), () -> expire(sync));
    return sync;
  }

  /** From any thread, for metrics: as of a moment ago. */
  int waitingReads() {
    return waitingReads;
  }

  /** From any thread, for metrics: as of a moment ago. */
  int watchedOperations() {
    return followers.operations();
  }

  QueuePeak peak() {
    return peak;
  }

  @Override
  public Optional<Snapshot> peek(OperationKey key) {
    var state = cache.get(key);
    return state == null ? Optional.empty() : state.snapshot();
  }

  @Override
  public State own(Snapshot written) {
    return cache.putOwn(written);
  }

  @Override
  public Interest follow(OperationKey key, Follower follower) {
    return followers.add(key, follower);
  }

  /** The log, for those who follow whole collections. */
  LoopChanges changes() {
    return changes;
  }

  /**
   * From the feed: this was applied.
   *
   * <p>A loop that none of it concerns is left alone. One that begins to wait at this moment loses
   * nothing: its read begins after the batches were applied, and its sync wakes the feed once more.
   */
  void feed(Delta delta) {
    boolean awaited = needed > told && delta.caughtUp() > 0;
    if (!awaited && !concerns(delta)) {
      return;
    }
    if (awaited) {
      told = delta.caughtUp();
    }
    loop.run(
        () -> {
          changes.told(delta);
          followers.told(delta);
          synced(delta.caughtUp());
        });
  }

  private boolean concerns(Delta delta) {
    if (delta.reset()) {
      return !interest.isEmpty();
    }
    // Who follows a collection wants to know how far the log is, also where nothing is for it.
    return interest.hasCollections()
        ? !delta.batches().isEmpty()
        : delta.batches().stream().anyMatch(batch -> !batch.changes().isEmpty());
  }

  private void synced(long caughtUp) {
    while (!syncs.isEmpty() && syncs.peek().poll <= caughtUp) {
      var sync = syncs.poll();
      waitingReads -= sync.reads;
      metrics.synced(sync.begunNanos);
      sync.complete();
    }
  }

  private void expire(Sync sync) {
    if (syncs.remove(sync)) {
      waitingReads -= sync.reads;
    }
    // A database that answers can be reached: then it is this server that cannot keep up.
    sync.promise.tryFail(
        feed.hasLookedSince(sync.begunNanos)
            ? Problem.overloaded("strong reads")
            : Problem.databaseUnavailable());
  }

  private Future<State> read(OperationKey key) {
    var ticket = cache.beginRead(key);
    return store
        .find(key)
        .map(found -> cache.endRead(ticket, found))
        .onFailure(failure -> cache.failRead(ticket));
  }
}
