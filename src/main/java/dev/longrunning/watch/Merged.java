package dev.longrunning.watch;

import dev.longrunning.feed.AppliedBatch;
import dev.longrunning.store.Cursors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A part of the log as one watcher is to be told of it: of each operation the newest change only.
 *
 * <p>A newest change without a state stays, and says nothing: a later one is beyond this part, and
 * what is older than it must not be sent, since an element of a snapshot may be newer.
 */
final class Merged {
  private final Watched watched;
  private final Place from;
  private final LinkedHashMap<String, Item> newest = new LinkedHashMap<>();
  private Cursors cursors;

  /** What comes after {@code from}. */
  Merged(Watched watched, Place from) {
    this.watched = watched;
    this.from = from;
    this.cursors = from.cursors();
  }

  /** Takes the next batch; one that lies before is passed over. */
  void add(AppliedBatch batch) {
    if (from.isPast(batch.lane(), batch.revision())) {
      return;
    }
    for (var change : batch.changes()) {
      if (watched.holds(change.key(), change.collection())
          && !from.isPast(batch.lane(), batch.revision(), change.position())) {
        String name = change.key().name();
        // Removed first, so that it takes its place among the newest.
        newest.remove(name);
        var seen = watched.seen(change);
        newest.put(name, Item.change(cursors, batch.lane(), batch.revision(), seen));
      }
    }
    cursors = cursors.with(batch.lane(), batch.revision());
  }

  List<Item> items() {
    return new ArrayList<>(newest.values());
  }

  /** Where the watcher is once it was told of all. */
  Place after() {
    return Place.at(cursors);
  }
}
