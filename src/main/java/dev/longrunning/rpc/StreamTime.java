package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * When one stream has to end by itself: at its deadline, or while its request does not come.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 */
final class StreamTime {
  private static final long NO_TIMER = -1;
  private static final Optional<Instant> NEVER = Optional.empty();

  private final CallPipeline pipeline;
  private final CallPipeline.Begun call;
  private final Consumer<Problem> end;
  private boolean requestIsDue;
  private long timer = NO_TIMER;

  /**
   * Makes that of one stream; it does not run yet.
   *
   * @param end ends it
   */
  StreamTime(CallPipeline pipeline, CallPipeline.Begun call, Consumer<Problem> end) {
    this.pipeline = pipeline;
    this.call = call;
    this.end = end;
  }

  /** Runs from now on, or from now on for the other of the two. */
  void watch(boolean forRequest) {
    stop();
    requestIsDue = forRequest;
    look();
  }

  private void look() {
    timer = NO_TIMER;
    var now = pipeline.now();
    var deadline = call.call().deadline();
    if (deadline.isPresent() && !deadline.get().isAfter(now)) {
      end.accept(Problem.deadline());
      return;
    }
    var wait = pipeline.streams().settings().requestWait();
    var request = requestIsDue ? Optional.of(call.begun().plus(wait)) : NEVER;
    if (request.isPresent() && !request.get().isAfter(now)) {
      end.accept(Problem.requestTimeout(wait.toSeconds()));
      return;
    }
    Stream.concat(deadline.stream(), request.stream())
        .min(Comparator.naturalOrder())
        .ifPresent(next -> timer = pipeline.after(Duration.between(now, next), this::look));
  }

  /** Its end is written: what has not left after a while is cut off. */
  void linger(Runnable cutOff) {
    stop();
    timer =
        pipeline.after(
            pipeline.streams().settings().linger(),
            () -> {
              timer = NO_TIMER;
              cutOff.run();
            });
  }

  void stop() {
    if (timer != NO_TIMER) {
      pipeline.cancel(timer);
      timer = NO_TIMER;
    }
  }
}
