package dev.longrunning.store.pg;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Written;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies changes in batches: one in flight a lane, and all that queued meanwhile in the next.
 *
 * <p><b>Promise.</b> A change is applied at most once. Its answer says what the database decided;
 * or that the outcome is unknown, and then it is not given before the time after which the database
 * refuses the batch. There are no timers on the way: a lone change leaves at once, and batches grow
 * by themselves under load.
 *
 * <p><b>Threads.</b> Confined to the store's event loop; answers go to their callers' contexts.
 *
 * <p><b>Bounds.</b> What waits or is under way has a {@link WriteBudget}, and {@link #PATIENCE_MAX}
 * each. What comes beyond that is refused at once.
 */
final class Batcher {
  /** Callers are promised an answer within 2 s; the rest of it is for the way back. */
  static final Duration PATIENCE_MAX = Duration.ofMillis(1_900);

  /** Not worth sending: the answer would hardly be back in time. */
  private static final long SEND_NANOS_MIN = Duration.ofMillis(5).toNanos();

  private static final long EXPIRY_MILLIS = 50;
  private static final long RETRY_MILLIS_MAX = 50;

  private static final Logger log = LoggerFactory.getLogger(Batcher.class);

  private final Vertx vertx;
  private final Links links;
  private final DatabaseClock clock;
  private final UUID writer;
  private final LogPosition position;
  private final Consumer<Optional<Written>> written;
  private final LaneQueue[] lanes = new LaneQueue[OperationKey.LANES];
  private final ArrayDeque<LaneQueue> ready = new ArrayDeque<>();
  private final WriteBudget budget = new WriteBudget();
  private final Arrivals arrivals;
  private final StoreMetrics metrics;
  private boolean expiring;
  private boolean failing;

  Batcher(
      Vertx vertx,
      Links links,
      DatabaseClock clock,
      UUID writer,
      LogPosition position,
      Consumer<Optional<Written>> written,
      StoreMetrics metrics) {
    this.vertx = vertx;
    this.arrivals = new Arrivals(vertx.getOrCreateContext(), this::enqueue, this::dispatch);
    this.links = links;
    this.clock = clock;
    this.writer = writer;
    this.position = position;
    this.written = written;
    this.metrics = metrics;
    metrics.writes(budget);
    Arrays.setAll(lanes, LaneQueue::new);
  }

  /** From any thread: queues the change; the promise is completed within its patience. */
  void submit(Change change, Duration patience, Promise<Answer> promise) {
    var bounded = patience.compareTo(PATIENCE_MAX) < 0 ? patience : PATIENCE_MAX;
    arrivals.add(new Pending(change, metrics.nanos() + bounded.toNanos(), promise));
  }

  List<QueuePeak> peaks() {
    return budget.peaks();
  }

  private void enqueue(Pending pending) {
    if (!budget.take(pending)) {
      pending.promise().tryFail(Problem.overloaded("writes"));
      return;
    }
    var queue = lanes[pending.change().key().lane()];
    queue.add(pending);
    makeReady(queue);
  }

  private void makeReady(LaneQueue queue) {
    if (!queue.busy && !queue.isEmpty() && !ready.contains(queue)) {
      ready.add(queue);
    }
  }

  private void dispatch() {
    while (!ready.isEmpty() && links.hasFree()) {
      var queue = ready.poll();
      long now = metrics.nanos();
      // What is hopeless must not end the time of others.
      queue.expire(now + SEND_NANOS_MIN, this::late);
      if (!queue.isEmpty()) {
        send(queue, queue.take(now));
      }
    }
    if (budget.rows() > 0 && !expiring) {
      expiring = true;
      vertx.setTimer(EXPIRY_MILLIS, id -> expireWaiting());
    }
  }

  private void expireWaiting() {
    expiring = false;
    for (var queue : lanes) {
      queue.expire(metrics.nanos(), this::late);
    }
    dispatch();
  }

  private void send(LaneQueue queue, List<Pending> rows) {
    long limit = rows.stream().mapToLong(Pending::limitNanos).min().orElseThrow();
    long since = Math.max(position.cursor(queue.lane()), queue.lastRevision);
    queue.busy = true;
    metrics.sent(rows.size());
    attempt(new Batch(queue, rows, writer, since, limit, clock.atLeast(limit)));
  }

  private void attempt(Batch batch) {
    long left = batch.limitNanos() - metrics.nanos();
    if (left < SEND_NANOS_MIN) {
      giveUp(batch);
      return;
    }
    var nonce = position.epoch().nonce();
    links
        .run(
            Duration.ofNanos(left),
            connection ->
                connection.preparedQuery(Statements.APPLY).execute(batch.arguments(nonce)))
        .onComplete(
            done -> {
              if (done.succeeded()) {
                understood(batch, nonce, done.result());
              } else {
                failed(batch, done.cause());
              }
            });
  }

  private void understood(Batch batch, UUID nonce, RowSet<Row> rows) {
    try {
      answered(batch, nonce, rows.iterator().next());
    } catch (RuntimeException e) {
      // Whatever it is, it must not keep the lane busy for ever.
      var problem = Problem.broken("an answer of the database was not understood", e);
      batch.unanswered().forEach(row -> fail(row, problem));
      finish(batch);
    }
  }

  private void answered(Batch batch, UUID nonce, Row row) {
    boolean leavesRow = batch.leavesRow();
    batch.attempted(false);
    var refusal = Verdicts.refusal(row, batch.since());
    if (refusal != null) {
      // Only here: the time of a change may be ahead of the clock, if that was set back.
      clock.saw(Rows.present(row, "at"));
      refused(batch, refusal);
      return;
    }
    failing = false;
    batch.queue.unresolved = false;
    var verdicts = new Verdicts(row);
    var answers = verdicts.answers(batch);
    var made = verdicts.written(batch, answers, nonce);
    // Before its callers hear: they find the states that it made.
    if (made.isPresent() || leavesRow) {
      written.accept(made);
    }
    batch.deliver(answers, budget::give);
    finish(batch);
  }

  private void refused(Batch batch, Verdicts.Refusal refusal) {
    switch (refusal) {
      case OTHER_HISTORY -> {
        // Sent again with the new nonce, but with its old "since": what was applied before a
        // failover and survived it is found there.
        position.lookNow();
        retry(batch);
      }
      case REWOUND -> {
        position.beginEpoch();
        retry(batch);
      }
      case TOO_LATE -> {
        // Neither this attempt nor an earlier one can be applied any more, unless the clock is set
        // back; but this answer left no trace, so the next batch does.
        failing = false;
        batch.queue.unresolved |= batch.isAmbiguous();
        batch.queue.putBack(batch.rows);
        finish(batch);
      }
      case OVERTAKEN -> {
        log.atError().addKeyValue("lane", batch.queue.lane()).log("batch.overtaken");
        giveUp(batch);
      }
    }
  }

  private void failed(Batch batch, Throwable error) {
    if (error instanceof Links.NotSent
        || (error instanceof Problem problem && problem.reason().equals("OVERLOADED"))) {
      retry(batch);
      return;
    }
    if (Faults.isDefinite(error) && !batch.isAmbiguous()) {
      batch.attempted(false);
      split(batch, error);
      return;
    }
    if (Faults.isExhausted(error) && !batch.isAmbiguous()) {
      // At once, so that writes that cannot be made hold nothing up for two seconds each.
      failing = true;
      batch.rows.forEach(row -> fail(row, Faults.problem(error)));
      finish(batch);
      return;
    }
    // An error of a retry decides nothing: the first attempt may still be waiting for the lane.
    batch.attempted(true);
    retry(batch);
  }

  /** One row that the database cannot take must not fail the others: halves, down to the row. */
  private void split(Batch batch, Throwable error) {
    var rows = batch.rows;
    if (rows.size() == 1) {
      fail(rows.get(0), Faults.problem(error));
      finish(batch);
      return;
    }
    var queue = batch.queue;
    int half = rows.size() / 2;
    queue.putBack(rows.subList(half, rows.size()));
    send(queue, rows.subList(0, half));
  }

  private void retry(Batch batch) {
    long left = batch.limitNanos() - metrics.nanos();
    if (left < SEND_NANOS_MIN) {
      giveUp(batch);
      return;
    }
    metrics.sentAgain();
    long pause = 1 + ThreadLocalRandom.current().nextLong(RETRY_MILLIS_MAX);
    vertx.setTimer(Math.min(pause, Duration.ofNanos(left).toMillis()), id -> attempt(batch));
  }

  /** The time is up. If an attempt may be applied, nobody hears of it before that is impossible. */
  private void giveUp(Batch batch) {
    failing = true;
    long left = batch.limitNanos() - metrics.nanos();
    if (batch.isAmbiguous() && left > 0) {
      vertx.setTimer(Math.max(1, Duration.ofNanos(left).toMillis() + 1), id -> giveUp(batch));
      return;
    }
    batch.queue.unresolved |= batch.isAmbiguous();
    var problem = batch.isAmbiguous() ? Problem.outcomeUnknown() : Problem.databaseUnavailable();
    batch.rows.forEach(row -> fail(row, problem));
    finish(batch);
  }

  private void finish(Batch batch) {
    batch.queue.busy = false;
    makeReady(batch.queue);
    dispatch();
  }

  private void late(Pending pending) {
    fail(pending, failing ? Problem.databaseUnavailable() : Problem.overloaded("writes"));
  }

  private void fail(Pending pending, Problem problem) {
    budget.give(pending);
    pending.promise().tryFail(problem);
  }
}
