package dev.longrunning.grpc;

import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.OpenStream;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How long a message of a stream may be half there: what has come of it is held meanwhile.
 *
 * <p><b>Promise.</b> Tells once of a message that did not come to its end in time, counted from its
 * first byte. Between messages a caller may be silent for as long as it likes.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> One timer, and none for a message that comes in one piece.
 */
final class LateMessage {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final Duration limit;
  private final Consumer<Problem> late;
  private long timer = NO_TIMER;

  private LateMessage(Vertx vertx, Duration limit, Consumer<Problem> late) {
    this.vertx = vertx;
    this.limit = limit;
    this.late = late;
  }

  /** Ends a stream with what a request that never came whole ends with. */
  static LateMessage of(OpenStream<?> stream, CallPipeline pipeline, Vertx vertx) {
    return new LateMessage(vertx, pipeline.streams().settings().requestWait(), stream::fail);
  }

  /** Whether there is some of a message now and more has to come; if so, its time goes on. */
  void watch(boolean partial) {
    if (!partial) {
      stop();
    } else if (timer == NO_TIMER) {
      timer = vertx.setTimer(Math.max(1, limit.toMillis()), fired -> tell());
    }
  }

  private void tell() {
    timer = NO_TIMER;
    late.accept(Problem.requestTimeout(limit.toSeconds()));
  }

  /** Nobody waits for a message any more. */
  void stop() {
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
      timer = NO_TIMER;
    }
  }
}
