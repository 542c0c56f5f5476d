package dev.longrunning.service;

import dev.longrunning.feed.Follower;
import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.feed.Timers;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call that waits until an operation is done.
 *
 * <p><b>Promise.</b> Answers with the done state, or with the latest one when its time is up; fails
 * when there is no such operation (any more), when its state cannot be read, or when its caller is
 * gone. Whichever comes first releases everything.
 *
 * <p><b>Threads.</b> Confined to the event loop of its call.
 *
 * <p><b>Bounds.</b> At most one read at a time, however many changes come.
 */
final class Waiter implements Follower {
  private final States states;
  private final OperationKey key;
  private final Promise<State> answered = Promise.promise();
  private States.@Nullable Interest interest;
  private Timers.@Nullable Timer timer;
  private @Nullable State latest;
  private boolean reading;
  private boolean readAgain;
  private boolean timeIsUp;

  Waiter(States states, OperationKey key) {
    this.states = states;
    this.key = key;
  }

  Future<State> begin(Timers timers, Duration limit, Future<Void> gone) {
    // Registered before the first read: a change in between is heard of, and nothing is missed.
    interest = states.follow(key, this);
    timer = timers.after(limit, this::timeIsUp);
    gone.onComplete(any -> end(Future.failedFuture(Problem.cancelled())));
    read(states.strong(key));
    return answered.future();
  }

  /** Answers with the latest state as soon as one is known, as if its time were up. */
  void answer() {
    timeIsUp();
  }

  private void read(Future<State> read) {
    reading = true;
    read.onComplete(this::took);
  }

  private void took(AsyncResult<State> read) {
    reading = false;
    if (isOver()) {
      return;
    }
    if (read.failed()) {
      end(Future.failedFuture(read.cause()));
    } else if (read.result().snapshot().isEmpty()) {
      end(Future.failedFuture(Refusals.missing(read.result())));
    } else {
      changed(read.result());
      if (readAgain && !isOver()) {
        readAgain = false;
        read(states.cached(key));
      }
    }
  }

  /**
   * Whether what the feed tells may be older than the call: it may be of an operation that had the
   * name before the present one. The first read knows which one that is.
   */
  private boolean isTooEarly() {
    boolean early = latest == null && reading;
    readAgain |= early;
    return early;
  }

  @Override
  public void changed(State state) {
    if (isTooEarly()) {
      return;
    }
    // A read under way may answer with less than the feed has told meanwhile.
    if (latest == null || state.version() >= latest.version()) {
      latest = state;
    }
    if (timeIsUp || latest.snapshot().filter(Snapshot::isDone).isPresent()) {
      end(Future.succeededFuture(latest));
    }
  }

  @Override
  public void removed(long version, boolean purged) {
    if (isTooEarly() || (latest != null && latest.version() > version)) {
      return;
    }
    String name = key.name();
    end(Future.failedFuture(purged ? Problem.expired(name) : Problem.deleted(name)));
  }

  @Override
  public void changedApart() {
    readAnew();
  }

  @Override
  public void restarted() {
    readAnew();
  }

  private void readAnew() {
    if (isOver()) {
      return;
    }
    if (reading) {
      readAgain = true;
    } else {
      // The feed has applied the change on this loop, so what is cached reflects it.
      read(states.cached(key));
    }
  }

  private void timeIsUp() {
    timeIsUp = true;
    if (latest != null) {
      end(Future.succeededFuture(latest));
    }
  }

  private boolean isOver() {
    return answered.future().isComplete();
  }

  private void end(Future<State> with) {
    if (isOver()) {
      return;
    }
    if (interest != null) {
      interest.close();
    }
    if (timer != null) {
      timer.cancel();
    }
    with.onComplete(answered);
  }
}
