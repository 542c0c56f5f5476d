package dev.longrunning.store.pg;

import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Changes on their way to the store's event loop: one task for all that come until it runs, so that
 * they travel together.
 *
 * <p><b>Threads.</b> {@link #add} from any; the rest is done on the event loop.
 *
 * <p><b>Bounds.</b> Each is of a call or a report that was let in, and is counted once it is there.
 */
final class Arrivals {
  private final Context context;
  private final Consumer<Pending> each;
  private final Runnable then;
  private final Queue<Pending> coming = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** Hands each of them to {@code each}, and runs {@code then} after some. */
  Arrivals(Context context, Consumer<Pending> each, Runnable then) {
    this.context = context;
    this.each = each;
    this.then = then;
  }

  void add(Pending pending) {
    coming.add(pending);
    if (scheduled.compareAndSet(false, true)) {
      context.runOnContext(now -> arrive());
    }
  }

  private void arrive() {
    // Before they are taken: who comes from here on needs another task.
    scheduled.set(false);
    for (var next = coming.poll(); next != null; next = coming.poll()) {
      each.accept(next);
    }
    then.run();
  }
}
