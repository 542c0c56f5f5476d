package dev.longrunning.watch;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Cursors;
import java.util.Arrays;

/**
 * Up to where a watcher has been told of the log.
 *
 * @param cursors whole batches
 * @param lane whose next batch was told in part; of no meaning while {@code position} is 0
 * @param position changes of that batch, counted as they stand in it
 */
record Place(Cursors cursors, int lane, int position) {
  static Place at(Cursors cursors) {
    return new Place(cursors, 0, 0);
  }

  /** Within the next batch of a lane. */
  static Place within(Cursors cursors, int lane, int position) {
    return new Place(cursors, position == 0 ? 0 : lane, position);
  }

  /** Up to where the log goes at least, if anybody was here. */
  Cursors known() {
    return !isWithin() ? cursors : cursors.with(lane, cursors.at(lane) + 1);
  }

  /** Whether part of a batch was told. */
  boolean isWithin() {
    return position > 0;
  }

  /** Whether it is that batch. */
  boolean isWithin(int batchLane, long revision) {
    return isWithin() && batchLane == lane && revision == cursors.at(lane) + 1;
  }

  /** From where to read the log: the lane of a batch that was told in part comes alone. */
  Cursors readFrom() {
    if (!isWithin()) {
      return cursors;
    }
    long[] alone = new long[OperationKey.LANES];
    Arrays.fill(alone, Long.MAX_VALUE);
    return Cursors.of(alone).with(lane, cursors.at(lane));
  }

  /** Whether a batch lies before it, in whole. */
  boolean isPast(int batchLane, long revision) {
    return revision <= cursors.at(batchLane);
  }

  /** Whether a change of a batch that does not lie before it does. */
  boolean isPast(int batchLane, long revision, int changePosition) {
    return isWithin(batchLane, revision) && changePosition < position;
  }
}
