package dev.longrunning.store.pg;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few connections of our own, one statement at a time on each.
 *
 * <p><b>Promise.</b> A job answers within its limit. One whose statement has not answered by then
 * fails; a statement that has not answered within {@value #ANSWER_MILLIS} ms either has its
 * connection abandoned: that is closed in its own time (closing waits for the statement, and
 * cancelling it could acknowledge a commit that was not replicated) while another one is opened. A
 * pool would keep the place occupied.
 *
 * <p><b>Threads.</b> Confined to the context it was made on.
 *
 * <p><b>Bounds.</b> The given number of connections in use, as many abandoned ones again for at
 * most {@value #CLOSING_MILLIS} ms, and {@value #WAITING_MAX} waiting jobs.
 */
final class Links {
  /** Jobs that wait for a connection; each is a batch or a page, so few are needed. */
  static final int WAITING_MAX = 256;

  /** A caller in a hurry is answered earlier, but costs no connection. */
  private static final long ANSWER_MILLIS = 1_900;

  /** By then the server has given the statement up; if not, nobody is there to do so. */
  private static final long CLOSING_MILLIS = 6_000;

  private static final long BACKOFF_MIN_MILLIS = 20;
  private static final long BACKOFF_MAX_MILLIS = 1_000;

  private static final Logger log = LoggerFactory.getLogger(Links.class);

  private final Vertx vertx;
  private final ContextInternal context;
  private final String purpose;
  private final int size;
  private final Supplier<Future<PgConnection>> connector;
  private final ArrayDeque<PgConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Job<?>> waiting = new ArrayDeque<>();
  private final List<PgConnection> open = new ArrayList<>();
  private final QueuePeak peak;
  private final StoreMetrics.Purpose metrics;
  private int opening;
  private int abandoned;
  private long backoffMillis;
  private boolean backingOff;
  private boolean failing;
  private boolean closed;

  Links(
      Vertx vertx,
      String purpose,
      int size,
      Supplier<Future<PgConnection>> connector,
      StoreMetrics metrics) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.purpose = purpose;
    this.size = size;
    this.connector = connector;
    this.peak = new QueuePeak(purpose + " statements", WAITING_MAX);
    this.metrics = metrics.of(purpose, this);
  }

  /** Thrown by {@link #run} when the job was never begun: nothing was sent. */
  static final class NotSent extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotSent(String message) {
      super(message, null, false, false);
    }
  }

  /** Runs the job on the next free connection, or fails within {@code limit}. */
  <T> Future<T> run(Duration limit, Function<PgConnection, Future<T>> work) {
    if (closed) {
      return context.failedFuture(new NotSent(purpose + ": closed"));
    }
    if (waiting.size() >= WAITING_MAX) {
      return context.failedFuture(Problem.overloaded(purpose + " connections"));
    }
    var job = new Job<>(work, context.<T>promise());
    long millis = Math.max(1, limit.toMillis());
    job.timer = vertx.setTimer(millis, id -> late(job, ANSWER_MILLIS - millis));
    waiting.add(job);
    peak.saw(waiting.size());
    dispatch();
    return job.promise.future();
  }

  /** Where all of it happens. */
  Context context() {
    return context;
  }

  /** A connection is free now, so that a job would be begun at once. */
  boolean hasFree() {
    return !idle.isEmpty() || open.size() + opening < size;
  }

  // What follows is for metrics, from any thread: as of a moment ago.

  int busy() {
    return Math.max(0, open.size() - idle.size());
  }

  int idle() {
    return idle.size();
  }

  int opening() {
    return opening;
  }

  int abandoned() {
    return abandoned;
  }

  int waiting() {
    return waiting.size();
  }

  QueuePeak peak() {
    return peak;
  }

  Future<Void> close() {
    closed = true;
    waiting.forEach(job -> job.fail(vertx, new NotSent(purpose + ": closed")));
    waiting.clear();
    var closing = open.stream().map(PgConnection::close).toList();
    open.clear();
    idle.clear();
    return closing.isEmpty() ? context.succeededFuture() : Future.join(closing).mapEmpty();
  }

  private void dispatch() {
    while (!waiting.isEmpty() && !idle.isEmpty()) {
      begin(waiting.poll(), idle.poll());
    }
    if (!waiting.isEmpty() && open.size() + opening < size && abandoned < size && !backingOff) {
      connect();
    }
  }

  private <T> void begin(Job<T> job, PgConnection connection) {
    job.connection = connection;
    Future<T> answer;
    long begunNanos = metrics.begun();
    try {
      answer = job.work.apply(connection);
    } catch (RuntimeException e) {
      answer = context.failedFuture(e);
    }
    answer.onComplete(
        done -> {
          if (job.isAbandoned()) {
            return;
          }
          metrics.ended(begunNanos, done.failed());
          job.connection = null;
          if (done.failed() && Faults.isFatalToConnection(done.cause())) {
            drop(connection);
          } else if (open.contains(connection)) {
            idle.push(connection);
          }
          if (done.failed()) {
            job.fail(vertx, done.cause());
          } else {
            job.complete(vertx, done.result());
          }
          dispatch();
        });
  }

  private void late(Job<?> job, long moreMillis) {
    if (job.connection == null) {
      waiting.remove(job);
      job.promise.tryFail(new NotSent(purpose + ": no connection in time"));
      return;
    }
    if (moreMillis > 0) {
      job.timer = vertx.setTimer(moreMillis, id -> abandon(job));
    } else {
      abandon(job);
    }
    job.promise.tryFail(Problem.databaseUnavailable());
  }

  private void abandon(Job<?> job) {
    var connection = job.connection;
    if (connection == null) {
      return;
    }
    job.abandon();
    metrics.abandoned();
    abandoned++;
    open.remove(connection);
    log.atWarn().addKeyValue("purpose", purpose).log("connection.abandoned");
    long limit = vertx.setTimer(CLOSING_MILLIS, id -> Connector.cut(connection));
    connection
        .close()
        .onComplete(
            closing -> {
              vertx.cancelTimer(limit);
              abandoned--;
              dispatch();
            });
    dispatch();
  }

  private void connect() {
    opening++;
    connector
        .get()
        .onComplete(
            connected -> {
              opening--;
              if (connected.failed()) {
                backOff(connected.cause());
              } else if (closed) {
                connected.result().close();
              } else {
                use(connected.result());
              }
            });
  }

  private void use(PgConnection connection) {
    if (failing) {
      failing = false;
      log.atInfo().addKeyValue("purpose", purpose).log("connection.restored");
    }
    backoffMillis = 0;
    open.add(connection);
    idle.add(connection);
    connection.closeHandler(closing -> drop(connection));
    // The job under way fails with the same cause; what breaks an idle connection concerns nobody.
    connection.exceptionHandler(cause -> drop(connection));
    dispatch();
  }

  private void drop(PgConnection connection) {
    idle.remove(connection);
    if (open.remove(connection)) {
      connection.close();
      dispatch();
    }
  }

  private void backOff(Throwable cause) {
    metrics.notConnected();
    if (!failing) {
      failing = true;
      log.atWarn()
          .addKeyValue("purpose", purpose)
          .addKeyValue("sqlstate", Faults.state(cause))
          .addKeyValue("cause", cause.getClass().getSimpleName())
          .log("connection.failed");
    }
    backoffMillis = Math.min(BACKOFF_MAX_MILLIS, Math.max(BACKOFF_MIN_MILLIS, 2 * backoffMillis));
    backingOff = true;
    long delay = backoffMillis / 2 + ThreadLocalRandom.current().nextLong(backoffMillis);
    vertx.setTimer(
        Math.max(1, delay),
        id -> {
          backingOff = false;
          dispatch();
        });
  }
}
