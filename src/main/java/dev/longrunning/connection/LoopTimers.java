package dev.longrunning.connection;

import dev.longrunning.feed.Timers;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Real time: timers of one event loop, whoever asks for them. */
final class LoopTimers implements Timers {
  private final EventExecutor loop;

  LoopTimers(EventExecutor loop) {
    this.loop = loop;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    var scheduled = loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> scheduled.cancel(false);
  }
}
