package dev.longrunning.store.pg;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The database's clock, as far as its answers tell.
 *
 * <p><b>Promise.</b> {@link #atLeast} is never ahead of the database's clock: an answer was written
 * before it arrived. So a time limit in its terms is over no later than it seems to be here.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 */
final class DatabaseClock {
  private final LongSupplier nanos;
  private Instant seen = Instant.EPOCH;
  private long seenNanos;

  DatabaseClock(LongSupplier nanos) {
    this.nanos = nanos;
    this.seenNanos = nanos.getAsLong();
  }

  /** Takes note of a time that an answer held which just arrived. */
  void saw(Instant time) {
    seen = time;
    seenNanos = nanos.getAsLong();
  }

  /** The earliest time that the database's clock may show at a moment of our own. */
  Instant atLeast(long momentNanos) {
    return seen.plus(Duration.ofNanos(momentNanos - seenNanos));
  }
}
