package dev.longrunning.store.pg;

import dev.longrunning.observe.QueuePeak;
import java.util.List;

/**
 * The changes that wait or are under way, counted against their bounds.
 *
 * <p><b>Threads.</b> Confined to the store's event loop; {@link #rows} and {@link #bytes} are read
 * by any for metrics, as of a moment ago.
 *
 * <p><b>Bounds.</b> {@value #ROWS_MAX} changes and {@value #BYTES_MAX} payload bytes.
 */
final class WriteBudget {
  static final int ROWS_MAX = 16_384;
  static final long BYTES_MAX = 64L << 20;

  private final QueuePeak rowsPeak = new QueuePeak("writes", ROWS_MAX);
  private final QueuePeak bytesPeak = new QueuePeak("write bytes", BYTES_MAX);
  private int rows;
  private long bytes;

  /** Whether it fits; if so, it is counted. */
  boolean take(Pending pending) {
    if (rows >= ROWS_MAX || bytes + pending.weight() > BYTES_MAX) {
      return false;
    }
    rows++;
    bytes += pending.weight();
    rowsPeak.saw(rows);
    bytesPeak.saw(bytes);
    return true;
  }

  void give(Pending pending) {
    rows--;
    bytes -= pending.weight();
  }

  long bytes() {
    return bytes;
  }

  int rows() {
    return rows;
  }

  List<QueuePeak> peaks() {
    return List.of(rowsPeak, bytesPeak);
  }
}
