package dev.longrunning.service;

import dev.longrunning.operation.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * At which interval a running operation should be asked for again.
 *
 * <p><b>Promise.</b> Half of what is left, where progress tells; else a tenth of the operation's
 * age: whoever follows it asks some 25 times within the first five minutes, and notices the end
 * late by a tenth of the running time at most. Whole seconds, as Retry-After has them.
 */
public final class PollInterval {
  static final long SECONDS_MIN = 1;
  static final long SECONDS_MAX = 30;

  private PollInterval() {}

  public static Duration of(Snapshot running, Instant now) {
    double seconds = secondsLeft(running, now).orElse(Double.NaN) / 2;
    if (Double.isNaN(seconds)) {
      seconds = seconds(running.createTime(), now) / 10;
    }
    return Duration.ofSeconds(
        Math.round(Math.max(SECONDS_MIN, Math.min(SECONDS_MAX, Math.floor(seconds)))));
  }

  /** Empty if nothing says so, and once the estimate is over: it was wrong then. */
  private static OptionalDouble secondsLeft(Snapshot running, Instant now) {
    var progress = running.progress();
    if (progress == null) {
      return OptionalDouble.empty();
    }
    double left;
    if (progress.estimatedEndTime() != null) {
      left = seconds(now, progress.estimatedEndTime());
    } else if (progress.totalUnits() > 0 && progress.doneUnits() > 0) {
      double rate =
          progress.doneUnits() / Math.max(1, seconds(running.createTime(), running.updateTime()));
      double unitsLeft = (double) progress.totalUnits() - progress.doneUnits();
      left = unitsLeft / rate - seconds(running.updateTime(), now);
    } else {
      return OptionalDouble.empty();
    }
    return left > 0 ? OptionalDouble.of(left) : OptionalDouble.empty();
  }

  /** As a floating number: estimates may be centuries away. */
  private static double seconds(Instant from, Instant to) {
    return (double) to.getEpochSecond()
        - from.getEpochSecond()
        + (to.getNano() - from.getNano()) / 1e9;
  }
}
