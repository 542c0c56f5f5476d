package dev.longrunning.fleet;

import com.google.rpc.Code;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.CallFailure;
import io.vertx.core.Future;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call that is made again and again, each time at any server, until one answers it for good. What
 * takes too long is left alone, and may be carried out later.
 */
final class Call {
  private static final int PATIENCE_SECONDS = 3;
  private static final int PAUSE_MILLIS_MAX = 100;

  private final Fleet fleet;
  private final Random random;

  /** One attempt. */
  interface Attempt<T> {
    Future<T> at(ApiClient server);
  }

  Call(Fleet fleet, Random random) {
    this.fleet = fleet;
    this.random = random;
  }

  /** The answer; throws {@link CallFailure} if that is what was answered for good. */
  <T> T until(Attempt<T> attempt) throws InterruptedException {
    for (; ; ) {
      try {
        return attempt
            .at(fleet.client(random.nextInt(fleet.size())))
            .toCompletionStage()
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException late) {
        // Another one may be faster.
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CallFailure failure && failure.code() != Code.UNAVAILABLE) {
          throw failure;
        }
      }
      TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(PAUSE_MILLIS_MAX));
    }
  }
}
