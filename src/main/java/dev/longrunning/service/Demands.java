package dev.longrunning.service;

import dev.longrunning.feed.Follower;
import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.feed.Timers;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.ReceivedSignals.Received;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.AsyncResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the producer of the operations that one stream reports on: to end them, or what
 * signals say.
 *
 * <p><b>Promise.</b> While an operation is followed, a cancellation is told once, also one that was
 * requested before, and also where it ended the operation at once; and so is the newest signal of
 * each verb while it runs. But only of operations of which a report succeeded. It is followed from
 * its first report until it is done or gone, or belongs to another producer.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> {@value #OPERATIONS_MAX} operations, and the {@link DemandRoom} that all
 * streams share: beyond it the one that was not reported for the longest time is let go, and with
 * no other to let go one is not followed at all. Its reports' results tell of them all the same. At
 * most {@value #READS_MAX} reads at a time, however many changes come.
 */
public final class Demands {
  static final int OPERATIONS_MAX = 65_536;

  /** One statement's worth. */
  static final int READS_MAX = 64;

  private static final Duration FAILED_PAUSE = Duration.ofMillis(500);

  private final States states;
  private final Timers timers;
  private final DemandRoom room;
  private final Listener listener;

  /** The one that was not reported for the longest time comes first. */
  private final LinkedHashMap<OperationKey, Followed> followed =
      new LinkedHashMap<>(16, 0.75f, true);

  private final ArrayDeque<Followed> unread = new ArrayDeque<>();
  private int reads;
  private boolean pausing;

  /** The producer. */
  public interface Listener {
    void cancelRequested(OperationKey key, Instant at);

    void signalReceived(OperationKey key, Received signal);
  }

  Demands(States states, Timers timers, DemandRoom room, Listener listener) {
    this.states = states;
    this.timers = timers;
    this.room = room;
    this.listener = listener;
  }

  private final class Followed implements Follower {
    private final OperationKey key;
    private States.@Nullable Interest interest;

    /** Whether a report of it succeeded. */
    private boolean reported;

    private @Nullable Instant cancelRequestTime;
    private boolean told;

    /** Of the newest state that was seen; none once they were told. */
    private ReceivedSignals signals = ReceivedSignals.NONE;

    private long version;

    /** When the newest was received that was told. */
    private Optional<Instant> heard = Optional.empty();

    /** Whether it is done or gone. */
    private boolean over;

    /** Whether its state is to be read, or read again once the read under way is there. */
    private boolean stale;

    private boolean reading;

    private boolean ended;

    Followed(OperationKey key) {
      this.key = key;
    }

    @Override
    public void changed(State state) {
      state.snapshot().ifPresent(now -> saw(this, now));
    }

    @Override
    public void removed(long version, boolean purged) {
      gone(this);
    }

    @Override
    public void changedApart() {
      readAnew(this);
    }

    @Override
    public void restarted() {
      readAnew(this);
    }

    void end() {
      ended = true;
      if (interest != null) {
        interest.close();
      }
    }
  }

  /**
   * To be called before a change of it is given to the store: what comes later is heard of, and
   * what came before is in the answer.
   */
  void follow(OperationKey key) {
    if (followed.get(key) != null) {
      return;
    }
    if (followed.size() >= OPERATIONS_MAX || !room.take()) {
      if (followed.isEmpty()) {
        return;
      }
      // Its room is taken over.
      forget(followed.values().iterator().next());
    }
    var added = new Followed(key);
    followed.put(key, added);
    added.interest = states.follow(key, added);
  }

  /** A report of it succeeded, and left this behind. */
  void answered(Snapshot snapshot) {
    var known = followed.get(snapshot.key());
    if (known == null) {
      return;
    }
    if (snapshot.isDone()) {
      // By this very report, or one before it: there is nothing to stop any more.
      letGo(known);
      return;
    }
    known.reported = true;
    saw(known, snapshot);
  }

  /** A report of it was refused. */
  void refused(OperationKey key, Throwable failure) {
    var known = followed.get(key);
    if (known != null && (!known.reported || isLost(failure))) {
      letGo(known);
    }
  }

  /** It belongs to another producer. That it is done or gone is heard of like any change. */
  private static boolean isLost(Throwable failure) {
    return failure instanceof Problem problem && problem.reason().equals("LEASE_LOST");
  }

  /** Lets all of them go. */
  void close() {
    for (var each : followed.values()) {
      each.end();
      room.give();
    }
    followed.clear();
    unread.clear();
  }

  /** How many operations are followed. */
  int size() {
    return followed.size();
  }

  private void readAnew(Followed operation) {
    // The feed has applied the change on this loop, so what is cached reflects it.
    var cached = states.peek(operation.key);
    if (cached.isPresent()) {
      saw(operation, cached.get());
    } else if (!operation.stale) {
      operation.stale = true;
      if (!operation.reading) {
        unread.add(operation);
        readNext();
      }
    }
  }

  private void readNext() {
    while (!pausing && reads < READS_MAX && !unread.isEmpty()) {
      var next = unread.remove();
      if (!next.ended) {
        next.stale = false;
        next.reading = true;
        reads++;
        states.cached(next.key).onComplete(read -> took(next, read));
      }
    }
  }

  private void took(Followed operation, AsyncResult<State> read) {
    reads--;
    operation.reading = false;
    if (!operation.ended) {
      if (read.failed()) {
        operation.stale = true;
        pause();
      } else if (!operation.stale) {
        read.result().snapshot().ifPresentOrElse(now -> saw(operation, now), () -> gone(operation));
      }
      if (operation.stale) {
        unread.add(operation);
      }
    }
    readNext();
  }

  private void pause() {
    if (!pausing) {
      pausing = true;
      timers.after(
          FAILED_PAUSE,
          () -> {
            pausing = false;
            readNext();
          });
    }
  }

  private void gone(Followed operation) {
    operation.over = true;
    settle(operation);
  }

  private void saw(Followed operation, Snapshot snapshot) {
    if (snapshot.cancelRequestTime() != null) {
      operation.cancelRequestTime = snapshot.cancelRequestTime();
    }
    if (snapshot.version() > operation.version) {
      // An answer may be of an older state than what the feed has told.
      operation.version = snapshot.version();
      operation.signals = snapshot.signals();
    }
    operation.over |= snapshot.isDone();
    settle(operation);
  }

  /** Nothing is told before the first report's answer: it may be that of a stranger. */
  private void settle(Followed operation) {
    if (!operation.reported || operation.ended) {
      return;
    }
    var at = operation.cancelRequestTime;
    if (at != null && !operation.told) {
      operation.told = true;
      listener.cancelRequested(operation.key, at);
    }
    if (operation.over) {
      letGo(operation);
      return;
    }
    for (var signal : operation.signals.after(operation.heard)) {
      operation.heard = Optional.of(signal.time());
      listener.signalReceived(operation.key, signal);
    }
    operation.signals = ReceivedSignals.NONE;
  }

  private void letGo(Followed operation) {
    if (!operation.ended) {
      forget(operation);
      room.give();
    }
  }

  private void forget(Followed operation) {
    followed.remove(operation.key);
    operation.end();
  }
}
