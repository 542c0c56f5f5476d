package dev.longrunning.feed;

import dev.longrunning.feed.AppliedLog.Look;
import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import dev.longrunning.store.Written;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the change log: the cache, the waiting reads and the waiters of this replica are driven
 * from here, also for changes that this replica made.
 *
 * <p><b>Promise.</b> As {@link AppliedLog} says; it is looked at the log when somebody says that
 * there is something, and now and then. A sync is complete once everything up to the heads that a
 * poll <em>begun after its call</em> has seen is applied.
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
  private final AppliedLog applied;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Promise<Void> started = Promise.promise();
  private volatile long begun;
  private Timers.@Nullable Timer pause;
  private boolean polling;
  private boolean stopped;
  private volatile boolean failing;
  private volatile long lookedNanos;

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
    this.applied = new AppliedLog(cache, interest, this.metrics);
    this.lookedNanos = this.metrics.nanos();
  }

  /** Begins to follow; completes once the first poll was applied. */
  public Future<Void> start() {
    changes.onDoorbell(this::wake);
    changes.onWritten(this::written);
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
    applied.add(states);
    metrics.loop(states);
    return new View(states, log);
  }

  /** How full the queues of its loops have been. */
  public List<QueuePeak> peaks() {
    return applied.loops().stream().map(FeedStates::peak).toList();
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

  /** Whether a look at the log was answered after this moment. */
  boolean hasLookedSince(long nanos) {
    return lookedNanos - nanos > 0;
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

  /** A batch of this replica is committed: it is applied now, or found by a look. */
  public void written(Written written) {
    // Guarded: its callers get their answers whatever becomes of it here.
    loop.guarded(
        () -> {
          if (!stopped && !applied.apply(written)) {
            wake();
          }
        });
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
    var look = applied.look(begun + 1);
    begun = look.number();
    changes
        .poll(look.from(), look.sift())
        .compose(
            poll -> {
              metrics.polled(look.begunNanos());
              lookedNanos = metrics.nanos();
              return settled(look, poll);
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

  /** Applies a poll; answers how many batches it brought. */
  private Future<Integer> settled(Look look, Poll poll) {
    if (poll.timeline() == null) {
      return Future.failedFuture(new IllegalStateException("the database is in recovery"));
    }
    if (applied.isBroken(look, poll)) {
      return changes.openEpoch(poll.epoch(), applied.epochNumber()).map(opened -> 1);
    }
    int batches = applied.apply(look, poll);
    started.tryComplete();
    return Future.succeededFuture(batches);
  }

  private void next(int batches) {
    if (failing) {
      failing = false;
      log.atInfo().log("feed.restored");
    }
    if (stopped) {
      return;
    }
    if (woken.get() || applied.isBehind()) {
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
