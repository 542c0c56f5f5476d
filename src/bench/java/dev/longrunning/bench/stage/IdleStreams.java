package dev.longrunning.bench.stage;

import dev.longrunning.bench.Hot;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Connection;
import dev.longrunning.bench.wire.Loop;
import dev.longrunning.bench.wire.Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Streams of one server that stay open, {@value #EACH} a connection.
 *
 * <p><b>Promise.</b> One that ends fails whatever is waited for.
 *
 * <p><b>Threads.</b> From a plain thread.
 *
 * <p><b>Bounds.</b> {@value #OPENING_MAX} have no answer yet at a time.
 */
final class IdleStreams implements AutoCloseable {
  static final int EACH = 100;
  private static final int OPENING_MAX = 512;
  private static final int FIRST = 2_000;
  private static final int FIRST_OPENING_MAX = 16;
  private static final int SHOWN_EVERY = 100_000;
  private static final long WAIT_MINUTES = 10;

  private final Loop loop = new Loop("bench-idle");
  private final List<Connection> connections = new ArrayList<>();
  private final int port;
  private final IntFunction<Call> calls;
  private final IntConsumer progress;
  private CompletableFuture<Void> done = new CompletableFuture<>();
  private @Nullable OnConnection newest;
  private int wanted;
  private int begun;
  private int opened;
  private long heardFrom;
  private int toHear;

  /**
   * None at first.
   *
   * @param calls what opens the one of a number
   * @param progress told now and then how many are open
   */
  IdleStreams(int port, IntFunction<Call> calls, IntConsumer progress) {
    this.port = port;
    this.calls = calls;
    this.progress = progress;
  }

  /** Waits until so many are open in all, each of which has said something. */
  void open(int count) throws InterruptedException {
    await(
        () -> {
          wanted = count;
          fill();
        });
  }

  /**
   * Runs what changes operations, and waits until so many streams have told of states that say
   * {@code from} or more.
   */
  void hear(long from, int count, Change change) throws InterruptedException {
    var heard =
        begin(
            () -> {
              heardFrom = from;
              toHear = count;
            });
    change.run();
    await(heard);
  }

  /** Changes something. */
  interface Change {
    void run() throws InterruptedException;
  }

  private void await(Runnable start) throws InterruptedException {
    await(begin(start));
  }

  private CompletableFuture<Void> begin(Runnable start) throws InterruptedException {
    return loop.call(
        () -> {
          done = new CompletableFuture<>();
          start.run();
          return done;
        });
  }

  private static void await(CompletableFuture<Void> future) throws InterruptedException {
    try {
      future.get(WAIT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("idle streams: " + e.getMessage(), e);
    }
  }

  private void fill() {
    try {
      // A server that has just begun is slow, and refuses what would have to wait for long.
      int max = opened < FIRST ? FIRST_OPENING_MAX : OPENING_MAX;
      while (begun < wanted && begun - opened < max) {
        if (begun % EACH == 0) {
          newest = new OnConnection(Connection.open(loop, port));
          connections.add(newest.connection);
        }
        newest.open(calls.apply(begun++));
      }
    } catch (IOException e) {
      done.completeExceptionally(e);
    }
  }

  private void opened() {
    opened++;
    if (opened % SHOWN_EVERY == 0) {
      progress.accept(opened);
    }
    if (opened == wanted) {
      done.complete(null);
    } else {
      fill();
    }
  }

  private void said(long what) {
    if (toHear > 0 && what >= heardFrom) {
      toHear--;
      if (toHear == 0) {
        done.complete(null);
      }
    }
  }

  /** Hears all streams of a connection. */
  private final class OnConnection implements Stream {
    private final Connection connection;
    private final BitSet answered = new BitSet(EACH);

    OnConnection(Connection connection) {
      this.connection = connection;
    }

    void open(Call call) {
      connection.call(call.path(), call.headers(), call.message(), this);
    }

    @Override
    public void message(int id, byte[] bytes, int offset, int length) {
      int number = id / 2;
      if (answered.get(number)) {
        said(Hot.said(bytes, offset, length));
      } else {
        answered.set(number);
        opened();
      }
    }

    @Override
    public void ended(int id, int status, String message) {
      done.completeExceptionally(
          new IllegalStateException("a stream ended with status " + status + ": " + message));
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
