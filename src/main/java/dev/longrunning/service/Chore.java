package dev.longrunning.service;

import dev.longrunning.feed.Timers;
import dev.longrunning.operation.Problem;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that is done over and over, one round at a time.
 *
 * <p><b>Promise.</b> The next round begins a period after the last one ended, give or take a tenth
 * so that replicas do not march in step; at once if the last one left work behind. After a failure
 * it waits for twice as long as before, up to {@link #BACKOFF_MAX}. A row of failures is one log
 * line, one more each minute, and one at its end.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
final class Chore {
  /** Small, so that work goes on soon after the database is back. */
  static final Duration BACKOFF_MAX = Duration.ofSeconds(4);

  private static final Duration BACKOFF_MIN = Duration.ofMillis(500);
  private static final Duration REPEATED_AFTER = Duration.ofMinutes(1);
  private static final int JITTER_PARTS = 10;
  private static final Logger log = LoggerFactory.getLogger(Chore.class);

  private final String name;
  private final Duration period;
  private final Supplier<Future<Boolean>> round;
  private final Timers timers;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ChoreMetrics metrics;
  private final Promise<Void> stopped = Promise.promise();
  private Timers.@Nullable Timer timer;
  private boolean running;
  private boolean stopping;
  private int failures;
  private Instant loggedAt = Instant.MIN;

  /**
   * A chore that has not been started.
   *
   * @param round one round; tells whether it left work behind
   */
  Chore(
      String name,
      Duration period,
      Supplier<Future<Boolean>> round,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      ChoreMetrics metrics) {
    this.name = name;
    this.period = period;
    this.round = round;
    this.timers = timers;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
  }

  void start() {
    next(jittered(period));
  }

  /** Completes when no round is under way, and none will be. */
  Future<Void> stop() {
    stopping = true;
    if (timer != null) {
      timer.cancel();
    }
    if (!running) {
      stopped.tryComplete();
    }
    return stopped.future();
  }

  private void next(Duration delay) {
    timer = timers.after(delay, this::run);
  }

  private void run() {
    if (!stopping) {
      running = true;
      round.get().onComplete(this::ended);
    }
  }

  private void ended(AsyncResult<Boolean> outcome) {
    running = false;
    metrics.round(name, outcome.failed());
    if (outcome.failed()) {
      failures++;
      logFailure(outcome.cause());
    } else if (failures > 0) {
      log.atInfo()
          .addKeyValue("chore", name)
          .addKeyValue("failures", failures)
          .log("chore.recovered");
      failures = 0;
      loggedAt = Instant.MIN;
    }
    if (stopping) {
      stopped.tryComplete();
    } else if (outcome.failed()) {
      next(jittered(backoff(failures)));
    } else {
      next(outcome.result() ? Duration.ZERO : jittered(period));
    }
  }

  private void logFailure(Throwable failure) {
    var now = clock.instant();
    if (loggedAt.equals(Instant.MIN) || !now.isBefore(loggedAt.plus(REPEATED_AFTER))) {
      loggedAt = now;
      var line =
          log.atWarn()
              .addKeyValue("chore", name)
              .addKeyValue("failures", failures)
              .addKeyValue("reason", failure instanceof Problem p ? p.reason() : "INTERNAL");
      // The stack of what nobody foresaw; an expected problem has none.
      (failure instanceof Problem ? line : line.setCause(failure)).log("chore.failed");
    }
  }

  static Duration backoff(int failures) {
    var delay = BACKOFF_MIN;
    for (int i = 1; i < failures && delay.compareTo(BACKOFF_MAX) < 0; i++) {
      delay = delay.multipliedBy(2);
    }
    return delay;
  }

  private Duration jittered(Duration delay) {
    var most = delay.dividedBy(JITTER_PARTS);
    return delay.plusNanos(Math.round((2 * random.nextDouble() - 1) * most.toNanos()));
  }
}
