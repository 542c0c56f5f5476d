package dev.longrunning.connection;

import dev.longrunning.feed.Timers;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection: when it is told to leave, and when it is closed.
 *
 * <p><b>Promise.</b> Told to leave once: when it is old enough, when it has been without a call for
 * long enough, or when the server stops. Between that and the end, calls in flight are finished,
 * and so is what was on its way here. Closed at once when it never becomes a connection of HTTP, or
 * when its peer is gone.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 *
 * <p><b>Bounds.</b> One timer at a time. It looks at the connection every {@link #TICK}, which is
 * how exact ages and idle times are.
 */
final class Connection {
  /** From its first byte on, or TLS handshake, to all headers of its first request. */
  static final Duration HEADERS_WITHIN = Duration.ofSeconds(10);

  static final Duration TICK = Duration.ofSeconds(15);

  /** For what was sent before the peer heard that it should leave. */
  static final Duration LAST_CALL = Duration.ofMillis(500);

  /** After 30 to 45 seconds without a byte the peer is asked whether it is there … */
  private static final int SILENT_TICKS_ASKED = 2;

  /** … and given up 30 seconds later. */
  private static final int SILENT_TICKS_MAX = 4;

  /** Why a connection ends from our side. */
  enum End {
    LATE,
    IDLE,
    AGED,
    STOPPED,
    SILENT,
    GRACE_OVER
  }

  /** What can be done to the connection itself; none of it throws. */
  interface Wire {
    /** Tells the peer that it should leave, as far as its protocol can without a call. */
    void leave();

    /** Takes no more calls, and closes once none is in flight. */
    void finish();

    /** Sees to what takes too long on it; every {@link #TICK}. */
    default void look() {}

    /** Asks whether the peer is there; false if its protocol cannot. */
    boolean ask();

    /** Closes, whatever is in flight. */
    void close();
  }

  /**
   * What all connections of an event loop share.
   *
   * @param calls that are in flight
   */
  record World(Timers timers, Supplier<Limits> limits, LongAdder calls) {}

  private final Timers timers;
  private final World world;
  private final double jitter;
  private Wire wire;
  private Timers.Timer timer;
  private @Nullable End end;
  private boolean open;
  private boolean heard;

  /** Whether a call began or ended since the last look. */
  private boolean called;

  private boolean asked;
  private int inFlight;
  private int ageTicks;
  private int idleTicks;
  private int silentTicks;
  private int leavingTicks;

  /**
   * A connection that was just accepted.
   *
   * @param jitter -1 to 1
   */
  Connection(World world, double jitter, Wire wire) {
    this.world = world;
    this.timers = world.timers();
    this.jitter = jitter;
    this.wire = wire;
    this.timer = timers.after(HEADERS_WITHIN, () -> close(End.LATE));
  }

  /** It is one of HTTP/1.1 or HTTP/2, and does what that can. */
  void speaks(Wire protocol) {
    wire = protocol;
  }

  /** It has sent what opens a connection: its first headers, or its settings. */
  void opened() {
    if (open) {
      return;
    }
    open = true;
    called = true;
    if (isLeaving()) {
      // It was told before it could hear.
      wire.leave();
    } else {
      timer.cancel();
      // Connections that were made together are not looked at together.
      long part = Math.round(TICK.toMillis() * (1 + jitter) / 2);
      timer = timers.after(Duration.ofMillis(part), this::tick);
    }
  }

  /** A byte came. */
  void heard() {
    heard = true;
  }

  void callBegan() {
    inFlight++;
    world.calls().increment();
    called = true;
  }

  void callEnded() {
    inFlight--;
    world.calls().decrement();
    called = true;
  }

  int inFlight() {
    return inFlight;
  }

  boolean isOpen() {
    return open;
  }

  /** Whether it should not be used for another call. */
  boolean isLeaving() {
    return end != null;
  }

  /** Why it ends; null if it does not, or if its peer ended it. */
  @Nullable End end() {
    return end;
  }

  /** The server stops; what was sent already is read also if nothing has been read so far. */
  void stop() {
    leave(End.STOPPED);
  }

  /** It is closed, by whomever. */
  void closed() {
    timer.cancel();
  }

  private void tick() {
    count();
    timer = timers.after(TICK, this::tick);
    var now = world.limits().get();
    if (silentTicks >= SILENT_TICKS_MAX && asked) {
      close(End.SILENT);
    } else if (leavingTicks > ticks(now.grace())) {
      close(End.GRACE_OVER);
    } else if (isLeaving()) {
      leavingTicks++;
    } else if (idleTicks >= ticks(now.idleMax())) {
      leave(End.IDLE);
    } else if (!now.ageMax().isZero() && ageTicks > ticks(aged(now.ageMax()))) {
      leave(End.AGED);
    }
  }

  private void count() {
    wire.look();
    ageTicks++;
    idleTicks = inFlight > 0 || called ? 0 : idleTicks + 1;
    silentTicks = heard ? 0 : silentTicks + 1;
    asked &= !heard;
    heard = false;
    called = false;
    if (silentTicks == SILENT_TICKS_ASKED) {
      asked = wire.ask();
    }
  }

  private static long ticks(Duration duration) {
    return duration.plus(TICK).minusMillis(1).dividedBy(TICK);
  }

  private Duration aged(Duration ageMax) {
    return ageMax.plusMillis(
        Math.round(ageMax.toMillis() * jitter * Limits.JITTER_PERCENT / 100.0));
  }

  private void leave(End because) {
    if (end == null) {
      end = because;
      wire.leave();
      timer.cancel();
      timer = timers.after(LAST_CALL, this::finish);
    }
  }

  private void finish() {
    timer = timers.after(TICK, this::tick);
    wire.finish();
  }

  private void close(End because) {
    end = because;
    timer.cancel();
    wire.close();
  }
}
