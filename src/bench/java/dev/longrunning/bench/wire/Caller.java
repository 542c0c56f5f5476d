package dev.longrunning.bench.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Calls one or several servers, from one thread: so many at a time ({@link #inFlight}), or so many
 * a second ({@link #atRate}) whatever the answers do.
 *
 * <p><b>Promise.</b> At a rate, a latency counts from when the call was due, not from when it could
 * be sent: a server that stalls is not spared the calls that had to wait (coordinated omission).
 *
 * <p><b>Threads.</b> One run at a time, from a plain thread.
 */
public final class Caller implements AutoCloseable {
  private static final int DIGITS = 3;
  private static final double NANOS = 1e9;
  private static final long DRAIN_NANOS = 30_000_000_000L;

  private final Loop loop = new Loop("bench-caller");
  private final List<Connection> connections = new ArrayList<>();
  private int turn;

  /** With so many connections to each of these ports. */
  public Caller(int each, int... ports) throws InterruptedException {
    loop.call(() -> connect(each, ports));
  }

  private boolean connect(int each, int... ports) throws IOException {
    for (int i = 0; i < each; i++) {
      for (int port : ports) {
        connections.add(Connection.open(loop, port));
      }
    }
    return true;
  }

  /** Calls so long, with so many calls under way at any time. */
  public Tally inFlight(int calls, Duration time, Call.Source source) throws InterruptedException {
    return measure(
        time,
        run -> {
          for (int i = 0; i < calls; i++) {
            run.again(new Slot(run, connection()));
          }
        },
        source,
        true);
  }

  /**
   * Makes a call each, so many at a time, and waits for the last answer: what has to be there
   * before something is measured.
   */
  public void all(int calls, int inFlight, Call.Source source) throws InterruptedException {
    var left = new int[] {calls};
    measure(
            Duration.ofMinutes(30),
            run -> {
              run.left = left;
              for (int i = 0; i < Math.min(calls, inFlight); i++) {
                run.again(new Slot(run, connection()));
              }
            },
            source,
            true)
        .rate();
  }

  /** Hears of each call of a run, which are numbered from 0; called on the thread that calls. */
  public interface Ledger {
    Ledger NONE = new Ledger() {};

    /** It is sent; {@code due} is when it should have been, in nanoseconds. */
    default void sent(long number, long due) {}

    /** Its answer came. */
    default void heard(long number, byte[] bytes, int offset, int length) {}
  }

  /** Calls so many times a second for so long. */
  public Tally atRate(double rate, Duration time, Call.Source source, Ledger ledger)
      throws InterruptedException {
    return measure(
        time,
        run -> {
          run.ledger = ledger;
          loop.pacer(new Pace(run, NANOS / rate)::pace);
        },
        source,
        false);
  }

  /** Bytes that came and went on all connections. */
  public long bytes() throws InterruptedException {
    return loop.call(
        () -> connections.stream().mapToLong(each -> each.bytesIn() + each.bytesOut()).sum());
  }

  private Tally measure(
      Duration time, java.util.function.Consumer<Run> start, Call.Source source, boolean closed)
      throws InterruptedException {
    var run = new Run(source, time.toNanos(), closed);
    loop.run(
        () -> {
          run.begun = System.nanoTime();
          run.until = run.begun + run.time;
          start.accept(run);
          run.endIfDone();
        });
    try {
      return run.done.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Connection connection() {
    turn = (turn + 1) % connections.size();
    return connections.get(turn);
  }

  /** One measurement. */
  private final class Run {
    final Histogram latencies = new Histogram(DIGITS);
    final CompletableFuture<Tally> done = new CompletableFuture<>();
    final Deque<Slot> idle = new ArrayDeque<>();
    final Call.Source source;
    final long time;
    final boolean closed;
    int @Nullable [] left;
    long begun;
    long until;
    int open;
    boolean begins = true;
    Ledger ledger = Ledger.NONE;
    long called;
    private long failed;
    private String failure = "";

    Run(Call.Source source, long time, boolean closed) {
      this.source = source;
      this.time = time;
      this.closed = closed;
    }

    void again(Slot slot) {
      long now = System.nanoTime();
      if (now < until && (left == null || left[0]-- > 0)) {
        slot.call(now);
      }
    }

    void answered(Slot slot, int status, String message) {
      open--;
      if (status == 0 && slot.messages == 1) {
        latencies.recordValue(Math.max(0, System.nanoTime() - slot.due));
      } else if (failed++ == 0) {
        failure = "status " + status + ", " + slot.messages + " messages: " + message;
      }
      if (closed && failed == 0) {
        again(slot);
      } else {
        idle.push(slot);
      }
      endIfDone();
    }

    void endIfDone() {
      if (open == 0 && (closed || !begins)) {
        loop.pacer(null);
        done.complete(new Tally(System.nanoTime() - begun, latencies, failed, failure));
      }
    }
  }

  /** One call after the other. */
  private static final class Slot implements Stream {
    private final Run run;
    private final Connection connection;
    private long due;
    private int messages;
    private long number;

    Slot(Run run, Connection connection) {
      this.run = run;
      this.connection = connection;
    }

    void call(long from) {
      due = from;
      messages = 0;
      run.open++;
      number = run.called++;
      run.ledger.sent(number, from);
      var call = run.source.next();
      connection.call(call.path(), call.headers(), call.message(), this);
    }

    @Override
    public void message(int id, byte[] bytes, int offset, int length) {
      messages++;
      run.ledger.heard(number, bytes, offset, length);
    }

    @Override
    public void ended(int id, int status, String message) {
      run.answered(this, status, message);
    }
  }

  /** When calls are due. */
  private final class Pace {
    private final Run run;
    private final double period;
    private long sent;

    Pace(Run run, double period) {
      this.run = run;
      this.period = period;
    }

    long pace(long now) {
      long due = due();
      while (due <= now && due < run.until) {
        var slot = run.idle.poll();
        (slot == null ? new Slot(run, connection()) : slot).call(due);
        sent++;
        due = due();
      }
      if (due >= run.until) {
        run.begins = false;
        run.endIfDone();
        if (now > run.until + DRAIN_NANOS) {
          run.done.completeExceptionally(
              new IllegalStateException(run.open + " calls were not answered"));
        }
        return DRAIN_NANOS;
      }
      return due - now;
    }

    private long due() {
      return run.begun + (long) (sent * period);
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
