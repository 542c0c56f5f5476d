package dev.longrunning.watch;

import dev.longrunning.feed.Timers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the watches of one event loop, each when its time has come.
 *
 * <p><b>Promise.</b> One timer for all of them. A watch is looked at about when it has been silent
 * for a heartbeat, and within a heartbeat and the stall after its caller has stopped reading.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> {@value #TEETH} lists; a watch that was closed leaves its list when its time
 * comes.
 */
final class Heartbeats {
  /** A wheel of seconds: a longer time is as many looks. */
  static final int TEETH = 512;

  static final Duration TICK = Duration.ofSeconds(1);

  private final Timers timers;
  private final @Nullable OpenWatch[] wheel = new @Nullable OpenWatch[TEETH];
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
    int tooth = (int) ((now + Math.min(inTicks, TEETH - 1)) % TEETH);
    watch.behind = wheel[tooth];
    wheel[tooth] = watch;
  }

  private void tick() {
    now++;
    int tooth = (int) (now % TEETH);
    var watch = wheel[tooth];
    wheel[tooth] = null;
    while (watch != null) {
      var next = watch.behind;
      watch.behind = null;
      look(watch);
      watch = next;
    }
    running = held > 0;
    if (running) {
      timers.after(TICK, this::tick);
    }
  }

  private void look(OpenWatch watch) {
    long again =
        watch.isClosed()
            ? 0
            : watch.beat(now, ticks(settings.heartbeat()), ticks(settings.stall()));
    if (watch.isClosed()) {
      held--;
    } else {
      put(watch, Math.max(1, again));
    }
  }
}
