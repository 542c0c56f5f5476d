package dev.longrunning.observe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * Whether the threads that serve calls turn.
 *
 * <p><b>Promise.</b> Alive while every pulse has beaten within the last {@link #STUCK}; so a
 * machine under load is alive, and a thread that will never come back is not. Asks nothing of the
 * database.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Liveness {
  /** Long after a busy thread would be back, and soon enough for a restart to be of use. */
  public static final Duration STUCK = Duration.ofSeconds(20);

  private final LongSupplier nanos;
  private final List<Pulse> pulses = new CopyOnWriteArrayList<>();

  /** Nothing has to beat yet; {@code nanos} is a monotonic clock. */
  public Liveness(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** When one thread was last seen to turn. */
  public final class Pulse {
    private volatile long beatenNanos = nanos.getAsLong();

    private Pulse() {}

    /** It turns. */
    public void beat() {
      beatenNanos = nanos.getAsLong();
    }

    private boolean isBeating(long nowNanos) {
      return nowNanos - beatenNanos < STUCK.toNanos();
    }
  }

  /** One more thread, which beats from now on. */
  public Pulse pulse() {
    var pulse = new Pulse();
    pulses.add(pulse);
    return pulse;
  }

  public boolean isAlive() {
    long now = nanos.getAsLong();
    return pulses.stream().allMatch(pulse -> pulse.isBeating(now));
  }
}
