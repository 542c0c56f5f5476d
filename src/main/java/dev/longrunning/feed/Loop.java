package dev.longrunning.feed;

import io.vertx.core.Promise;

/** Where a part of the feed runs: an event loop, or what a test has in its place. */
public interface Loop {
  /** Runs the task soon, there; from any thread. */
  void run(Runnable task);

  /** Runs the task now; what it throws is reported, and goes no further. Only there. */
  void guarded(Runnable task);

  /** One whose future completes there. */
  <T> Promise<T> promise();
}
