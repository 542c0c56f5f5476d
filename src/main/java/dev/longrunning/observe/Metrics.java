package dev.longrunning.observe;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this server counts and measures, for Prometheus.
 *
 * <p><b>Promise.</b> A name is one metric: parts of several event loops that ask for the same one
 * share it, and what several tell of themselves under one name is summed. Names and labels are
 * those of {@code docs/metrics.md}.
 *
 * <p><b>Threads.</b> Any. What is asked for at a scrape is asked on the scraper's thread, so a
 * number that another thread owns is as of a moment ago.
 *
 * <p><b>Bounds.</b> Labels come from closed sets, so there are as many series as the code has
 * words.
 */
public final class Metrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Map<String, Object> metrics = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /** Nothing is counted yet; {@code nanos} is a monotonic clock. */
  public Metrics(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A text that Prometheus reads, and its content type. */
  public record Page(String contentType, String text) {}

  /** The clock that durations are measured by. */
  public long nanos() {
    return nanos.getAsLong();
  }

  /** How long ago that was, in seconds. */
  public double secondsSince(long beginNanos) {
    return (nanos.getAsLong() - beginNanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** Something that happens. */
  public Counter counter(String name, String help, String... labels) {
    return (Counter)
        metrics.computeIfAbsent(
            name,
            absent ->
                Counter.builder()
                    .name(name)
                    .help(help)
                    .labelNames(labels)
                    .withoutExemplars()
                    .register(registry));
  }

  /** How sizes or times are spread. */
  public Histogram histogram(String name, String help, Buckets buckets, String... labels) {
    return (Histogram)
        metrics.computeIfAbsent(
            name,
            absent ->
                Histogram.builder()
                    .name(name)
                    .help(help)
                    .classicOnly()
                    .classicUpperBounds(buckets.bounds())
                    .labelNames(labels)
                    .withoutExemplars()
                    .register(registry));
  }

  /** How much there is now; several under one name are summed. */
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, help, Labels.NONE, value);
  }

  /** The same with labels; those under one name with the same values are summed. */
  public void gauge(String name, String help, Labels labels, DoubleSupplier value) {
    sums(name, help, labels, true).add(labels.values(), value);
  }

  /** The same for as many values of one label as there are at the time. */
  public void gauges(String name, String help, String label, Supplier<Map<String, Double>> values) {
    metrics.computeIfAbsent(
        name,
        absent ->
            GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(scrape -> values.get().forEach((key, now) -> scrape.call(now, key)))
                .register(registry));
  }

  /** What was counted elsewhere, for as many values of one label as there are. */
  public void counts(
      String name, String help, String label, Supplier<? extends Map<String, Long>> values) {
    metrics.computeIfAbsent(
        name,
        absent ->
            CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(scrape -> values.get().forEach((key, now) -> scrape.call(now, key)))
                .register(registry));
  }

  /** What was counted elsewhere; several under one name are summed. */
  public void count(String name, String help, DoubleSupplier value) {
    count(name, help, Labels.NONE, value);
  }

  /** The same with labels; those under one name with the same values are summed. */
  public void count(String name, String help, Labels labels, DoubleSupplier value) {
    sums(name, help, labels, false).add(labels.values(), value);
  }

  private Sums sums(String name, String help, Labels labels, boolean isGauge) {
    return (Sums)
        metrics.computeIfAbsent(
            name,
            absent -> {
              var sums = new Sums();
              var names = labels.names().toArray(String[]::new);
              if (isGauge) {
                GaugeWithCallback.builder()
                    .name(name)
                    .help(help)
                    .labelNames(names)
                    .callback(scrape -> sums.forEach(scrape::call))
                    .register(registry);
              } else {
                CounterWithCallback.builder()
                    .name(name)
                    .help(help)
                    .labelNames(names)
                    .callback(scrape -> sums.forEach(scrape::call))
                    .register(registry);
              }
              return sums;
            });
  }

  /** Facts that do not change while the server runs. */
  public void facts(String name, String help, Labels labels) {
    metrics.computeIfAbsent(
        name,
        absent -> {
          var info =
              Info.builder()
                  .name(name)
                  .help(help)
                  .labelNames(labels.names().toArray(String[]::new))
                  .register(registry);
          info.setLabelValues(labels.values().toArray(String[]::new));
          return info;
        });
  }

  /** Memory, collections, threads and the process, under the names that everybody uses. */
  public void addJvm() {
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  /** Everything as it is now, in the format that the {@code Accept} header asks for. */
  public Page page(@Nullable String accept) {
    var writer = formats.findWriter(accept);
    var text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Page(writer.getContentType(), text.toString(StandardCharsets.UTF_8));
  }
}
