package dev.longrunning.rpc;

import com.google.rpc.Code;
import dev.longrunning.observe.Buckets;
import dev.longrunning.observe.Level;
import dev.longrunning.observe.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Counts the calls of one event loop and measures how long they take.
 *
 * <p><b>Threads.</b> Confined to its event loop; what it adds to is shared with the others.
 *
 * <p><b>Bounds.</b> One series a method, transport and code of those that occurred.
 */
public final class CallMetrics implements CallRecorder {
  private final Counter calls;
  private final Counter problems;
  private final Histogram durations;
  private final Level underWay = new Level();
  private final IdentityHashMap<Row<?, ?>, Series> methods = new IdentityHashMap<>();

  public CallMetrics(Metrics metrics) {
    this.calls =
        metrics.counter(
            "longrunning_rpc_calls_total",
            "Calls that ended, by method, transport and code.",
            "method",
            "transport",
            "code");
    this.problems =
        metrics.counter(
            "longrunning_rpc_problems_total", "Calls that failed, by reason.", "reason");
    this.durations =
        metrics.histogram(
            "longrunning_rpc_call_duration_seconds",
            "From a call's arrival to its answer.",
            Buckets.CALL_SECONDS,
            "method");
    metrics.gauge(
        "longrunning_rpc_calls_under_way",
        "Calls that have begun and are not answered.",
        underWay::value);
  }

  /** The series of one method. Found once: looking them up by label costs more than counting. */
  private final class Series {
    private final String method;
    private final DistributionDataPoint duration;
    private final Map<Call.Transport, Map<Code, CounterDataPoint>> counts =
        new EnumMap<>(Call.Transport.class);

    Series(String method) {
      this.method = method;
      this.duration = durations.labelValues(method);
      for (var transport : Call.Transport.values()) {
        counts.put(transport, new EnumMap<>(Code.class));
      }
    }

    CounterDataPoint count(Call.Transport transport, Code code) {
      return Objects.requireNonNull(counts.get(transport))
          .computeIfAbsent(
              code,
              absent ->
                  calls.labelValues(
                      method, transport.name().toLowerCase(Locale.ROOT), code.name()));
    }
  }

  @Override
  public Recording begun(Row<?, ?> row, Call call) {
    underWay.add(1);
    return Recording.NONE;
  }

  @Override
  public void ended(Ended call) {
    underWay.add(-1);
    var series = methods.computeIfAbsent(call.row(), row -> new Series(row.fullName()));
    series.count(call.transport(), call.code()).inc();
    if (!call.reason().isEmpty()) {
      problems.labelValues(call.reason()).inc();
    }
    series.duration.observe(call.took().toNanos() / (double) TimeUnit.SECONDS.toNanos(1));
  }
}
