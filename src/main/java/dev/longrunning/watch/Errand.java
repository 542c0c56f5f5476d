package dev.longrunning.watch;

import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;

/**
 * One thing at a time that a watch waits for.
 *
 * <p><b>Promise.</b> What was dropped is never heard of again.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
final class Errand {
  private boolean busy;
  private int number;

  boolean isBusy() {
    return busy;
  }

  /** Begins one that ends with a result. */
  <T> Handler<AsyncResult<T>> begin(Handler<AsyncResult<T>> then) {
    int begun = ++number;
    busy = true;
    return result -> {
      if (number == begun) {
        busy = false;
        then.handle(result);
      }
    };
  }

  /** Begins one that just ends. */
  Runnable begin(Runnable then) {
    Handler<AsyncResult<Void>> end = begin(ended -> then.run());
    return () -> end.handle(null);
  }

  /** Waits for nothing any more. */
  void drop() {
    number++;
    busy = false;
  }
}
