package dev.longrunning.bench.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

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
            run.again(run.slot(connection()));
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
    measure(
            Duration.ofMinutes(30),
            run -> {
              run.atMost(calls);
              for (int i = 0; i < Math.min(calls, inFlight); i++) {
                run.again(run.slot(connection()));
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
  public Tally atRate(double rate, Duration time, Call.Source source) throws InterruptedException {
    return atRate(rate, time, source, Ledger.NONE);
  }

  /** The same, and tells of each call. */
  public Tally atRate(double rate, Duration time, Call.Source source, Ledger ledger)
      throws InterruptedException {
    return measure(
        time,
        run -> {
          run.keep(ledger);
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
      Duration time, Consumer<Measurement> start, Call.Source source, boolean closed)
      throws InterruptedException {
    var run = new Measurement(loop, source, closed);
    loop.run(() -> run.begin(time.toNanos(), () -> start.accept(run)));
    return run.tally();
  }

  private Connection connection() {
    turn = (turn + 1) % connections.size();
    return connections.get(turn);
  }

  /** When calls are due. */
  private final class Pace {
    private final Measurement run;
    private final double period;
    private long sent;

    Pace(Measurement run, double period) {
      this.run = run;
      this.period = period;
    }

    long pace(long now) {
      long due = due();
      while (due <= now && due < run.until()) {
        run.slot(connection()).call(due);
        sent++;
        due = due();
      }
      if (due < run.until()) {
        return due - now;
      }
      run.end();
      if (now > run.until() + DRAIN_NANOS) {
        run.abandon();
      }
      return DRAIN_NANOS;
    }

    private long due() {
      return run.begun() + (long) (sent * period);
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
