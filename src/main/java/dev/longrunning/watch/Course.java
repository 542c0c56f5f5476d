package dev.longrunning.watch;

import dev.longrunning.feed.AppliedBatch;
import dev.longrunning.feed.Changes;
import dev.longrunning.feed.Changes.Stretch;
import dev.longrunning.feed.Position;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one watch of a collection is to be told next, part by part: first a snapshot, or what a
 * token has missed; then changes, until it is in step with what the feed has applied.
 *
 * <p><b>Promise.</b> A snapshot goes page by page. After each page comes a sync, and then what the
 * log says of the time up to it, so that nothing older follows an element of a page. A change of an
 * operation whose page is still to come is left out.
 *
 * <p><b>Threads.</b> Confined to one event loop; one part at a time.
 *
 * <p><b>Bounds.</b> A part is a page, or {@value #BATCHES_MAX} batches of the ring, or what one
 * look at the log returns.
 */
final class Course {
  static final int BATCHES_MAX = 512;

  /** Syncs in which history either reaches what a token says, or turns out to be another one. */
  private static final int SYNCS_MAX = 3;

  private enum Stage {
    /** Where it begins is not known, or not checked. */
    BEGIN,
    /** The next page of the snapshot is to be read. */
    PAGE,
    /** The page was sent; the changes since the place are to follow. */
    SINCE,
    /** There is no snapshot any more, only changes. */
    LIVE
  }

  /** What is to be done besides sending the items. */
  enum Then {
    NOTHING,
    /** Everything up to here was sent. */
    SYNCED,
    /** The watch is where the feed is. */
    IN_STEP,
    /** Both. */
    SYNCED_IN_STEP,
    /** What was sent before cannot be continued: it is remembered no longer. */
    TOO_OLD,
    /** What was sent before is of another history. */
    REWOUND
  }

  /**
   * A part.
   *
   * @param after where the watch is once the items were sent
   */
  record Part(List<Item> items, Place after, Then then) {
    Part(Place after, Then then) {
      this(List.of(), after, then);
    }
  }

  private final Hub hub;
  private final Watched watched;
  private final @Nullable CollectionToken token;
  private final boolean changesOnly;
  private Stage stage = Stage.BEGIN;

  /** How far the snapshot is; null: nothing of it was read. */
  private @Nullable PageToken passed;

  private boolean allPassed;

  /** A resumed watch has not yet been told that it is in step. */
  private boolean syncedIsDue;

  private int syncs;

  /**
   * A course from the beginning, or from a token on.
   *
   * @param changesOnly no snapshot; only without a token
   */
  Course(Hub hub, Watched watched, @Nullable CollectionToken token, boolean changesOnly) {
    this.hub = hub;
    this.watched = watched;
    this.token = token;
    this.changesOnly = changesOnly;
  }

  /** Whether the watch is inside of a snapshot. */
  boolean isSnapshot() {
    return stage == Stage.PAGE || stage == Stage.SINCE;
  }

  /** Whether its place can be continued by a token. */
  boolean hasBegun() {
    return stage != Stage.BEGIN;
  }

  /** Reads what comes after the place; not before what came before was sent. */
  Future<Part> next(Place place) {
    return switch (stage) {
      case BEGIN -> hub.states().sync().map(synced -> begun());
      case PAGE -> page(place);
      case SINCE -> since(place);
      case LIVE -> live(place);
    };
  }

  private Part begun() {
    var here = Place.at(hub.cursors());
    if (token == null) {
      stage = changesOnly ? Stage.LIVE : Stage.PAGE;
      return new Part(here, changesOnly ? Then.SYNCED : Then.NOTHING);
    }
    if (!token.epoch().equals(hub.epoch())) {
      return new Part(here, Then.REWOUND);
    }
    if (token.view() != watched.view().mark()) {
      // What its caller sees now is not what it was told of before.
      return new Part(here, Then.TOO_OLD);
    }
    passed = token.passed();
    stage = token.snapshot() ? Stage.SINCE : Stage.LIVE;
    syncedIsDue = !token.snapshot();
    return new Part(token.place(), Then.NOTHING);
  }

  private Future<Part> page(Place place) {
    hub.metrics().readPage();
    return turn(() -> hub.pages().read(watched, passed))
        .compose(page -> hub.states().sync().map(synced -> page))
        .map(
            page -> {
              passed = page.next();
              allPassed = page.next() == null;
              stage = Stage.SINCE;
              List<Item> items = new ArrayList<>(page.snapshots().size());
              page.snapshots().forEach(snapshot -> items.add(Item.element(place, snapshot)));
              return new Part(items, place, Then.NOTHING);
            });
  }

  private Future<Part> since(Place place) {
    if (isAhead(place)) {
      return catchUpWith(place);
    }
    var ring = hub.changes().ring();
    long from = ring.find(place.cursors());
    // The rest of a batch alone could be older than a page: only the log knows what is newer.
    if (!place.isWithin() && isCovered(place, from) && ring.end() - from <= BATCHES_MAX) {
      return Future.succeededFuture(sincePart(merged(place, from, ring.end()), true));
    }
    return log(place)
        .map(
            stretch -> {
              var gone = gone(place, stretch);
              boolean complete = stretch.complete() && !place.isWithin();
              return gone != null ? gone : sincePart(merged(place, stretch), complete);
            });
  }

  private Part sincePart(Merged merged, boolean complete) {
    syncs = 0;
    if (!complete) {
      return new Part(merged.items(), merged.after(), Then.NOTHING);
    }
    stage = allPassed ? Stage.LIVE : Stage.PAGE;
    return new Part(merged.items(), merged.after(), allPassed ? Then.SYNCED : Then.NOTHING);
  }

  /** Whether the snapshot has come past this operation; one that it has not comes with its page. */
  boolean isPassed(Snapshot snapshot) {
    return stage == Stage.LIVE || allPassed || (passed != null && passed.hasPassed(snapshot));
  }

  private Future<Part> live(Place place) {
    if (isAhead(place)) {
      return catchUpWith(place);
    }
    syncs = 0;
    var ring = hub.changes().ring();
    long from = ring.find(place.cursors());
    if (from == ring.end()) {
      var then = syncedIsDue ? Then.SYNCED_IN_STEP : Then.IN_STEP;
      syncedIsDue = false;
      return Future.succeededFuture(new Part(place, then));
    }
    if (isCovered(place, from)) {
      long until = place.isWithin() ? ring.end() : Math.min(ring.end(), from + BATCHES_MAX);
      var merged = merged(place, from, until);
      return Future.succeededFuture(new Part(merged.items(), merged.after(), Then.NOTHING));
    }
    return log(place)
        .map(
            stretch -> {
              var gone = gone(place, stretch);
              var merged = merged(place, stretch);
              return gone != null ? gone : new Part(merged.items(), merged.after(), Then.NOTHING);
            });
  }

  /** Whether the place is one that this event loop has not come to. */
  private boolean isAhead(Place place) {
    return !hub.cursors().reach(place.known());
  }

  /** Another replica was faster; or history is not the one that the place is of. */
  private Future<Part> catchUpWith(Place place) {
    if (syncs++ >= SYNCS_MAX) {
      syncs = 0;
      return Future.failedFuture(Problem.databaseUnavailable());
    }
    if (syncs > 1) {
      // What was there is known by the token: a database without it was rewound.
      hub.changes().knownAlready(new Position(hub.changes().position().epoch(), place.known()));
    }
    return hub.states().sync().map(synced -> new Part(place, Then.NOTHING));
  }

  /** Whether the ring holds, from this batch on, all that is watched. */
  private boolean isCovered(Place place, long from) {
    if (from < 0) {
      return false;
    }
    long since = hub.changes().since(watched.service(), watched.pattern());
    var ring = hub.changes().ring();
    for (long number = from; number < ring.end(); number++) {
      var batch = ring.at(number);
      if (batch.interest() < since && !place.isPast(batch.lane(), batch.revision())) {
        return false;
      }
    }
    return true;
  }

  private Merged merged(Place place, long from, long until) {
    var merged = new Merged(watched, place);
    for (long number = from; number < until; number++) {
      var batch = hub.changes().ring().at(number);
      // A place is within one batch at most, so its rest comes alone, before what else there is.
      if (!place.isWithin() || place.isWithin(batch.lane(), batch.revision())) {
        merged.add(batch);
      }
    }
    return merged;
  }

  private Merged merged(Place place, Stretch stretch) {
    var merged = new Merged(watched, place);
    for (AppliedBatch batch : stretch.batches()) {
      merged.add(batch);
    }
    return merged;
  }

  private Future<Changes.Stretch> log(Place place) {
    hub.metrics().readLog();
    return turn(
        () -> hub.changes().history(place.readFrom(), watched.service(), watched.pattern()));
  }

  /** Why a part of the log does not continue the place; null: it does. */
  private @Nullable Part gone(Place place, Stretch stretch) {
    if (!stretch.position().isOf(hub.changes().position().epoch())) {
      // The feed will hear of it: then everything starts over.
      throw Problem.databaseUnavailable();
    }
    return stretch.trimmed() ? new Part(place, Then.TOO_OLD) : null;
  }

  private <T> Future<T> turn(Supplier<Future<T>> read) {
    Promise<T> promise = Promise.promise();
    hub.turns().read(read, done -> done.onComplete(promise));
    return promise.future();
  }
}
