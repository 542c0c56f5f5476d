package dev.longrunning.bench.wire;

import org.HdrHistogram.Histogram;

/**
 * What a run of calls came to. A call that failed spoils the run: whoever asks for figures is told
 * of the first failure instead.
 *
 * @param nanos how long the run took
 * @param latencies of the calls, in nanoseconds
 * @param failed how many calls did not end OK
 * @param failure what the first of them said
 */
public record Tally(long nanos, Histogram latencies, long failed, String failure) {
  private static final double NANOS = 1e9;

  /** How many calls there were. */
  public long calls() {
    if (failed > 0) {
      long all = failed + latencies.getTotalCount();
      throw new IllegalStateException(
          failed + " of " + all + " calls failed, the first: " + failure);
    }
    return latencies.getTotalCount();
  }

  /** Calls a second. */
  public double rate() {
    return calls() * NANOS / nanos;
  }

  /** Milliseconds within which this share of the calls was answered. */
  public double millis(double percentile) {
    calls();
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }
}
