package dev.longrunning.store.pg;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import io.vertx.core.Promise;

/**
 * A change that waits for its answer.
 *
 * @param limitNanos when its caller is answered at the latest
 * @param promise completes on the caller's context
 */
record Pending(Change change, long limitNanos, Promise<Answer> promise) {
  int weight() {
    return change.weight();
  }
}
