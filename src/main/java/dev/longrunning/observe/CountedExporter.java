package dev.longrunning.observe;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exporter of which it is known how many spans it has sent and lost.
 *
 * <p><b>Promise.</b> Losing spans is said once a minute, with how many they were.
 *
 * <p><b>Threads.</b> Any.
 */
final class CountedExporter implements SpanExporter {
  private static final long LOGGED_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Logger log = LoggerFactory.getLogger(CountedExporter.class);

  /** Kept, since the platform forgets the settings of a logger that nobody holds. */
  private static final java.util.logging.Logger LIBRARY =
      java.util.logging.Logger.getLogger("io.opentelemetry");

  private final SpanExporter exporter;
  private final Metrics metrics;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong unlogged = new AtomicLong();
  private final AtomicLong loggedNanos;

  CountedExporter(SpanExporter exporter, Metrics metrics) {
    this.exporter = exporter;
    this.metrics = metrics;
    this.loggedNanos = new AtomicLong(metrics.nanos() - LOGGED_EVERY_NANOS);
    metrics.count("longrunning_observe_spans_sent_total", "Spans that were sent.", sent::get);
    metrics.count(
        "longrunning_observe_spans_lost_total",
        "Spans that the collector did not take.",
        lost::get);
  }

  /** The library says by itself, and in a form of its own, what is counted here. */
  static void quiet() {
    LIBRARY.setLevel(Level.OFF);
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size();
    var result = exporter.export(spans);
    return result.whenComplete(
        () -> {
          if (result.isSuccess()) {
            sent.addAndGet(count);
          } else {
            lost.addAndGet(count);
            tell(count);
          }
        });
  }

  private void tell(int count) {
    unlogged.addAndGet(count);
    long last = loggedNanos.get();
    long now = metrics.nanos();
    if (now - last >= LOGGED_EVERY_NANOS && loggedNanos.compareAndSet(last, now)) {
      log.atWarn().addKeyValue("spans", unlogged.getAndSet(0)).log("spans.lost");
    }
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
