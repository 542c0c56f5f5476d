package dev.longrunning.operation;

import dev.longrunning.operation.Problem.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far an operation is.
 *
 * @param doneUnits work finished so far, in {@code unit}
 * @param totalUnits work in all; 0: not known yet
 * @param unit plural noun; empty: a bare fraction
 * @param message what is happening now, one line
 * @param estimatedEndTime the producer's own estimate; in a stored state, where the producer gave
 *     none, what {@link Rate} says
 */
public record Progress(
    long doneUnits,
    long totalUnits,
    String unit,
    String message,
    @Nullable Instant estimatedEndTime) {
  /** In characters. */
  public static final int UNIT_MAX = 32;

  /** In characters. */
  public static final int MESSAGE_MAX = 1_000;

  Progress withEstimatedEndTime(@Nullable Instant estimate) {
    return new Progress(doneUnits, totalUnits, unit, message, estimate);
  }

  /** What is wrong with this progress, each fault with its field below {@code path}. */
  public List<Violation> faults(String path) {
    var faults = new ArrayList<Violation>();
    if (doneUnits < 0) {
      faults.add(Violation.of(path + ".done_units", doneUnits, "0 or more"));
    }
    if (totalUnits < 0) {
      faults.add(Violation.of(path + ".total_units", totalUnits, "0 or more"));
    }
    if (totalUnits > 0 && doneUnits > totalUnits) {
      faults.add(
          Violation.of(path + ".done_units", doneUnits, "at most total_units, " + totalUnits));
    }
    addLineFault(faults, path + ".unit", unit, UNIT_MAX);
    addLineFault(faults, path + ".message", message, MESSAGE_MAX);
    return faults;
  }

  /** Returns the progress, or throws {@link Problem} INVALID naming every faulty field. */
  public static Progress checked(String path, Progress progress) {
    var faults = progress.faults(path);
    if (!faults.isEmpty()) {
      throw Problem.invalid(faults);
    }
    return progress;
  }

  private static void addLineFault(List<Violation> faults, String field, String line, int max) {
    if (line.codePointCount(0, line.length()) > max) {
      faults.add(Violation.of(field, line, "at most " + max + " characters"));
    } else if (!PlainText.isPlain(line)) {
      faults.add(Violation.of(field, line, "one line of " + PlainText.ALLOWED));
    }
  }
}
