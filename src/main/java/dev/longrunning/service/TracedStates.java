package dev.longrunning.service;

import dev.longrunning.feed.Follower;
import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.observe.Tracing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * States whose strong reads are parts of the trace of the call that asks for them.
 *
 * <p><b>Threads.</b> As those behind it.
 */
public final class TracedStates implements States {
  private final States states;
  private final Tracing tracing;

  public TracedStates(States states, Tracing tracing) {
    this.states = states;
    this.tracing = tracing;
  }

  @Override
  public Future<State> strong(OperationKey key) {
    var part = tracing.part("feed.strong_read");
    return states.strong(key).onComplete(read -> part.end(read.failed()));
  }

  @Override
  public Future<State> cached(OperationKey key) {
    return states.cached(key);
  }

  @Override
  public Future<Void> sync() {
    var part = tracing.part("feed.sync");
    return states.sync().onComplete(synced -> part.end(synced.failed()));
  }

  @Override
  public Optional<Snapshot> peek(OperationKey key) {
    return states.peek(key);
  }

  @Override
  public State own(Snapshot written) {
    return states.own(written);
  }

  @Override
  public Interest follow(OperationKey key, Follower follower) {
    return states.follow(key, follower);
  }
}
