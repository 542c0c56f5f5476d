package dev.longrunning.service;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which changes of producers' streams are at the store, and whose turn is next, on one event loop.
 *
 * <p><b>Promise.</b> Callers take turns, whatever number of streams each has and whatever it sends.
 * The streams of all event loops leave a quarter of what may wait in the store to calls, so that
 * they fill it for nobody. There are only as many at the store as it answers within {@link #SLOW}:
 * a database that is slow slows producers down, and neither fails their reports nor makes calls
 * wait behind them. A change begins within the end of another, or at once.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Between {@value #WINDOW_MIN} and {@value #CHANGES_MAX} changes, {@value
 * #ALL_CHANGES_MAX} and {@value #ALL_BYTES_MAX} payload bytes of all event loops; one that is
 * larger goes alone. What waits is bounded by the streams.
 */
public final class WriteTurns {
  /** For each of 4 lanes a batch of 256 that is under way, and three more to follow it at once. */
  static final int CHANGES_MAX = 4_096;

  /** Three quarters of 16,384. */
  static final int ALL_CHANGES_MAX = 12_288;

  /** Three quarters of 64 MiB. */
  static final int ALL_BYTES_MAX = 50_331_648;

  static final int WINDOW_MIN = 64;

  /** Enough for batches, and few enough for a store that is just beginning. */
  static final int WINDOW_FIRST = 256;

  /** Half of how long a change may be at the store. */
  static final Duration SLOW = Duration.ofSeconds(1);

  private final int changesMax;
  private final int bytesMax;
  private final LongSupplier nanos;
  private final CallerTurns<Claim> waiting = new CallerTurns<>();
  private int changes;
  private long bytes;
  private boolean beginning;

  /** How many may be at the store now; grows by one with each that is quick. */
  private int window;

  /** When it was halved: not again before the store can have noticed. */
  private long halvedNanos;

  /** Something that wants to be at the store. */
  interface Claim {
    /** Payload bytes of the change that it would bring now. */
    int weight();

    /** Its turn has come: gives a change to the store. Never throws; ends as the change does. */
    Future<?> begin();
  }

  private WriteTurns(int changesMax, int bytesMax, LongSupplier nanos) {
    this.changesMax = changesMax;
    this.bytesMax = bytesMax;
    this.nanos = nanos;
    this.window = Math.min(changesMax, WINDOW_FIRST);
    this.halvedNanos = nanos.getAsLong() - SLOW.toNanos();
  }

  /**
   * Those of one of so many event loops that share a store.
   *
   * @param nanos a monotonic clock
   */
  public static WriteTurns ofOneLoopOf(int loops, LongSupplier nanos) {
    return new WriteTurns(
        Math.max(1, Math.min(CHANGES_MAX, ALL_CHANGES_MAX / loops)), ALL_BYTES_MAX / loops, nanos);
  }

  /** How many changes are at the store. */
  int changes() {
    return changes;
  }

  /** Begins it once it is its turn, perhaps now. */
  void claim(String caller, Claim claim) {
    waiting.add(caller, claim);
    beginNext();
  }

  private void beginNext() {
    if (beginning) {
      // Within a begin something has ended or was claimed: the loop below goes on with it.
      return;
    }
    beginning = true;
    try {
      while (!waiting.isEmpty() && hasRoom(waiting.first().weight())) {
        begin(waiting.remove());
      }
    } finally {
      beginning = false;
    }
  }

  private boolean hasRoom(int weight) {
    return changes == 0 || (changes < window && bytes + weight <= bytesMax);
  }

  private void begin(Claim claim) {
    int weight = claim.weight();
    changes++;
    bytes += weight;
    long begunNanos = nanos.getAsLong();
    claim.begin().onComplete(done -> end(weight, begunNanos, done.cause()));
  }

  private void end(int weight, long begunNanos, @Nullable Throwable failure) {
    changes--;
    bytes -= weight;
    if (!isAway(failure)) {
      adapt(begunNanos);
    }
    beginNext();
  }

  /** A database that does not answer is no slow one: what waits for it is to fail soon. */
  private static boolean isAway(@Nullable Throwable failure) {
    return failure instanceof Problem problem
        && problem.kind() == Problem.Kind.UNAVAILABLE
        && !ReportQueue.isOverload(problem);
  }

  private void adapt(long begunNanos) {
    long now = nanos.getAsLong();
    long took = now - begunNanos;
    if (took < SLOW.toNanos() / 2) {
      window = Math.min(changesMax, window + 1);
    } else if (took >= SLOW.toNanos() && now - halvedNanos >= SLOW.toNanos()) {
      halvedNanos = now;
      window = Math.max(Math.min(WINDOW_MIN, changesMax), window / 2);
    }
  }
}
