package dev.longrunning.observe;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of something there is now.
 *
 * <p><b>Threads.</b> Changed by one thread, read by any, who may see what it was a moment ago: so a
 * change costs no more than a write.
 */
public final class Level {
  private final AtomicLong value = new AtomicLong();

  public void add(long more) {
    value.lazySet(value.getPlain() + more);
  }

  public void set(long now) {
    value.lazySet(now);
  }

  public long value() {
    return value.get();
  }
}
