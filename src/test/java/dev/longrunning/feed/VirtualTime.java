package dev.longrunning.feed;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that passes when a test says so: a clock and the timers that go by it.
 *
 * <p><b>Threads.</b> Any; timers run on the thread that lets time pass.
 */
public final class VirtualTime implements InstantSource, Timers {
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long set;

  private record Due(Instant at, long number, Runnable task) {}

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized Timer after(Duration delay, Runnable task) {
    var due = new Due(now.plus(delay), set++, task);
    timers.add(due);
    return () -> cancel(due);
  }

  /** Lets time pass; what becomes due meanwhile runs, each at its time. */
  public void pass(Duration duration) {
    var until = instant().plus(duration);
    for (var due = next(until); due != null; due = next(until)) {
      due.task().run();
    }
    synchronized (this) {
      now = until;
    }
  }

  private synchronized Due next(Instant until) {
    if (timers.isEmpty() || timers.peek().at().isAfter(until)) {
      return null;
    }
    var due = timers.poll();
    now = due.at();
    return due;
  }

  private synchronized void cancel(Due due) {
    timers.remove(due);
  }
}
