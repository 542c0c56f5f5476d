package dev.longrunning.app;

import dev.longrunning.observe.Buckets;
import dev.longrunning.observe.Liveness;
import dev.longrunning.observe.Metrics;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.vertx.core.Vertx;

/**
 * Sees whether one event loop turns, and how late what it is to do is done.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> One timer.
 */
final class LoopPulse {
  private static final int PERIOD_MILLIS = 100;
  private static final long MILLI_NANOS = 1_000_000;

  private final Vertx vertx;
  private final Metrics metrics;
  private final Liveness.Pulse pulse;
  private final DistributionDataPoint delays;

  private LoopPulse(Vertx vertx, Metrics metrics, Liveness liveness) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.pulse = liveness.pulse();
    this.delays =
        metrics
            .histogram(
                "longrunning_app_loop_delay_seconds",
                "How late timers of the event loops are.",
                Buckets.STATEMENT_SECONDS)
            .labelValues();
  }

  /** Begins to look after the calling event loop, until that is stopped. */
  static void begin(Vertx vertx, Metrics metrics, Liveness liveness) {
    new LoopPulse(vertx, metrics, liveness).next();
  }

  private void next() {
    long dueNanos = metrics.nanos() + PERIOD_MILLIS * MILLI_NANOS;
    vertx.setTimer(
        PERIOD_MILLIS,
        fired -> {
          pulse.beat();
          delays.observe(Math.max(0, metrics.secondsSince(dueNanos)));
          next();
        });
  }
}
