package dev.longrunning.bench.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;

/**
 * One measurement of a {@link Caller}.
 *
 * <p><b>Promise.</b> A call that is refused with UNAVAILABLE is repeated, as clients do, and its
 * time goes on; one that fails otherwise, or too often, spoils the measurement.
 *
 * <p><b>Threads.</b> Confined to the loop, but for {@link #tally}.
 */
final class Measurement {
  private static final int DIGITS = 3;
  private static final int UNAVAILABLE = 14;
  private static final int ATTEMPTS_MAX = 100;

  private final Histogram latencies = new Histogram(DIGITS);
  private final CompletableFuture<Tally> done = new CompletableFuture<>();
  private final Deque<Slot> idle = new ArrayDeque<>();
  private final Loop loop;
  private final Call.Source source;
  private final boolean closed;
  private Caller.Ledger ledger = Caller.Ledger.NONE;
  private long left = Long.MAX_VALUE;
  private long begun;
  private long until;
  private long called;
  private int open;
  private boolean begins = true;
  private long failed;
  private String failure = "";

  /**
   * Prepares it.
   *
   * @param closed whether an answered call is followed by the next
   */
  Measurement(Loop loop, Call.Source source, boolean closed) {
    this.loop = loop;
    this.source = source;
    this.closed = closed;
  }

  void begin(long time, Runnable start) {
    begun = System.nanoTime();
    until = begun + time;
    start.run();
    endIfDone();
  }

  /** From a plain thread: waits for the end. */
  Tally tally() throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause().getMessage(), e);
    }
  }

  void keep(Caller.Ledger other) {
    ledger = other;
  }

  /** No more calls than these. */
  void atMost(long calls) {
    left = calls;
  }

  long begun() {
    return begun;
  }

  long until() {
    return until;
  }

  /** A call of its own on this connection, unless one is free. */
  Slot slot(Connection connection) {
    var free = idle.poll();
    return free == null ? new Slot(connection) : free;
  }

  void again(Slot slot) {
    long now = System.nanoTime();
    if (now < until && left > 0) {
      left--;
      slot.call(now);
    }
  }

  /** There will be no more calls. */
  void end() {
    begins = false;
    endIfDone();
  }

  void abandon() {
    done.completeExceptionally(new IllegalStateException(open + " calls were not answered"));
  }

  private void answered(Slot slot, int status, String message) {
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

  private void endIfDone() {
    if (open == 0 && (closed || !begins)) {
      loop.pacer(null);
      done.complete(new Tally(System.nanoTime() - begun, latencies, failed, failure));
    }
  }

  /** One call after the other. */
  final class Slot implements Stream {
    private final Connection connection;
    private Call call = Call.NONE;
    private long due;
    private long number;
    private int messages;
    private int attempts;

    Slot(Connection connection) {
      this.connection = connection;
    }

    void call(long from) {
      due = from;
      attempts = 0;
      open++;
      number = called++;
      ledger.sent(number, from);
      call = source.next();
      send();
    }

    private void send() {
      messages = 0;
      attempts++;
      connection.call(call.path(), call.headers(), call.message(), this);
    }

    @Override
    public void message(int id, byte[] bytes, int offset, int length) {
      messages++;
      ledger.heard(number, bytes, offset, length);
    }

    @Override
    public void ended(int id, int status, String message) {
      if (status == UNAVAILABLE && attempts < ATTEMPTS_MAX && connection.isOpen()) {
        send();
      } else {
        answered(this, status, message);
      }
    }
  }
}
