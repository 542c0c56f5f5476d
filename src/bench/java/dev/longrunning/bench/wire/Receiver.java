package dev.longrunning.bench.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads one stream of a server, over a connection of its own, up to some message. */
public final class Receiver implements AutoCloseable {
  private static final int WAIT_SECONDS_MAX = 120;

  private final Loop loop = new Loop("bench-receiver");
  private final Connection connection;

  /** What is to be read; asked on the thread of the loop. */
  public interface Reader {
    /** Whether this message is the last one that is wanted. */
    boolean reads(byte[] bytes, int offset, int length) throws Exception;
  }

  /** Is connected then. */
  public Receiver(int port) throws InterruptedException {
    connection = loop.call(() -> Connection.open(loop, port));
  }

  /** Calls, and waits for the last message that is wanted. */
  public void read(Call call, Reader reader) throws InterruptedException {
    var done = new CompletableFuture<Boolean>();
    loop.run(
        () -> connection.call(call.path(), call.headers(), call.message(), until(reader, done)));
    try {
      done.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(call.path() + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          call.path() + ": not all came within " + WAIT_SECONDS_MAX + " s", e);
    }
  }

  private static Stream until(Reader reader, CompletableFuture<Boolean> done) {
    return new Stream() {
      @Override
      public void message(int id, byte[] bytes, int offset, int length) {
        try {
          if (!done.isDone() && reader.reads(bytes, offset, length)) {
            done.complete(true);
          }
        } catch (Exception e) {
          done.completeExceptionally(e);
        }
      }

      @Override
      public void ended(int id, int status, String why) {
        done.completeExceptionally(
            new IllegalStateException("ended with status " + status + ", " + why));
      }
    };
  }

  @Override
  public void close() {
    loop.close();
  }
}
