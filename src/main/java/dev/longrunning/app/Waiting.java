package dev.longrunning.app;

import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for a future on the plain threads that start and stop the server, and only there. */
final class Waiting {
  private Waiting() {}

  /** Waits; fails with what the future failed with, as one line for {@code what}. */
  static <T> T await(String what, Future<T> future, Duration limit)
      throws StartFault, InterruptedException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new StartFault(what + ": " + reason(e), e);
    } catch (TimeoutException e) {
      throw new StartFault(what + ": did not answer within " + limit.toSeconds() + " s", e);
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Does some work that blocks on a thread of its own, which keeps no process alive. */
  static <T> Future<T> aside(String name, Callable<T> work) {
    Promise<T> done = Promise.promise();
    var thread =
        new Thread(
            () -> {
              try {
                done.complete(work.call());
              } catch (Throwable failure) {
                done.fail(failure);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return done.future();
  }

  /** Does some work on an event loop. */
  static <T> Future<T> onLoop(Context loop, Callable<T> work) {
    return Future.future(
        promise ->
            loop.runOnContext(
                now -> {
                  try {
                    promise.complete(work.call());
                  } catch (Exception e) {
                    promise.fail(e);
                  }
                }));
  }
}
