package dev.longrunning.rpc;

import com.google.rpc.Code;
import dev.longrunning.observe.Level;
import dev.longrunning.observe.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many reports come over streams, and how they end.
 *
 * <p><b>Threads.</b> Confined to its event loop; what it adds to is shared with the others.
 *
 * <p><b>Bounds.</b> One series a code of those that occurred.
 */
final class ReportMetrics {
  private final Counter reports;
  private final Map<Code, CounterDataPoint> byCode = new EnumMap<>(Code.class);
  private final Level underWay = new Level();

  ReportMetrics(Metrics metrics) {
    this.reports =
        metrics.counter(
            "longrunning_rpc_reports_total",
            "Reports over streams that were answered, by code.",
            "code");
    // There from the start: so a rate of none is a number.
    answered(Code.OK, 0);
    metrics.gauge(
        "longrunning_rpc_reports_under_way",
        "Reports over streams that were read and whose results are not sent.",
        underWay::value);
  }

  void began() {
    underWay.add(1);
  }

  void answered(Code code) {
    answered(code, 1);
  }

  private void answered(Code code, int count) {
    byCode.computeIfAbsent(code, first -> reports.labelValues(code.name())).inc(count);
  }

  /** The results of so many were sent, or nobody is there to be told. */
  void ended(int count) {
    underWay.add(-count);
  }
}
