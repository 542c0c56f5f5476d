package dev.longrunning.feed;

import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the change log: the cache, the waiting reads and the waiters of this replica are driven
 * from here, also for changes that this replica made.
 *
 * <p><b>Promise.</b> Batches are applied in the order of their lane, without gaps; where one is
 * missing, or history is another one, everything starts over from what the database holds now. A
 * sync is complete once everything up to the heads that a poll <em>begun after its call</em> has
 * seen is applied.
 *
 * <p><b>Threads.</b> Confined to the event loop it was made on; {@link #wake} and {@link #begun}
 * from any. Each event loop gets the same immutable batches, one task at a time.
 *
 * <p><b>Bounds.</b> One poll under way, and those of {@link SeenPolls}.
 */
public final class Feed {
  private static final Duration FAILED_PAUSE = Duration.ofMillis(50);
  private static final Logger log = LoggerFactory.getLogger(Feed.class);

  private final Loop loop;
  private final ChangeLog changes;
  private final StateCache cache;
  private final FeedSettings settings;
  private final Timers timers;
  private final FeedMetrics metrics;
  private final SharedInterest interest = new SharedInterest();
  private final List<FeedStates> loops = new CopyOnWriteArrayList<>();
  private final SeenPolls seen = new SeenPolls();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Promise<Void> started = Promise.promise();
  private final long[] cursors = new long[OperationKey.LANES];
  private volatile long begun;
  private @Nullable Epoch epoch;
  private Timers.@Nullable Timer pause;
  private boolean polling;
  private boolean stopped;
  private volatile boolean failing;

  /** Makes a feed that runs on {@code loop}. */
  public Feed(
      Loop loop,
      ChangeLog changes,
      FeedSettings settings,
      Timers timers,
      Function<Snapshot, Bytes> encoder,
      Metrics metrics) {
    this.loop = loop;
    this.changes = changes;
    this.settings = settings;
    this.timers = timers;
    this.metrics = new FeedMetrics(metrics);
    this.cache = new StateCache(settings.cacheBytes(), encoder, this.metrics::evicted);
    this.metrics.cache(cache);
  }

  /** Begins to follow; completes once the first poll was applied. */
  public Future<Void> start() {
    changes.onDoorbell(this::wake);
    wake();
    return started.future();
  }

  public void stop() {
    stopped = true;
    cancelPause();
  }

  /** How one event loop sees what is followed. */
  public record View(States states, Changes changes) {}

  /** The view of an event loop; to be made there. */
  public View view(Loop there, OperationStore store) {
    var log = new LoopChanges(this, changes, interest, settings.ringBytes());
    var states = new FeedStates(this, cache, store, there, timers, interest, log, metrics);
    loops.add(states);
    metrics.loop(states);
    return new View(states, log);
  }

  /** How full the queues of its loops have been. */
  public List<QueuePeak> peaks() {
    return loops.stream().map(FeedStates::peak).toList();
  }

  /** How long a reader waits for the database. */
  Duration patience() {
    return settings.patience();
  }

  /** What was read of an operation somewhere else than by the feed. */
  State state(Reading found) {
    return cache.stateOf(found);
  }

  /** Whether the last look at the log failed. */
  boolean isStale() {
    return failing;
  }

  /** The history of this position goes as far at least; a database that is behind it is rewound. */
  void knownAlready(Position claimed) {
    cache.reachAll(claimed.epoch().nonce(), claimed.cursors());
  }

  /** How many polls have begun. A call now is answered by a poll with a larger number. */
  long begun() {
    return begun;
  }

  /** From any thread: looks at the log now, or right after the poll under way. */
  public void wake() {
    if (woken.compareAndSet(false, true)) {
      loop.run(this::pollUnlessPolling);
    }
  }

  private void pollUnlessPolling() {
    if (!polling && !stopped) {
      cancelPause();
      poll();
    }
  }

  private void poll() {
    polling = true;
    // Whoever wakes from here on wants a poll after this one.
    woken.set(false);
    long number = begun + 1;
    begun = number;
    // Taken before the poll begins: whatever is known now, the database must have, or it was
    // rewound.
    var known = cache.reached();
    var sift = Sift.of(interest, cache);
    var look = new Look(number, metrics.nanos(), Cursors.of(cursors), sift);
    changes
        .poll(look.from(), sift)
        .compose(
            poll -> {
              metrics.polled(look.begunNanos());
              return settled(look, known, poll);
            })
        .onComplete(
            done -> {
              polling = false;
              if (done.succeeded()) {
                next(done.result());
              } else {
                failed(done.cause());
              }
            });
  }

  /** A poll under way. */
  private record Look(long number, long begunNanos, Cursors from, Sift sift) {}

  /** Applies a poll; answers how many batches it brought. */
  private Future<Integer> settled(Look look, Cursors reached, Poll poll) {
    var known = epoch;
    if (poll.timeline() == null) {
      return Future.failedFuture(new IllegalStateException("the database is in recovery"));
    }
    if (!poll.isCurrent() || isRewound(reached, poll)) {
      long numberMin = known == null ? 0 : known.number();
      return changes.openEpoch(poll.epoch(), numberMin).map(opened -> 1);
    }
    if (!isKnown(poll)) {
      resynchronise(look, poll, known == null ? "start" : "epoch");
      return Future.succeededFuture(0);
    }
    if (!isDense(poll.batches())) {
      resynchronise(look, poll, "gap");
      return Future.succeededFuture(0);
    }
    apply(look, poll);
    return Future.succeededFuture(poll.batches().size());
  }

  /** Whether the database holds less than is known here, so that it would write versions twice. */
  private boolean isRewound(Cursors reached, Poll poll) {
    return isKnown(poll)
        ? !poll.heads().reach(reached)
        : epoch != null && poll.epoch().number() <= epoch.number();
  }

  private boolean isKnown(Poll poll) {
    return epoch != null && epoch.nonce().equals(poll.epoch().nonce());
  }

  private boolean isDense(List<Batch> batches) {
    long[] expected = cursors.clone();
    for (var batch : batches) {
      if (batch.revision() != ++expected[batch.lane()]) {
        return false;
      }
    }
    return true;
  }

  private void apply(Look look, Poll poll) {
    for (var batch : poll.batches()) {
      cursors[batch.lane()] = batch.revision();
      cache.apply(batch);
    }
    metrics.applied(look.begunNanos(), poll.batches(), Cursors.of(cursors), poll.heads());
    seen.add(look.number(), poll.heads());
    deliver(look.sift().applied(look.from(), poll, cache::putFed), poll.epoch(), false);
  }

  private void resynchronise(Look look, Poll poll, String why) {
    log.atInfo()
        .addKeyValue("why", why)
        .addKeyValue("epoch", poll.epoch().number())
        .log("feed.resynchronised");
    metrics.resynchronised(why);
    metrics.applied(look.begunNanos(), List.of(), poll.heads(), poll.heads());
    epoch = poll.epoch();
    System.arraycopy(poll.heads().toArray(), 0, cursors, 0, cursors.length);
    cache.reset(poll.epoch(), poll.heads());
    seen.clear();
    seen.add(look.number(), poll.heads());
    deliver(List.of(), poll.epoch(), true);
    started.tryComplete();
  }

  /** Tells every loop that something concerns, one task each. */
  private void deliver(List<AppliedBatch> batches, Epoch in, boolean reset) {
    var now = Cursors.of(cursors);
    var delta = new Delta(batches, new Position(in, now), reset, seen.caughtUp(now));
    for (var each : loops) {
      each.feed(delta);
    }
  }

  private void next(int batches) {
    if (failing) {
      failing = false;
      log.atInfo().log("feed.restored");
    }
    if (stopped) {
      return;
    }
    if (woken.get() || !seen.isEmpty()) {
      poll();
    } else {
      pauseFor(batches > 0 ? settings.hot() : settings.idle());
    }
  }

  private void failed(Throwable cause) {
    metrics.failed();
    if (!failing) {
      failing = true;
      log.atWarn().addKeyValue("cause", cause.getMessage()).log("feed.failed");
    }
    if (!stopped) {
      pauseFor(FAILED_PAUSE);
    }
  }

  private void pauseFor(Duration duration) {
    pause = timers.after(duration, this::pollUnlessPolling);
  }

  private void cancelPause() {
    if (pause != null) {
      pause.cancel();
      pause = null;
    }
  }
}
