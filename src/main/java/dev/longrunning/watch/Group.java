package dev.longrunning.watch;

import dev.longrunning.feed.AppliedBatch;
import dev.longrunning.feed.States;
import dev.longrunning.store.Cursors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The watches of the same collections and filter on one event loop.
 *
 * <p><b>Promise.</b> Those of them that are in step are at the same place, and are sent the same
 * events: one object, one token, one encoding for all.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 */
final class Group {
  private final Hub hub;
  private final Watched watched;
  private final States.Interest interest;
  private final long view;
  private final List<CollectionWatch> members = new ArrayList<>(1);

  /** The token of those in step, made once a position. */
  private Place tokenPlace = Place.at(Cursors.NONE);

  private @Nullable String token;

  Group(Hub hub, Watched watched) {
    this.hub = hub;
    this.watched = watched;
    this.view = watched.view().mark();
    this.interest = hub.changes().follow(watched.service(), watched.pattern());
  }

  Watched watched() {
    return watched;
  }

  /** What its members may see, in a number. */
  long view() {
    return view;
  }

  void add(CollectionWatch watch) {
    watch.index = members.size();
    members.add(watch);
  }

  void remove(CollectionWatch watch) {
    var last = members.remove(members.size() - 1);
    if (last != watch) {
      members.set(watch.index, last);
      last.index = watch.index;
    }
    if (members.isEmpty()) {
      interest.close();
      hub.empty(this);
    }
  }

  /** The token of a watch that is in step. */
  String tokenInStep() {
    var place = Place.at(hub.cursors());
    if (token == null || !tokenPlace.equals(place)) {
      tokenPlace = place;
      token = tokenAt(place);
    }
    return token;
  }

  private String tokenAt(Place place) {
    return new CollectionToken(hub.epoch(), place, false, null, view)
        .encoded(hub.keys(), watched.bound());
  }

  /** These batches come after the place of those in step. */
  void applied(List<AppliedBatch> batches) {
    var merged = new Merged(watched, Place.at(batches.get(0).before()));
    batches.forEach(merged::add);
    // Copied: who is sent something may leave, and so may others.
    var inStep = members.stream().filter(CollectionWatch::isInStep).toList();
    if (inStep.isEmpty()) {
      return;
    }
    for (var item : merged.items()) {
      if (item.isApart() || item.isPassedOver() || watched.isFiltered()) {
        // Each has to see for itself.
        inStep.forEach(watch -> watch.fallBehind(item.before()));
        break;
      }
      var event = event(item);
      if (event != null) {
        inStep.forEach(watch -> watch.offer(item, event));
      }
    }
    inStep.forEach(CollectionWatch::delivered);
  }

  private @Nullable Event event(Item item) {
    var snapshot = item.snapshot();
    if (item.isRemoval() || snapshot != null) {
      return event(item, tokenAt(item.after()));
    }
    return null;
  }

  /** What to send for a change or an element that matches. */
  static Event event(Item item, String token) {
    var snapshot = item.snapshot();
    var change = item.change();
    if (change != null && change.isRemoval()) {
      var why = change.isPurge() ? Event.Why.EXPIRED : Event.Why.DELETED;
      return new Event.Gone(change.key().name(), why, item.revision(), token);
    }
    if (snapshot == null) {
      throw new IllegalStateException("nothing to send of a change");
    }
    return new Event.Changed(snapshot, token);
  }

  void reset(boolean rewound) {
    List.copyOf(members).forEach(watch -> watch.reset(rewound));
  }
}
