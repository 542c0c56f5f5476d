package dev.longrunning.watch;

import dev.longrunning.feed.Loop;
import io.vertx.core.Promise;
import java.util.ArrayDeque;

/** An event loop whose tasks run when a test says so, on the thread of the test. */
final class HandLoop implements Loop {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  @Override
  public void run(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void guarded(Runnable task) {
    task.run();
  }

  @Override
  public <T> Promise<T> promise() {
    return Promise.promise();
  }

  /** Runs the task that has waited longest; answers whether there was one. */
  boolean runNext() {
    var next = tasks.poll();
    if (next != null) {
      next.run();
    }
    return next != null;
  }

  int waiting() {
    return tasks.size();
  }
}
