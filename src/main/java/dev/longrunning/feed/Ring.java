package dev.longrunning.feed;

import dev.longrunning.store.Cursors;

/**
 * The newest batches that one event loop was told of, in the order in which they were applied:
 * whoever is behind reads them from here.
 *
 * <p><b>Promise.</b> Without gaps: where something is missing before a batch, all that was there is
 * forgotten. Batches are numbered; a number is never used twice.
 *
 * <p><b>Threads.</b> Confined to one event loop. The batches are shared with others.
 *
 * <p><b>Bounds.</b> {@value #BATCHES_MAX} batches, and the given weight of states.
 */
public final class Ring {
  public static final int BATCHES_MAX = 4_096;

  private static final int MASK = BATCHES_MAX - 1;

  private final AppliedBatch[] batches = new AppliedBatch[BATCHES_MAX];
  private final long bytesMax;
  private Cursors position = Cursors.NONE;
  private long first;
  private long end;
  private long bytes;

  Ring(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes the next batch. */
  void add(AppliedBatch batch) {
    beAt(batch.before());
    if (end - first == BATCHES_MAX) {
      drop();
    }
    batches[(int) (end & MASK)] = batch;
    end++;
    bytes += batch.weight();
    position = batch.before().with(batch.lane(), batch.revision());
    while (bytes > bytesMax && first < end) {
      drop();
    }
  }

  /** Up to here the log was applied: where it was not told of all of that, nothing is left. */
  void beAt(Cursors cursors) {
    if (!cursors.equals(position)) {
      clear();
      position = cursors;
    }
  }

  /** Forgets everything. */
  void clear() {
    while (first < end) {
      drop();
    }
  }

  private void drop() {
    int slot = (int) (first & MASK);
    bytes -= batches[slot].weight();
    batches[slot] = null;
    first++;
  }

  /** The number that the next batch will have. */
  public long end() {
    return end;
  }

  public AppliedBatch at(long number) {
    if (number < first || number >= end) {
      throw new IllegalStateException("batch " + number + " of " + first + " to " + end);
    }
    return batches[(int) (number & MASK)];
  }

  /**
   * The number of a batch from which on everything is here that comes after {@code cursors}; what
   * the cursors have passed may be among it. Negative: some of it is here no longer.
   */
  public long find(Cursors cursors) {
    if (first == end) {
      return cursors.reach(position) ? end : -1;
    }
    if (!cursors.reach(at(first).before())) {
      return -1;
    }
    // What was applied before a batch grows from batch to batch.
    long reached = first;
    long beyond = end;
    while (beyond - reached > 1) {
      long middle = (reached + beyond) >>> 1;
      if (cursors.reach(at(middle).before())) {
        reached = middle;
      } else {
        beyond = middle;
      }
    }
    return cursors.reach(position) ? end : reached;
  }

  int size() {
    return (int) (end - first);
  }

  long bytes() {
    return bytes;
  }
}
