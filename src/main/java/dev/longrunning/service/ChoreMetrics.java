package dev.longrunning.service;

import dev.longrunning.observe.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;

/**
 * What the janitor does.
 *
 * <p><b>Threads.</b> Any.
 */
final class ChoreMetrics {
  private final Counter rounds;
  private final CounterDataPoint expired;
  private final CounterDataPoint purged;
  private final CounterDataPoint trimmed;

  ChoreMetrics(Metrics metrics) {
    this.rounds =
        metrics.counter(
            "longrunning_service_chore_rounds_total",
            "Rounds of the janitor, by chore and outcome.",
            "chore",
            "outcome");
    this.expired =
        metrics
            .counter(
                "longrunning_service_operations_expired_total",
                "Operations that this server ended because their producer was lost.")
            .labelValues();
    this.purged =
        metrics
            .counter(
                "longrunning_service_operations_purged_total",
                "Operations that this server removed after their retention.")
            .labelValues();
    this.trimmed =
        metrics
            .counter(
                "longrunning_service_rows_trimmed_total",
                "Old rows of the log and of deleted operations that this server removed.")
            .labelValues();
  }

  void round(String chore, boolean failed) {
    rounds.labelValues(chore, failed ? "failed" : "ok").inc();
  }

  void expired(long operations) {
    expired.inc(operations);
  }

  void purged(long operations) {
    purged.inc(operations);
  }

  void trimmed(long rows) {
    trimmed.inc(rows);
  }
}
