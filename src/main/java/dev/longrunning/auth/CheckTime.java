package dev.longrunning.auth;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time that one event loop has for signatures.
 *
 * <p><b>Promise.</b> Whoever sends wrong tokens as fast as they can takes half of the loop's time
 * and no more; calls with tokens that are known go on.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Half a second at once, and half of the time that passes.
 */
final class CheckTime {
  static final Duration AT_ONCE = Duration.ofMillis(500);
  private static final int SHARE = 2;

  private final LongSupplier nanos;
  private long left = AT_ONCE.toNanos();
  private long seen;

  /** All of it is there; {@code nanos} is a monotonic clock. */
  CheckTime(LongSupplier nanos) {
    this.nanos = nanos;
    this.seen = nanos.getAsLong();
  }

  /** Begins a check, if there is time for one. */
  boolean isThere() {
    pass();
    return left > 0;
  }

  /** Ends a check that began when {@link #isThere} was asked. */
  void spend() {
    long began = seen;
    pass();
    left -= seen - began;
  }

  private void pass() {
    long now = nanos.getAsLong();
    left = Math.min(AT_ONCE.toNanos(), left + (now - seen) / SHARE);
    seen = now;
  }
}
