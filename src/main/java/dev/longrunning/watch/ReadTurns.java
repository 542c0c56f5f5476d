package dev.longrunning.watch;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets the watches of one event loop read pages and the log a few at a time: many that come at once
 * wait here, and do not fill the queues of the database.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> {@value #READS_MAX} reads under way; what waits is at most one a watch.
 */
final class ReadTurns {
  static final int READS_MAX = 32;

  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int reading;

  /** Reads when it is its turn; {@code done} is told of the outcome. */
  <T> void read(Supplier<Future<T>> read, Consumer<Future<T>> done) {
    waiting.add(
        () ->
            read.get()
                .onComplete(
                    any -> {
                      reading--;
                      done.accept(
                          any.succeeded()
                              ? Future.succeededFuture(any.result())
                              : Future.failedFuture(any.cause()));
                      next();
                    }));
    next();
  }

  private void next() {
    while (reading < READS_MAX && !waiting.isEmpty()) {
      reading++;
      waiting.poll().run();
    }
  }

  int waiting() {
    return waiting.size();
  }
}
