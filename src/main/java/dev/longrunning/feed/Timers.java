package dev.longrunning.feed;

import java.time.Duration;

/** Waiting, as something that a test can do without time. */
public interface Timers {
  /** Runs once after {@code delay}, on the event loop of the caller. */
  Timer after(Duration delay, Runnable task);

  /** A task that has not run yet. */
  interface Timer {
    /** Harmless if it ran. */
    void cancel();
  }
}
