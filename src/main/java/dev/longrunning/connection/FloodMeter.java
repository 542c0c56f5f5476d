package dev.longrunning.connection;

import java.util.function.LongSupplier;

/**
 * Counts what a peer sends that costs it nothing, in windows of time.
 *
 * <p><b>Promise.</b> Says no from the first that is too many in a window on. A window begins when
 * the one before has let its maximum pass, so twice as many may come in the time of one.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
final class FloodMeter {
  private final LongSupplier nanos;
  private final long windowNanos;
  private final int max;
  private long begun;
  private int count;

  FloodMeter(LongSupplier nanos, long windowNanos, int max) {
    this.nanos = nanos;
    this.windowNanos = windowNanos;
    this.max = max;
    this.begun = nanos.getAsLong();
  }

  /** Takes one back: what comes with honest work is no flood. */
  void forgive() {
    count = Math.max(0, count - 1);
  }

  /** Counts one; false: that is too many. */
  boolean counts() {
    count++;
    if (count <= max) {
      return true;
    }
    // The clock is read only once a window may be full.
    long now = nanos.getAsLong();
    if (now - begun < windowNanos) {
      return false;
    }
    begun = now;
    count = 1;
    return true;
  }
}
