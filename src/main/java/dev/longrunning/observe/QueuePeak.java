package dev.longrunning.observe;

/**
 * How full a bounded queue has been at most.
 *
 * <p><b>Threads.</b> Told by the one that owns the queue, read by any.
 */
public final class QueuePeak {
  private final String queue;
  private final long max;
  private volatile long peak;

  /**
   * A queue that has been empty so far.
   *
   * @param queue what waits there; queues of several event loops may have one name
   * @param max its bound
   */
  public QueuePeak(String queue, long max) {
    this.queue = queue;
    this.max = max;
  }

  /** The queue holds that much now. */
  public void saw(long held) {
    // A plain read nearly always: a peak is rarely surpassed.
    if (held > peak) {
      peak = held;
    }
  }

  public String queue() {
    return queue;
  }

  public long max() {
    return max;
  }

  public long peak() {
    return peak;
  }
}
