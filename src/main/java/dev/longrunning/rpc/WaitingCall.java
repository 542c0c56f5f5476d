package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** A call that waits for its turn; begun once or refused once. */
final class WaitingCall<T> {
  private final CallerLoad caller;
  private final long sinceMillis;
  private final long deadlineMillis;
  private final Supplier<Future<T>> work;
  private final Promise<T> result = Promise.promise();
  private long number;
  private boolean waits = true;

  /**
   * Makes one.
   *
   * @param deadlineMillis in the same time as {@code sinceMillis}
   */
  WaitingCall(CallerLoad caller, long sinceMillis, long deadlineMillis, Supplier<Future<T>> work) {
    this.caller = caller;
    this.sinceMillis = sinceMillis;
    this.deadlineMillis = deadlineMillis;
    this.work = work;
  }

  CallerLoad caller() {
    return caller;
  }

  long sinceMillis() {
    return sinceMillis;
  }

  long deadlineMillis() {
    return deadlineMillis;
  }

  /** Tells calls of one caller with the same deadline apart: the older first. */
  long number() {
    return number;
  }

  void putNumber(long given) {
    number = given;
  }

  boolean isWaiting() {
    return waits;
  }

  Future<T> future() {
    return result.future();
  }

  void begin() {
    waits = false;
    work.get().onComplete(result);
  }

  /** It will not begin. */
  void stop() {
    waits = false;
  }

  void fail(Problem problem) {
    result.fail(problem);
  }
}
