package dev.longrunning.connection;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * When to log what may happen thousands of times a second: the first time, then once a minute with
 * how often it was.
 *
 * <p><b>Threads.</b> Any.
 */
final class Repeats {
  static final long NANOS = 60_000_000_000L;

  private final LongSupplier nanos;
  private final AtomicLong unlogged = new AtomicLong();
  private final AtomicLong loggedAt;

  Repeats(LongSupplier nanos) {
    this.nanos = nanos;
    this.loggedAt = new AtomicLong(nanos.getAsLong() - NANOS);
  }

  /** Counts one; how many there were since the last line, if one is due. */
  OptionalLong due() {
    long count = unlogged.incrementAndGet();
    long last = loggedAt.get();
    long now = nanos.getAsLong();
    if (now - last < NANOS || !loggedAt.compareAndSet(last, now)) {
      return OptionalLong.empty();
    }
    unlogged.addAndGet(-count);
    return OptionalLong.of(count);
  }
}
