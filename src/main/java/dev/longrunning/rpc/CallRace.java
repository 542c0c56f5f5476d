package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;

/**
 * What ends a unary call: its answer, its deadline, or that its caller is gone, whatever is first.
 */
final class CallRace {
  private CallRace() {}

  /** The answer, or DEADLINE once that is over. */
  static Future<Reply> untilDeadline(
      CallPipeline pipeline, Call call, Instant now, Future<Reply> handled) {
    if (call.deadline().isEmpty()) {
      return handled;
    }
    var left = Duration.between(now, call.deadline().get());
    if (left.compareTo(CallPipeline.DEADLINE_MAX) > 0) {
      return handled;
    }
    if (left.isNegative() || left.isZero()) {
      // It waits for a turn that it will not take: whatever begins past its deadline does nothing.
      return Future.failedFuture(Problem.deadline());
    }
    Promise<Reply> first = firstOf(handled);
    long timer = pipeline.after(left, () -> first.tryFail(Problem.deadline()));
    return first.future().onComplete(answer -> pipeline.cancel(timer));
  }

  /** The answer, or CANCELLED once nobody waits for one. */
  static Future<Reply> untilGone(Call call, Future<Reply> handled) {
    Promise<Reply> first = firstOf(handled);
    call.gone().onComplete(gone -> first.tryFail(Problem.cancelled()));
    return first.future();
  }

  /** A promise that takes the future's result unless something else completes it before. */
  private static Promise<Reply> firstOf(Future<Reply> future) {
    Promise<Reply> first = Promise.promise();
    future.onComplete(first::tryComplete, first::tryFail);
    return first;
  }
}
