package dev.longrunning.watch;

import dev.longrunning.observe.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;

/**
 * How many watch, what they are told, and what they have read out of the database.
 *
 * <p><b>Threads.</b> Told by the hubs, read by any.
 */
final class WatchMetrics {
  private final CounterDataPoint changed;
  private final CounterDataPoint gone;
  private final CounterDataPoint bookmarks;
  private final CounterDataPoint resets;
  private final CounterDataPoint pages;
  private final CounterDataPoint parts;
  private final CounterDataPoint stalls;

  WatchMetrics(Metrics metrics, Hub hub) {
    var events = metrics.counter("longrunning_watch_events_total", "Events sent, by kind.", "kind");
    this.changed = events.labelValues("changed");
    this.gone = events.labelValues("gone");
    this.bookmarks = events.labelValues("bookmark");
    this.resets = events.labelValues("reset");
    var reads =
        metrics.counter(
            "longrunning_watch_reads_total",
            "Reads for snapshots and for watches that are behind, by source.",
            "source");
    this.pages = reads.labelValues("page");
    this.parts = reads.labelValues("log");
    this.stalls =
        metrics
            .counter("longrunning_watch_stalls_total", "Watches whose callers did not read.")
            .labelValues();
    metrics.gauge("longrunning_watch_open", "Watches that are open.", hub::watches);
    metrics.gauge(
        "longrunning_watch_waiting_reads",
        "Watches that wait for their turn to read.",
        hub::waiting);
  }

  void sent(Event event) {
    if (event instanceof Event.Changed) {
      changed.inc();
    } else if (event instanceof Event.Gone) {
      gone.inc();
    } else if (event instanceof Event.Bookmark) {
      bookmarks.inc();
    } else {
      resets.inc();
    }
  }

  void readPage() {
    pages.inc();
  }

  void readLog() {
    parts.inc();
  }

  void stalled() {
    stalls.inc();
  }
}
