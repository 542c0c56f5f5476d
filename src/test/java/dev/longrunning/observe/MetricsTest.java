package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  private long nanos;
  private final Metrics metrics = new Metrics(() -> nanos);

  private String text() {
    return metrics.page(null).text();
  }

  @Test
  void what_several_parts_tell_under_one_name_is_summed_by_label() {
    metrics.gauge("longrunning_test_open", "Open.", Labels.of("of", "a"), () -> 2);
    metrics.gauge("longrunning_test_open", "Open.", Labels.of("of", "a"), () -> 3);
    metrics.gauge("longrunning_test_open", "Open.", Labels.of("of", "b"), () -> 4);

    assertThat(text())
        .contains("longrunning_test_open{of=\"a\"} 5.0", "longrunning_test_open{of=\"b\"} 4.0");
  }

  @Test
  void parts_that_ask_for_one_name_count_together() {
    metrics.counter("longrunning_test_done_total", "Done.", "of").labelValues("a").inc();
    metrics.counter("longrunning_test_done_total", "Done.", "of").labelValues("a").inc();

    assertThat(text()).contains("longrunning_test_done_total{of=\"a\"} 2.0");
  }

  @Test
  void what_was_counted_elsewhere_is_a_counter() {
    metrics.count("longrunning_test_dropped_total", "Dropped.", () -> 7);

    assertThat(text())
        .contains(
            "# TYPE longrunning_test_dropped_total counter", "longrunning_test_dropped_total 7.0");
  }

  @Test
  void a_histogram_has_the_buckets_that_it_was_given() {
    var rows = metrics.histogram("longrunning_test_rows", "Rows.", Buckets.ROWS).labelValues();

    rows.observe(2);
    rows.observe(257);

    assertThat(text())
        .contains(
            "longrunning_test_rows_bucket{le=\"1.0\"} 0",
            "longrunning_test_rows_bucket{le=\"2.0\"} 1",
            "longrunning_test_rows_bucket{le=\"256.0\"} 1",
            "longrunning_test_rows_bucket{le=\"+Inf\"} 2",
            "longrunning_test_rows_sum 259.0");
  }

  @Test
  void values_of_a_label_may_come_later() {
    var values = new java.util.HashMap<String, Double>();
    metrics.gauges("longrunning_test_ratio", "Ratio.", "queue", () -> values);
    values.putAll(Map.of("writes", 0.5));

    assertThat(text()).contains("longrunning_test_ratio{queue=\"writes\"} 0.5");
  }

  @Test
  void times_are_seconds_of_the_clock_that_was_handed_in() {
    nanos = 2_500_000_000L;

    assertThat(metrics.secondsSince(1_000_000_000L)).isEqualTo(1.5);
  }

  @Test
  void the_format_is_what_the_scraper_asks_for() {
    metrics.count("longrunning_test_dropped_total", "Dropped.", () -> 7);

    var plain = metrics.page(null);
    var open = metrics.page("application/openmetrics-text; version=1.0.0");

    assertThat(plain.contentType()).startsWith("text/plain; version=0.0.4");
    assertThat(open.contentType()).startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(open.text()).endsWith("# EOF\n");
  }
}
