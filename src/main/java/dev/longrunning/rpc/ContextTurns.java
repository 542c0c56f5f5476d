package dev.longrunning.rpc;

import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/**
 * The turns of one event loop: between two of them it looks at all its connections.
 *
 * <p>A task that is run on the context from within a task is part of the same turn: Netty goes on
 * with tasks for up to a second before it looks at a connection again. A chain of such tasks would
 * keep everybody else waiting. Tasks that were scheduled, even for now, are taken up in the next
 * turn only.
 */
public final class ContextTurns implements Admission.Loop {
  private final ContextInternal context;

  /** Those of a context of an event loop; may be told from any thread. */
  public ContextTurns(Context context) {
    this.context = (ContextInternal) context;
  }

  @Override
  public void next(Runnable task) {
    after(0, task);
  }

  @Override
  public void after(long millis, Runnable task) {
    var ignored =
        context
            .nettyEventLoop()
            .schedule(() -> context.dispatch(now -> task.run()), millis, TimeUnit.MILLISECONDS);
  }
}
