package dev.longrunning.store.pg;

import dev.longrunning.store.Epoch;

/** What a writer must know of the log. Confined to the store's event loop. */
interface LogPosition {
  /** The newest history known. */
  Epoch epoch();

  /** Up to where the lane was read. */
  long cursor(int lane);

  /** Asks for a look at the database: the history may have changed. */
  void lookNow();

  /**
   * Begins a new epoch: the database was set back behind what this writer was told. The log's
   * follower need not have seen what was lost, so nobody else may notice.
   */
  void beginEpoch();
}
