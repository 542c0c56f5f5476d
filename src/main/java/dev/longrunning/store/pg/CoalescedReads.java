package dev.longrunning.store.pg;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Reading;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Reads by name, those of one turn of an event loop by one statement; more of them while the
 * database is slow.
 *
 * <p><b>Promise.</b> A read begins after its call: calls join only a statement that was not sent.
 *
 * <p><b>Threads.</b> Confined to one event loop, with connections of its own.
 *
 * <p><b>Bounds.</b> {@value #KEYS_MAX} names a statement, {@value #STATEMENTS_MAX} statements under
 * way; {@value #WAITING_MAX} calls wait, also those for one name, what comes beyond is refused;
 * each is answered within {@link #LIMIT}.
 */
final class CoalescedReads {
  static final int KEYS_MAX = 64;
  static final int STATEMENTS_MAX = 8;
  static final int WAITING_MAX = 8_192;

  private static final Duration LIMIT = Duration.ofMillis(1_900);

  private static final long EXPIRY_MILLIS = 50;

  private final Vertx vertx;
  private final Links links;
  private final LongSupplier nanos;
  private final Context context;
  private final ArrayDeque<Wanted> waiting = new ArrayDeque<>();
  private final Map<OperationKey, Wanted> unsent = new HashMap<>();
  private final StoreMetrics metrics;
  private final QueuePeak peak = new QueuePeak("reads", WAITING_MAX);
  private int calls;
  private int statements;
  private boolean scheduled;
  private boolean expiring;

  CoalescedReads(Vertx vertx, Links links, LongSupplier nanos, StoreMetrics metrics) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.links = links;
    this.nanos = nanos;
    this.metrics = metrics;
  }

  /** All calls that asked for a name before the statement was sent. */
  private static final class Wanted {
    private final OperationKey key;
    private final long limitNanos;
    private final Promise<Reading> promise;
    private int calls = 1;

    Wanted(OperationKey key, long limitNanos, Promise<Reading> promise) {
      this.key = key;
      this.limitNanos = limitNanos;
      this.promise = promise;
    }
  }

  QueuePeak peak() {
    return peak;
  }

  Future<Reading> find(OperationKey key) {
    if (calls >= WAITING_MAX) {
      return Future.failedFuture(Problem.overloaded("reads"));
    }
    calls++;
    peak.saw(calls);
    var joined = unsent.get(key);
    if (joined != null) {
      joined.calls++;
      metrics.joined();
      return joined.promise.future();
    }
    Promise<Reading> promise = ((ContextInternal) context).promise();
    var wanted = new Wanted(key, nanos.getAsLong() + LIMIT.toNanos(), promise);
    waiting.add(wanted);
    unsent.put(key, wanted);
    if (!scheduled) {
      scheduled = true;
      context.runOnContext(turn -> flush());
    }
    return promise.future();
  }

  private void flush() {
    scheduled = false;
    expire();
    while (!waiting.isEmpty() && statements < STATEMENTS_MAX) {
      List<Wanted> batch = new ArrayList<>(Math.min(KEYS_MAX, waiting.size()));
      while (batch.size() < KEYS_MAX && !waiting.isEmpty()) {
        batch.add(waiting.poll());
      }
      batch.forEach(wanted -> unsent.remove(wanted.key));
      read(batch);
    }
    if (!waiting.isEmpty() && !expiring) {
      expiring = true;
      vertx.setTimer(
          EXPIRY_MILLIS,
          id -> {
            expiring = false;
            flush();
          });
    }
  }

  private void expire() {
    long now = nanos.getAsLong();
    while (!waiting.isEmpty() && waiting.peek().limitNanos - now <= 0) {
      var late = waiting.poll();
      unsent.remove(late.key);
      calls -= late.calls;
      late.promise.tryFail(Problem.databaseUnavailable());
    }
  }

  private void read(List<Wanted> batch) {
    int rows = batch.size();
    statements++;
    metrics.read(rows);
    var lanes = new Short[rows];
    var keys = new String[rows];
    for (int i = 0; i < rows; i++) {
      lanes[i] = (short) batch.get(i).key.lane();
      keys[i] = batch.get(i).key.text();
    }
    var tuple = Tuple.tuple().addArrayOfShort(lanes).addArrayOfString(keys);
    // Oldest first, so this is the earliest of their limits.
    var left = Duration.ofNanos(batch.get(0).limitNanos - nanos.getAsLong());
    links
        .run(left, connection -> connection.preparedQuery(Statements.OP_READ_BY_KEY).execute(tuple))
        .map(found -> deliver(batch, found))
        .onComplete(
            done -> {
              batch.forEach(wanted -> calls -= wanted.calls);
              statements--;
              if (done.failed()) {
                fail(batch, done.cause());
              }
              flush();
            });
  }

  private static int deliver(List<Wanted> batch, RowSet<Row> rows) {
    for (var row : rows) {
      var wanted = batch.get((int) (row.getLong("ord") - 1));
      // A standby, or a server of another history than the newest: its answer is void.
      if (!row.getString("timeline").equals(row.getString("present"))) {
        wanted.promise.tryFail(Problem.databaseUnavailable());
        continue;
      }
      wanted.promise.tryComplete(Rows.reading(row, row.getUUID("nonce")));
    }
    batch.forEach(wanted -> wanted.promise.tryFail(Problem.databaseUnavailable()));
    return rows.size();
  }

  private static void fail(List<Wanted> batch, Throwable cause) {
    var problem = Faults.problem(cause);
    batch.forEach(wanted -> wanted.promise.tryFail(problem));
  }
}
