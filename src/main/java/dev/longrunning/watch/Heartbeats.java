package dev.longrunning.watch;

import dev.longrunning.feed.Timers;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Looks after the watches of one event loop, each when its time has come.
 *
 * <p><b>Promise.</b> One timer for all of them. A watch is looked at about when it has been silent
 * for a heartbeat, and within a heartbeat and the stall after its caller has stopped reading.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> {@value #TEETH} lists. A watch that is closed leaves its list at once: with it
 * goes what its connection holds.
 */
final class Heartbeats {
  /** A wheel of seconds: a longer time is as many looks. */
  static final int TEETH = 512;

  static final Duration TICK = Duration.ofSeconds(1);

  private final Timers timers;
  private final Link[] wheel = Stream.generate(Link::new).limit(TEETH).toArray(Link[]::new);
  private HubSettings settings;
  private long now;
  private long held;
  private boolean running;

  Heartbeats(Timers timers, HubSettings settings) {
    this.timers = timers;
    this.settings = settings;
  }

  void apply(HubSettings other) {
    settings = other;
  }

  /** In ticks. */
  long now() {
    return now;
  }

  void add(OpenWatch watch) {
    held++;
    put(watch, ticks(settings.heartbeat()));
    if (!running) {
      running = true;
      timers.after(TICK, this::tick);
    }
  }

  private static long ticks(Duration duration) {
    return Math.max(1, duration.toSeconds());
  }

  private void put(OpenWatch watch, long inTicks) {
    watch.enter(wheel[(int) ((now + Math.min(inTicks, TEETH - 1)) % TEETH)]);
  }

  void remove(OpenWatch watch) {
    held--;
    watch.leave();
  }

  private void tick() {
    now++;
    var tooth = wheel[(int) (now % TEETH)];
    // None comes back into this one: the next look is at least a tick away, and less than a turn.
    while (!tooth.isAlone()) {
      look((OpenWatch) tooth.behind());
    }
    running = held > 0;
    if (running) {
      timers.after(TICK, this::tick);
    }
  }

  private void look(OpenWatch watch) {
    watch.leave();
    long again = watch.beat(now, ticks(settings.heartbeat()), ticks(settings.stall()));
    if (!watch.isClosed()) {
      put(watch, Math.max(1, again));
    }
  }
}
