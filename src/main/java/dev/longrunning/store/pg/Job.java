package dev.longrunning.store.pg;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a connection, and whom to tell.
 *
 * <p><b>Threads.</b> Confined to the context of its {@link Links}.
 */
final class Job<T> {
  final Function<PgConnection, Future<T>> work;
  final Promise<T> promise;

  /** While it is under way. */
  @Nullable PgConnection connection;

  /** Ends its time. */
  long timer;

  private boolean abandoned;

  Job(Function<PgConnection, Future<T>> work, Promise<T> promise) {
    this.work = work;
    this.promise = promise;
  }

  void abandon() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  void complete(Vertx vertx, T result) {
    vertx.cancelTimer(timer);
    promise.tryComplete(result);
  }

  void fail(Vertx vertx, Throwable cause) {
    vertx.cancelTimer(timer);
    promise.tryFail(cause);
  }
}
