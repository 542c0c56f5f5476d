package dev.longrunning.bench.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * Many streams that hear something, numbered from 0.
 *
 * <p><b>Promise.</b> All are open, and have heard their first message, before {@link #open}
 * returns; one that ends fails whoever waits for something.
 *
 * <p><b>Threads.</b> Its methods from one plain thread; what is heard, on its loop.
 *
 * <p><b>Bounds.</b> {@value #OPENING_MAX} streams open at a time.
 */
public final class Watchers implements AutoCloseable {
  private static final int OPENING_MAX = 256;
  private static final int LIMIT_MINUTES = 10;

  /** What is heard after the first message of a stream. */
  public interface Heard {
    void heard(int number, byte[] bytes, int offset, int length);
  }

  private final Loop loop = new Loop("bench-watchers");
  private final List<Connection> connections = new ArrayList<>();
  private final int port;
  private final int each;
  private final boolean duplex;
  private final IntFunction<Call> calls;
  private CompletableFuture<Void> goal = new CompletableFuture<>();
  private Heard heard = (number, bytes, offset, length) -> {};
  private int wanted;
  private int begun;
  private int opened;
  private int ended;
  private int endsWanted = -1;

  /**
   * Prepares them.
   *
   * @param each so many streams on a connection
   * @param duplex whether the call's side stays open, as that of etcd's watch has to
   * @param calls what the stream of a number asks for
   */
  public Watchers(int port, int each, boolean duplex, IntFunction<Call> calls) {
    this.port = port;
    this.each = each;
    this.duplex = duplex;
    this.calls = calls;
  }

  /** Opens as many more; {@code hears} hears from now on. */
  public void open(int count, Heard hears) throws InterruptedException {
    begin(count, hears, true);
    await();
  }

  /**
   * Begins calls that are silent until they end, {@value #OPENING_MAX} at a time; returns once the
   * server has taken them all, which it has when calls that were sent after them on the same
   * connections are answered.
   */
  public void beginSilent(int count, Call after) throws InterruptedException {
    for (int left = count; left > 0; left -= OPENING_MAX) {
      begin(Math.min(left, OPENING_MAX), heard, false);
      var answers = new int[1];
      loop.call(
          () -> {
            answers[0] = connections.size();
            for (var connection : connections) {
              connection.call(after.path(), after.headers(), after.message(), new Asked(answers));
            }
            return true;
          });
      await();
    }
  }

  private void begin(int count, Heard hears, boolean speak) throws InterruptedException {
    loop.call(
        () -> {
          goal = new CompletableFuture<>();
          heard = hears;
          wanted += count;
          int now = speak ? Math.min(count, OPENING_MAX) : count;
          for (int i = 0; i < now; i++) {
            next();
          }
          return true;
        });
  }

  private void next() throws IOException {
    int number = begun++;
    if (number / each >= connections.size()) {
      connections.add(Connection.open(loop, port));
    }
    var connection = connections.get(number / each);
    var call = calls.apply(number);
    if (duplex) {
      int id = connection.begin(call.path(), call.headers(), new Watch(number));
      connection.send(id, call.message(), false);
    } else {
      connection.call(call.path(), call.headers(), call.message(), new Watch(number));
    }
  }

  /** From now on, until so many have ended OK. */
  public void expectEnds(int count) throws InterruptedException {
    loop.call(
        () -> {
          goal = new CompletableFuture<>();
          ended = 0;
          endsWanted = count;
          return true;
        });
  }

  /** Another hears from now on. */
  public void hear(Heard other) throws InterruptedException {
    loop.call(
        () -> {
          goal = new CompletableFuture<>();
          heard = other;
          return true;
        });
  }

  /** On the loop: what is waited for has come. */
  public void reached() {
    goal.complete(null);
  }

  /** Waits until all are open, or ended, or until {@link #reached}. */
  public void await() throws InterruptedException {
    try {
      goal.get(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      String seen = opened + " of " + wanted + " opened, " + ended + " ended";
      throw new IllegalStateException("not within " + LIMIT_MINUTES + " min: " + seen, e);
    }
  }

  /** Bytes that came and went on all connections. */
  public long bytes() throws InterruptedException {
    return loop.call(
        () -> connections.stream().mapToLong(one -> one.bytesIn() + one.bytesOut()).sum());
  }

  /** A call whose answer says that those before it have arrived. */
  private final class Asked implements Stream {
    private final int[] left;

    Asked(int[] left) {
      this.left = left;
    }

    @Override
    public void message(int id, byte[] bytes, int offset, int length) {}

    @Override
    public void ended(int id, int status, String message) {
      if (status != 0) {
        goal.completeExceptionally(new IllegalStateException("status " + status + ": " + message));
      } else if (--left[0] == 0) {
        reached();
      }
    }
  }

  /** One stream. */
  private final class Watch implements Stream {
    private final int number;
    private boolean isOpen;

    Watch(int number) {
      this.number = number;
    }

    @Override
    public void message(int id, byte[] bytes, int offset, int length) {
      if (isOpen) {
        heard.heard(number, bytes, offset, length);
        return;
      }
      isOpen = true;
      if (++opened == wanted) {
        reached();
      } else if (begun < wanted) {
        try {
          next();
        } catch (IOException e) {
          goal.completeExceptionally(e);
        }
      }
    }

    @Override
    public void ended(int id, int status, String message) {
      if (status == 0 && endsWanted >= 0) {
        if (++ended == endsWanted) {
          reached();
        }
        return;
      }
      String what = "stream " + number + " ended with status " + status + ": " + message;
      goal.completeExceptionally(new IllegalStateException(what));
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
