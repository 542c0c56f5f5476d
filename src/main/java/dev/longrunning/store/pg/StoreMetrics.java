package dev.longrunning.store.pg;

import dev.longrunning.observe.Buckets;
import dev.longrunning.observe.Labels;
import dev.longrunning.observe.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;

/**
 * What the database is asked, how it answers, and how full what leads to it is.
 *
 * <p><b>Threads.</b> Any.
 */
final class StoreMetrics {
  private static final String PURPOSE = "purpose";

  private final Metrics metrics;
  private final DistributionDataPoint batchRows;
  private final CounterDataPoint batchRetries;
  private final DistributionDataPoint readNames;
  private final CounterDataPoint readsJoined;
  private final CounterDataPoint ringsSent;
  private final CounterDataPoint ringsHeard;

  StoreMetrics(Metrics metrics) {
    this.metrics = metrics;
    this.batchRows =
        metrics
            .histogram("longrunning_store_batch_rows", "Changes in one statement.", Buckets.ROWS)
            .labelValues();
    this.batchRetries =
        metrics
            .counter("longrunning_store_batch_retries_total", "Batches that were sent again.")
            .labelValues();
    this.readNames =
        metrics
            .histogram("longrunning_store_read_names", "Names in one statement.", Buckets.ROWS)
            .labelValues();
    this.readsJoined =
        metrics
            .counter(
                "longrunning_store_reads_joined_total",
                "Reads that joined one of the same name that was not sent yet.")
            .labelValues();
    var rings = metrics.counter("longrunning_store_rings_total", "Doorbell rings.", "direction");
    this.ringsSent = rings.labelValues("sent");
    this.ringsHeard = rings.labelValues("heard");
  }

  /** The clock that the store goes by. */
  long nanos() {
    return metrics.nanos();
  }

  /** What one purpose's statements and connections cost; shared by all event loops. */
  final class Purpose {
    private final DistributionDataPoint seconds;
    private final CounterDataPoint failures;
    private final CounterDataPoint connectionFailures;

    private Purpose(String purpose) {
      this.seconds =
          metrics
              .histogram(
                  "longrunning_store_statement_duration_seconds",
                  "From sending a statement to its answer, by what it is for.",
                  Buckets.STATEMENT_SECONDS,
                  PURPOSE)
              .labelValues(purpose);
      this.failures =
          metrics
              .counter(
                  "longrunning_store_statement_failures_total",
                  "Statements that failed or were given up.",
                  PURPOSE)
              .labelValues(purpose);
      this.connectionFailures =
          metrics
              .counter(
                  "longrunning_store_connection_failures_total",
                  "Connections that could not be opened.",
                  PURPOSE)
              .labelValues(purpose);
    }

    long begun() {
      return metrics.nanos();
    }

    void ended(long begunNanos, boolean failed) {
      seconds.observe(metrics.secondsSince(begunNanos));
      if (failed) {
        failures.inc();
      }
    }

    void abandoned() {
      failures.inc();
    }

    void notConnected() {
      connectionFailures.inc();
    }
  }

  /** What the statements and connections of these links are measured by. */
  Purpose of(String purpose, Links links) {
    connections(purpose, "busy", links::busy);
    connections(purpose, "idle", links::idle);
    connections(purpose, "opening", links::opening);
    connections(purpose, "abandoned", links::abandoned);
    metrics.gauge(
        "longrunning_store_statements_waiting",
        "Statements that wait for a connection.",
        Labels.of(PURPOSE, purpose),
        links::waiting);
    return new Purpose(purpose);
  }

  private void connections(String purpose, String state, Count count) {
    metrics.gauge(
        "longrunning_store_connections",
        "Connections to the database, by purpose and state.",
        Labels.of(PURPOSE, purpose).and("state", state),
        count::now);
  }

  private interface Count {
    int now();
  }

  /** How much of its bounds the writes take. */
  void writes(WriteBudget budget) {
    metrics.gauge(
        "longrunning_store_writes_pending",
        "Changes that wait for a batch or are in one.",
        budget::rows);
    metrics.gauge(
        "longrunning_store_writes_pending_bytes",
        "Payload of the changes that wait for a batch or are in one.",
        budget::bytes);
  }

  void doorbell(Doorbell doorbell) {
    metrics.gauge(
        "longrunning_store_doorbell_connected",
        "1 if other servers' changes are announced to this one.",
        () -> doorbell.isConnected() ? 1 : 0);
  }

  void sent(int rows) {
    batchRows.observe(rows);
  }

  void sentAgain() {
    batchRetries.inc();
  }

  void read(int names) {
    readNames.observe(names);
  }

  void joined() {
    readsJoined.inc();
  }

  void rang() {
    ringsSent.inc();
  }

  void heard() {
    ringsHeard.inc();
  }
}
