package dev.longrunning.feed;

import dev.longrunning.store.Cursors;
import java.util.List;

/**
 * A batch as those see it who watch: only the changes that concern somebody on this replica.
 *
 * @param before up to where the log was applied before it
 * @param interest all that was registered up to this number was looked for in it
 */
public record AppliedBatch(
    int lane, long revision, Cursors before, long interest, List<AppliedChange> changes) {

  /** Roughly the bytes of heap that its states hold. */
  long weight() {
    long weight = 0;
    for (var change : changes) {
      var state = change.state();
      weight += state == null ? 0 : state.weight();
    }
    return weight;
  }
}
