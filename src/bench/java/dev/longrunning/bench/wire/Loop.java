package dev.longrunning.bench.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a generator: reads what has come, runs what was handed over, asks the pacer,
 * writes what was said.
 *
 * <p><b>Threads.</b> {@link #run(Runnable)}, {@link #call} and {@link #close} from any; all else on
 * its own.
 */
public final class Loop implements AutoCloseable {
  private static final int READ_BYTES = 256 * 1024;

  /** Says when it wants to be asked next, in nanoseconds from now. */
  public interface Pacer {
    long pace(long now);
  }

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Connection> unsent = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocate(READ_BYTES);
  private final Ends ends = new Ends();
  private final Thread thread;
  private volatile boolean closed;
  private @Nullable Pacer pacer;

  public Loop(String name) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = new Thread(this::turns, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** From any thread. */
  public void run(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** From any other thread: waits for what the task answers. */
  public <T> T call(Callable<T> task) throws InterruptedException {
    var answer = new CompletableFuture<T>();
    run(
        () -> {
          try {
            answer.complete(task.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
    }
  }

  /** Asked in each turn from now on; null for none. */
  public void pacer(@Nullable Pacer other) {
    pacer = other;
  }

  Selector selector() {
    return selector;
  }

  /** The buffer of this thread, empty. */
  ByteBuffer in() {
    return in.clear();
  }

  Ends ends() {
    return ends;
  }

  /** Has something to send at the end of this turn. */
  void unsent(Connection connection) {
    unsent.add(connection);
  }

  private void turns() {
    try {
      while (!closed) {
        turn();
      }
      selector.keys().forEach(key -> ((Connection) key.attachment()).close());
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void turn() throws IOException {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    long pause = pacer == null ? Long.MAX_VALUE : pacer.pace(System.nanoTime());
    send();
    if (!tasks.isEmpty() || pause < 100_000) {
      selector.selectNow();
    } else if (pause == Long.MAX_VALUE) {
      selector.select();
    } else {
      selector.select(Math.max(1, pause / 1_000_000));
    }
    for (var key : selector.selectedKeys()) {
      var connection = (Connection) key.attachment();
      if (key.isValid() && (key.readyOps() & SelectionKey.OP_WRITE) != 0) {
        connection.send();
      }
      if (key.isValid() && (key.readyOps() & SelectionKey.OP_READ) != 0) {
        connection.read();
      }
    }
    selector.selectedKeys().clear();
    send();
  }

  private void send() {
    for (int i = 0; i < unsent.size(); i++) {
      unsent.get(i).send();
    }
    unsent.clear();
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
