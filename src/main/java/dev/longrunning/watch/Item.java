package dev.longrunning.watch;

import dev.longrunning.feed.AppliedChange;
import dev.longrunning.feed.State;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Cursors;
import org.jspecify.annotations.Nullable;

/**
 * Something that a watcher of a collection is to be told, or to be passed over with.
 *
 * @param after where the watcher is once it was told
 * @param revision of the change; for an element of a snapshot its version
 * @param snapshot the state, where there is one
 * @param change what was changed; null for an element of a snapshot
 * @param passed how far the snapshot is after this element; null for a change
 */
record Item(
    Place after,
    long revision,
    @Nullable Snapshot snapshot,
    @Nullable AppliedChange change,
    @Nullable PageToken passed) {

  /** A change at {@code before}, in the next batch of its lane. */
  static Item change(Cursors before, int lane, long revision, AppliedChange change) {
    var after = Place.within(before, lane, change.position() + 1);
    var state = change.state();
    var snapshot = state == null ? null : state.snapshot().orElse(null);
    return new Item(after, revision, snapshot, change, null);
  }

  static Item element(Place place, Snapshot snapshot) {
    return new Item(place, snapshot.version(), snapshot, null, PageToken.after(snapshot));
  }

  String name() {
    if (change != null) {
      return change.key().name();
    }
    if (snapshot != null) {
      return snapshot.key().name();
    }
    throw new IllegalStateException("an item of nothing");
  }

  /** Where the watcher is before it, which must be a change. */
  Place before() {
    return Place.within(after.cursors(), after.lane(), after.position() - 1);
  }

  /** Its state was too large to be brought along. */
  boolean isApart() {
    return change != null && change.apart();
  }

  /** Says nothing: a later change follows. */
  boolean isPassedOver() {
    return change != null && change.isPassedOver();
  }

  boolean isRemoval() {
    return change != null && change.isRemoval() && !change.isPassedOver();
  }

  /** The same change with what was read for it; of a newer one a later change tells. */
  Item with(State found, Watched watched) {
    if (change == null) {
      return this;
    }
    var exact = found.snapshot().filter(each -> each.version() == revision).orElse(null);
    boolean gone = change.isRemoval() && found.snapshot().isEmpty();
    String later = exact != null || gone ? null : found.collection().orElse(change.collection());
    var read =
        new AppliedChange(
            change.position(),
            change.key(),
            change.kind(),
            change.collection(),
            null,
            false,
            later);
    return new Item(after, revision, exact, watched.seen(read), passed);
  }
}
