package dev.longrunning.observe;

/** Where the buckets of a histogram end. */
public enum Buckets {
  /** From a cached read to the longest wait, in seconds. */
  CALL_SECONDS,
  /** A statement to the database and what waits for it; all are given up before 5 s. */
  STATEMENT_SECONDS,
  /** How many travel together. */
  ROWS;

  double[] bounds() {
    return switch (this) {
      case CALL_SECONDS ->
          new double[] {
            0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
            2.5, 10, 60, 600
          };
      case STATEMENT_SECONDS ->
          new double[] {
            0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5
          };
      case ROWS -> new double[] {1, 2, 4, 8, 16, 32, 64, 128, 256};
    };
  }
}
