package dev.longrunning.feed;

import dev.longrunning.observe.Buckets;
import dev.longrunning.observe.Metrics;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.Cursors;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.Arrays;

/**
 * How far the feed is behind, and what following the log costs.
 *
 * <p><b>Threads.</b> Told by the feed and its event loops, read by any.
 */
final class FeedMetrics {
  private final Metrics metrics;
  private final CounterDataPoint polls;
  private final CounterDataPoint failures;
  private final DistributionDataPoint pollSeconds;
  private final DistributionDataPoint syncSeconds;
  private final CounterDataPoint batches;
  private final CounterDataPoint changes;
  private final CounterDataPoint hits;
  private final CounterDataPoint misses;
  private final CounterDataPoint evictions;
  private final Counter resynchronisations;
  private volatile long newestNanos;
  private volatile long behind;

  FeedMetrics(Metrics metrics) {
    this.metrics = metrics;
    this.newestNanos = metrics.nanos();
    var outcomes =
        metrics.counter("longrunning_feed_polls_total", "Looks at the log, by outcome.", "outcome");
    this.polls = outcomes.labelValues("ok");
    this.failures = outcomes.labelValues("failed");
    this.pollSeconds =
        metrics
            .histogram(
                "longrunning_feed_poll_duration_seconds",
                "From a look at the log to its answer.",
                Buckets.STATEMENT_SECONDS)
            .labelValues();
    this.syncSeconds =
        metrics
            .histogram(
                "longrunning_feed_sync_duration_seconds",
                "How long strong reads wait for the feed.",
                Buckets.STATEMENT_SECONDS)
            .labelValues();
    this.batches =
        metrics.counter("longrunning_feed_batches_total", "Batches applied.").labelValues();
    this.changes =
        metrics.counter("longrunning_feed_changes_total", "Changes applied.").labelValues();
    var reads =
        metrics.counter(
            "longrunning_feed_cache_reads_total", "Reads of the cache, by result.", "result");
    this.hits = reads.labelValues("hit");
    this.misses = reads.labelValues("miss");
    this.evictions =
        metrics
            .counter("longrunning_feed_cache_evictions_total", "States evicted for room.")
            .labelValues();
    this.resynchronisations =
        metrics.counter(
            "longrunning_feed_resynchronisations_total",
            "Times that all states were forgotten, by why.",
            "why");
    metrics.gauge(
        "longrunning_feed_lag_seconds",
        "Since the newest look at the log whose changes are all applied.",
        () -> metrics.secondsSince(newestNanos));
    metrics.gauge(
        "longrunning_feed_behind_batches",
        "Batches in the log that are not applied yet, as of the last look.",
        () -> behind);
  }

  /** What the cache holds. */
  void cache(StateCache cache) {
    metrics.gauge("longrunning_feed_cache_states", "States in memory.", cache::states);
    metrics.gauge("longrunning_feed_cache_bytes", "Weight of the states in memory.", cache::bytes);
  }

  /** What waits on one event loop. */
  void loop(FeedStates loop) {
    metrics.gauge("longrunning_feed_waiting_reads", "Strong reads that wait.", loop::waitingReads);
    metrics.gauge(
        "longrunning_feed_watched_operations",
        "Operations that somebody watches or waits on, on each event loop.",
        loop::watchedOperations);
    metrics.gauge(
        "longrunning_feed_ring_batches",
        "Newest batches that are kept for watches that are behind.",
        () -> loop.changes().ring().size());
    metrics.gauge(
        "longrunning_feed_ring_bytes",
        "Weight of the states in them.",
        () -> loop.changes().ring().bytes());
  }

  long nanos() {
    return metrics.nanos();
  }

  void polled(long begunNanos) {
    polls.inc();
    pollSeconds.observe(metrics.secondsSince(begunNanos));
  }

  void failed() {
    failures.inc();
  }

  /** A look that began then found {@code heads}; the log is applied as far as {@code cursors}. */
  void looked(long begunNanos, Cursors cursors, Cursors heads) {
    long ahead = Arrays.stream(heads.toArray()).sum() - Arrays.stream(cursors.toArray()).sum();
    behind = Math.max(0, ahead);
    if (behind == 0) {
      newestNanos = begunNanos;
    }
  }

  void applied(Batch batch) {
    batches.inc();
    changes.inc(batch.entries().stream().filter(Entry::changesState).count());
  }

  void resynchronised(String why) {
    resynchronisations.labelValues(why).inc();
  }

  void synced(long begunNanos) {
    syncSeconds.observe(metrics.secondsSince(begunNanos));
  }

  void read(boolean hit) {
    (hit ? hits : misses).inc();
  }

  void evicted() {
    evictions.inc();
  }
}
