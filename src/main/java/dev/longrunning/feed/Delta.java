package dev.longrunning.feed;

import java.util.List;

/**
 * What one look at the log brought, the same object for every event loop.
 *
 * @param batches in the order in which they were applied
 * @param position after them
 * @param reset whether everything starts over at the position; then there are no batches
 * @param caughtUp syncs up to this poll are complete
 */
record Delta(List<AppliedBatch> batches, Position position, boolean reset, long caughtUp) {}
