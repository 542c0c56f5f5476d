package dev.longrunning.auth;

import dev.longrunning.feed.Loop;
import io.vertx.core.Promise;

/** An event loop in whose place everything runs at once, on the thread of the test. */
final class HereLoop implements Loop {
  @Override
  public void run(Runnable task) {
    task.run();
  }

  @Override
  public void guarded(Runnable task) {
    task.run();
  }

  @Override
  public <T> Promise<T> promise() {
    return Promise.promise();
  }
}
