package dev.longrunning.app;

import dev.longrunning.feed.Timers;
import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Ends what one event loop holds open for its callers, little by little, so that they do not all
 * come to another server at once.
 *
 * <p><b>Promise.</b> First all are warned. Then, at each tick, the same share of each kind is
 * ended, and what is left with the last one; of a few, some ticks have none. Ticks that come late
 * end more, so that the time is kept. The first tick that has any depends on {@code phases}: the
 * event loops of all servers do not end their few in step.
 *
 * <p>Whatever has been open for longest is ended first. A client opens its streams together,
 * mostly: so they end together too, its new connection is opened for all of them, and the new
 * connections of all clients are spread over the time as the streams are. Ended in a random order,
 * nearly every client would lose one with the first ticks, and all would be back for a connection
 * at once, which with TLS costs more than a stream does. And whoever came last, perhaps from a
 * server that was stopped before this one, stays for longest.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> One timer. Between {@value #ENDED_A_TURN} ends, or {@value #WARNED_A_TURN}
 * warnings, the event loop does what else there is to do.
 */
final class RollingDrain {
  static final Duration TICK = Duration.ofMillis(100);

  /** An end takes 20 to 50 µs, most of it to write: others wait for 5 ms. */
  static final int ENDED_A_TURN = 100;

  /** A warning is nothing for most, and one message for some. */
  static final int WARNED_A_TURN = 1_000;

  /** What is held open, all of one kind. */
  interface Held {
    /** Tells up to so many what will come; answers whether there are more to tell. */
    boolean warn(int max);

    /** How many there are that have not been ended. */
    int left();

    /** Ends the one that has been open for longest. */
    void endOldest();
  }

  private final Timers timers;
  private final LongSupplier millis;
  private final List<Share> shares;
  private long endMillis;

  /** When the newest tick was to come. */
  private long tickMillis;

  /**
   * Prepares it.
   *
   * @param millis of a clock that never goes back and never jumps
   * @param phases from 0 to below 1, asked once a kind
   */
  RollingDrain(Timers timers, LongSupplier millis, DoubleSupplier phases, List<Held> held) {
    this.timers = timers;
    this.millis = millis;
    this.shares = held.stream().map(kind -> new Share(kind, phases.getAsDouble())).toList();
  }

  /** Begins, once, and ends all within {@code time}; zero: as soon as it can. */
  void begin(Duration time) {
    tickMillis = millis.getAsLong();
    endMillis = tickMillis + time.toMillis();
    warn();
  }

  private void warn() {
    boolean more = false;
    for (var share : shares) {
      more |= share.held.warn(WARNED_A_TURN);
    }
    if (more) {
      timers.after(Duration.ZERO, this::warn);
    } else {
      tickLater();
    }
  }

  /** Ticks that were missed are left out: one right after the other would be a burst. */
  private void tickLater() {
    long now = millis.getAsLong();
    long missed = (now - tickMillis) / TICK.toMillis();
    tickMillis += (missed + 1) * TICK.toMillis();
    long next = Math.max(now, Math.min(tickMillis, endMillis));
    timers.after(Duration.ofMillis(next - now), this::tick);
  }

  private void tick() {
    long left = endMillis - millis.getAsLong();
    long ticks = 1 + Math.max(0, Math.round((double) left / TICK.toMillis()));
    shares.forEach(share -> share.plan(ticks));
    turn();
  }

  private void turn() {
    int room = ENDED_A_TURN;
    for (var share : shares) {
      room -= share.end(room);
    }
    if (shares.stream().anyMatch(share -> share.due > 0)) {
      timers.after(Duration.ZERO, this::turn);
    } else if (shares.stream().anyMatch(share -> share.held.left() > 0)) {
      tickLater();
    }
  }

  /** How far one kind is. */
  private static final class Share {
    private final Held held;
    private final double phase;

    /** Parts of ends that have become due, beyond whole ones. */
    private double credit;

    /** Ends that this tick still has to make. */
    private int due;

    Share(Held held, double phase) {
      this.held = held;
      this.phase = phase;
      this.credit = phase;
    }

    /** Invariant: until the last tick as much becomes due as is left, beside the phase. */
    void plan(long ticks) {
      int left = held.left();
      credit += (left - credit + phase) / ticks;
      due = ticks == 1 ? left : Math.min(left, (int) credit);
      credit -= due;
    }

    /** Makes up to so many of the ends that are due; answers how many. */
    int end(int max) {
      int ended = 0;
      while (ended < max && due > 0 && held.left() > 0) {
        due--;
        ended++;
        held.endOldest();
      }
      if (held.left() == 0) {
        due = 0;
      }
      return ended;
    }
  }
}
