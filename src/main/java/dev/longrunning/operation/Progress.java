package dev.longrunning.operation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an operation is.
 *
 * @param doneUnits work finished so far, in {@code unit}
 * @param totalUnits work in all; 0: not known yet
 * @param unit plural noun; empty: a bare fraction
 * @param message what is happening now, one line
 * @param estimatedEndTime the producer's own estimate
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

  /**
   * Returns the progress, or throws {@link Problem} INVALID naming the field below {@code path}.
   */
  public static Progress checked(String path, Progress progress) {
    if (progress.doneUnits < 0) {
      throw Problem.invalid(path + ".done_units", progress.doneUnits, "0 or more");
    }
    if (progress.totalUnits < 0) {
      throw Problem.invalid(path + ".total_units", progress.totalUnits, "0 or more");
    }
    if (progress.totalUnits > 0 && progress.doneUnits > progress.totalUnits) {
      throw Problem.invalid(
          path + ".done_units", progress.doneUnits, "at most total_units, " + progress.totalUnits);
    }
    checkLine(path + ".unit", progress.unit, UNIT_MAX);
    checkLine(path + ".message", progress.message, MESSAGE_MAX);
    return progress;
  }

  private static void checkLine(String field, String line, int max) {
    if (line.codePointCount(0, line.length()) > max) {
      throw Problem.invalid(field, line, "at most " + max + " characters");
    }
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw Problem.invalid(field, line, "one line without control characters");
    }
  }
}
