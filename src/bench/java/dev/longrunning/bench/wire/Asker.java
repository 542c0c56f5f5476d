package dev.longrunning.bench.wire;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls one server for the sake of its answer, not to measure: one call after the other, over one
 * connection.
 */
public final class Asker implements AutoCloseable {
  private final Loop loop = new Loop("bench-asker");
  private final Connection connection;

  public Asker(int port) throws InterruptedException {
    connection = loop.call(() -> Connection.open(loop, port));
  }

  /** The message that a call is answered with. */
  public byte[] ask(Call call) throws InterruptedException {
    var answer = new CompletableFuture<byte[]>();
    loop.run(
        () ->
            connection.call(
                call.path(),
                call.headers(),
                call.message(),
                new Stream() {
                  private byte @Nullable [] message;

                  @Override
                  public void message(int id, byte[] bytes, int offset, int length) {
                    message = Arrays.copyOfRange(bytes, offset, offset + length);
                  }

                  @Override
                  public void ended(int id, int status, String why) {
                    if (message != null && status == 0) {
                      answer.complete(message);
                    } else {
                      answer.completeExceptionally(
                          new IllegalStateException(
                              call.path() + ": got status " + status + ", " + why));
                    }
                  }
                }));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
