package dev.longrunning.store.pg;

import dev.longrunning.operation.OperationKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The changes of one lane that wait for a batch, oldest first.
 *
 * <p><b>Promise.</b> Changes of one operation leave in the order they came, one a batch.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 *
 * <p><b>Bounds.</b> The batcher bounds all lanes together; a batch has at most {@value #ROWS_MAX}
 * rows and {@value #BYTES_MAX} payload bytes, or one row.
 */
final class LaneQueue {
  /** Larger ones gain nothing and hold the lane's lock longer. */
  static final int ROWS_MAX = 256;

  static final int BYTES_MAX = 1 << 20;

  /** Changes that a batch passes over at most: a hot operation must not make every batch slow. */
  private static final int PASSED_MAX = 1_024;

  private static final long[] HURRIES_NANOS = {20_000_000, 100_000_000, 500_000_000};

  private final int lane;
  private ArrayDeque<Pending> waiting = new ArrayDeque<>();

  /** A batch is under way; there is never more than one. */
  boolean busy;

  /** The newest revision of the lane that this writer was told of. */
  long lastRevision;

  /** The outcome of the last batch is not known: the next one leaves a trace in any case. */
  boolean unresolved;

  private long sequence;

  LaneQueue(int lane) {
    this.lane = lane;
  }

  int lane() {
    return lane;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void add(Pending pending) {
    waiting.add(pending);
  }

  /** Puts changes back that were not judged, before all others. */
  void putBack(List<Pending> rows) {
    for (int i = rows.size() - 1; i >= 0; i--) {
      waiting.addFirst(rows.get(i));
    }
  }

  long nextSequence() {
    return ++sequence;
  }

  /** Takes out the changes whose caller waits no longer. */
  void expire(long nowNanos, Consumer<Pending> late) {
    if (waiting.stream().noneMatch(pending -> pending.limitNanos() - nowNanos <= 0)) {
      return;
    }
    var kept = new ArrayDeque<Pending>();
    for (var pending : waiting) {
      if (pending.limitNanos() - nowNanos <= 0) {
        late.accept(pending);
      } else {
        kept.add(pending);
      }
    }
    waiting = kept;
  }

  /**
   * Takes the rows of the next batch; never empty if anything waits.
   *
   * <p>The time of a batch ends with that of its most hurried change, and so might fail the others:
   * only such as are about equally hurried travel together.
   */
  List<Pending> take(long nowNanos) {
    var rows = new ArrayList<Pending>(Math.min(waiting.size(), ROWS_MAX));
    var passed = new ArrayDeque<Pending>();
    Set<OperationKey> keys = new HashSet<>();
    int hurry = waiting.isEmpty() ? 0 : hurry(waiting.peek(), nowNanos);
    int bytes = 0;
    while (!waiting.isEmpty() && rows.size() < ROWS_MAX && passed.size() < PASSED_MAX) {
      var next = waiting.peek();
      if (!rows.isEmpty() && bytes + next.weight() > BYTES_MAX) {
        break;
      }
      waiting.poll();
      // Invariant: once a key is passed over, its later changes are too, since the key stays in the
      // set.
      if (keys.add(next.change().key()) && hurry(next, nowNanos) == hurry) {
        rows.add(next);
        bytes += next.weight();
      } else {
        passed.add(next);
      }
    }
    while (!passed.isEmpty()) {
      waiting.addFirst(passed.pollLast());
    }
    return rows;
  }

  private static int hurry(Pending pending, long nowNanos) {
    long left = pending.limitNanos() - nowNanos;
    int hurry = 0;
    while (hurry < HURRIES_NANOS.length && left >= HURRIES_NANOS[hurry]) {
      hurry++;
    }
    return hurry;
  }
}
