package dev.longrunning.testing;

import com.google.protobuf.Any;
import com.google.protobuf.Int64Value;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** What tests put into calls and take out of answers. */
public final class Calls {
  /** A timeout that no test means to run into. */
  public static final int LONG_SECONDS = 30;

  private Calls() {}

  /** Metadata or a result that can be told from others. */
  public static Any payload(long number) {
    return Any.pack(Int64Value.of(number));
  }

  /** The name in the answer of a producer's call over REST. */
  public static String operation(JsonObject answer) {
    return answer.getJsonObject("snapshot").getJsonObject("operation").getString("name");
  }

  /** Waits on the thread of a test; a failure is thrown as it is. */
  public static <T> T await(Future<T> future, int seconds) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
