package dev.longrunning.feed;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/** The event loop that it was made on. */
public final class VertxLoop implements Loop {
  private final ContextInternal context;

  private VertxLoop(ContextInternal context) {
    this.context = context;
  }

  /** That of the caller; outside of one, a new one. */
  public static VertxLoop current(Vertx vertx) {
    return new VertxLoop((ContextInternal) vertx.getOrCreateContext());
  }

  @Override
  public void run(Runnable task) {
    context.runOnContext(now -> task.run());
  }

  @Override
  public void guarded(Runnable task) {
    context.emit(task, Runnable::run);
  }

  @Override
  public <T> Promise<T> promise() {
    return context.promise();
  }
}
