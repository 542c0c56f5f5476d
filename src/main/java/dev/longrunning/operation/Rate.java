package dev.longrunning.operation;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How fast an operation has advanced lately, from its reports of progress.
 *
 * <p><b>Promise.</b> The database computes the same from the same reports, to the last bit: so
 * there is no function here but the four basic ones, in the order that {@code apply} has them in.
 *
 * @param reports since the rate began, counted up to {@value #REPORTS_MIN}; 0: no progress
 * @param reportTime of the last of them
 * @param unitsPerMicro 0: it says nothing
 * @param micros the time that the rate speaks of
 */
public record Rate(int reports, @Nullable Instant reportTime, double unitsPerMicro, long micros) {
  // The mean over what is remembered and what came since:
  //
  //     rate' = (rate × micros + units advanced) / (micros + time passed)
  //
  // and what is remembered is a minute at most. So it is the plain mean at first, and then the past
  // counts for a minute, however often or seldom a producer reports: exponential smoothing whose
  // weights follow from the time between reports.

  public static final Rate NONE = new Rate(0, null, 0, 0);

  /** Two intervals: one alone is often a cold start. */
  static final int REPORTS_MIN = 3;

  static final long MICROS_MAX = Duration.ofMinutes(1).toNanos() / 1_000;

  /** A unit in 30,000 years; anything below is nothing, or the database's arithmetic overflows. */
  static final double UNITS_PER_MICRO_MIN = 1e-18;

  /** What takes longer is not known. */
  static final long REMAINING_MICROS_MAX = Duration.ofDays(365).toNanos() / 1_000;

  /** With one more report; the rate begins anew if units shrank or are others. */
  Rate after(@Nullable Progress before, @Nullable Progress report, Instant time) {
    if (report == null) {
      return NONE;
    }
    if (before == null
        || reportTime == null
        || report.doneUnits() < before.doneUnits()
        || !report.unit().equals(before.unit())) {
      return new Rate(1, time, 0, 0);
    }
    long passed = ChronoUnit.MICROS.between(reportTime, time);
    long advanced = report.doneUnits() - before.doneUnits();
    double rate =
        micros + passed == 0
            ? 0
            : (unitsPerMicro * (double) micros + (double) advanced) / (double) (micros + passed);
    return new Rate(
        Math.min(reports + 1, REPORTS_MIN),
        time,
        rate < UNITS_PER_MICRO_MIN ? 0 : rate,
        Math.min(micros + passed, MICROS_MAX));
  }

  /** When the work that {@code report} leaves will be done; null: the rate does not say. */
  @Nullable Instant estimate(Progress report, Instant time) {
    if (reports < REPORTS_MIN || unitsPerMicro == 0 || report.totalUnits() == 0) {
      return null;
    }
    double left = (double) (report.totalUnits() - report.doneUnits()) / unitsPerMicro;
    return left > REMAINING_MICROS_MAX
        ? null
        : time.plus((long) Math.rint(left), ChronoUnit.MICROS);
  }
}
