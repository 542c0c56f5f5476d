package dev.longrunning.testing;

import com.google.rpc.Code;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Repeats a call until it is answered, as a producer does: after UNAVAILABLE, and whenever it
 * cannot know, because the connection broke. Any other answer is a failure.
 */
public final class Persistence {
  private static final int PAUSE_MILLIS_MAX = 200;

  private final Vertx vertx;
  private final AtomicLong repeats = new AtomicLong();

  public Persistence(Vertx vertx) {
    this.vertx = vertx;
  }

  public <T> Future<T> until(Supplier<Future<T>> call) {
    Promise<T> answered = Promise.promise();
    attempt(call, answered);
    return answered.future();
  }

  private <T> void attempt(Supplier<Future<T>> call, Promise<T> answered) {
    call.get()
        .onComplete(
            done -> {
              if (done.succeeded()) {
                answered.complete(done.result());
              } else if (isFinal(done.cause())) {
                answered.fail(done.cause());
              } else {
                repeats.incrementAndGet();
                int pause = 1 + ThreadLocalRandom.current().nextInt(PAUSE_MILLIS_MAX);
                vertx.setTimer(pause, now -> attempt(call, answered));
              }
            });
  }

  private static boolean isFinal(Throwable failure) {
    return failure instanceof AssertionError
        || failure instanceof java.util.concurrent.TimeoutException
        || (failure instanceof CallFailure && !CallFailure.is(failure, Code.UNAVAILABLE));
  }

  /** How many calls had to be repeated. */
  public long repeats() {
    return repeats.get();
  }
}
