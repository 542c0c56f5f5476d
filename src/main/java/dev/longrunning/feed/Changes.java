package dev.longrunning.feed;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.store.Cursors;
import io.vertx.core.Future;
import java.util.List;

/**
 * The log as one event loop of this replica sees it: for those who follow whole collections.
 *
 * <p><b>Threads.</b> Confined to the event loop it was made on. No method blocks.
 */
public interface Changes {
  /** Up to where the log was applied on this loop, when it was last told. */
  Position position();

  /** The newest batches. */
  Ring ring();

  /**
   * From now on the changes of these collections come with their states. What was under way when
   * this was called may still come without; it is applied once a sync that begins now is complete.
   */
  States.Interest follow(String service, CollectionPattern pattern);

  /** Batches of the ring with this interest, or a later one, hold all changes of the collection. */
  long since(String service, CollectionPattern pattern);

  /** Reads a part of the log again, with the changes of these collections. */
  Future<Stretch> history(Cursors from, String service, CollectionPattern pattern);

  /** Whether the last look at the log failed: there may be news that nobody knows. */
  boolean isStale();

  /**
   * Somebody holds proof that the present history went as far as this. A database that is behind it
   * was rewound.
   */
  void knownAlready(Position claimed);

  /** Who is told of each delta, on the loop. */
  void onApplied(Applied told);

  /** Told of what was applied. */
  interface Applied {
    /** These batches are in the ring now. */
    void batches(List<AppliedBatch> batches);

    /**
     * Everything starts over at the present position.
     *
     * @param rewound it is another history; else part of the log was missed
     */
    void reset(boolean rewound);
  }

  /**
   * A part of the log.
   *
   * @param batches what comes after the cursors, with states of one moment
   * @param position of the reader after them, in the history that was read
   * @param complete whether that was all there was
   * @param trimmed whether something after the cursors is remembered no longer
   */
  record Stretch(
      List<AppliedBatch> batches, Position position, boolean complete, boolean trimmed) {}
}
