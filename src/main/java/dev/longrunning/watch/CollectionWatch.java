package dev.longrunning.watch;

import dev.longrunning.feed.State;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Cursors;
import dev.longrunning.watch.Course.Part;
import dev.longrunning.watch.Course.Then;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The watch of a collection: a place in the log, and what was read to be sent next.
 *
 * <p><b>Promise.</b> The place is after what was sent, and before what was not: its token continues
 * the stream. A watch that is in step has no place of its own, and its group sends to it; one whose
 * caller does not read keeps its place, and goes on from there.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> One {@link Part} of its {@link Course}, and one read under way.
 */
final class CollectionWatch extends OpenWatch {
  /** So many in one turn of the event loop. */
  private static final int EVENTS_MAX = 256;

  private final Group group;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private Course course;
  private Place place = Place.at(Cursors.NONE);

  /** What the items are of, while they are sent. */
  private @Nullable Part part;

  /** The last element of the snapshot that was sent; null: none. */
  private @Nullable PageToken passed;

  private final OwedNames owed = new OwedNames();

  /** The caller is to be told that it holds everything, once nothing is owed. */
  private boolean syncedDue;

  /** What is to be sent before anything else: the reason of a reset. */
  private @Nullable Boolean resetDue;

  /** Its caller may hold something from before this stream. */
  private final boolean resumed;

  private boolean inStep;

  /** The read or the pause that is under way. */
  private final Errand errand = new Errand();

  private @Nullable SentNames names;

  /** Its number among the members of its group, which alone uses it. */
  int index;

  CollectionWatch(
      Hub hub, Group group, @Nullable CollectionToken token, boolean changesOnly, Outlet outlet) {
    super(hub, outlet);
    this.group = group;
    this.course = new Course(hub, group.watched(), token, changesOnly);
    this.resumed = token != null || changesOnly;
    this.passed = token == null ? null : token.passed();
    this.names = hub.sentNames(group.watched(), token == null && !changesOnly);
  }

  boolean isInStep() {
    return inStep;
  }

  /** Its group has an event for those in step. */
  void offer(Item item, Event event) {
    if (!inStep || isClosed()) {
      return;
    }
    if (outlet.isReady()) {
      owed.told(item);
      send(event);
    } else {
      fallBehind(item.before());
    }
  }

  /** It goes its own way from here. */
  void fallBehind(Place from) {
    if (inStep) {
      inStep = false;
      place = from;
    }
  }

  /** Its group had no more for now. */
  void delivered() {
    if (inStep) {
      tellSynced();
      endBurst();
    } else {
      pump();
    }
  }

  /** The feed starts over. */
  void reset(boolean rewound) {
    // One that has not begun finds out by itself what that means for it.
    if (course.hasBegun()) {
      restart(rewound);
      pump();
    }
  }

  /** What was sent cannot be continued. */
  private void restart(boolean rewound) {
    errand.drop();
    inStep = false;
    items.clear();
    part = null;
    passed = null;
    owed.clear();
    syncedDue = false;
    place = Place.at(hub.cursors());
    resetDue = (began() || resumed) ? rewound : null;
    course = new Course(hub, group.watched(), null, false);
    names = hub.sentNames(group.watched(), true);
  }

  @Override
  public void ready() {
    pump();
  }

  /** Sends what there is, as long as the caller takes it. */
  void pump() {
    int events = 0;
    while (!errand.isBusy() && !isClosed() && outlet.isReady()) {
      if (events++ >= EVENTS_MAX) {
        hub.nextTurn(errand.begin(this::pump));
        return;
      }
      if (resetDue != null) {
        boolean rewound = resetDue;
        resetDue = null;
        send(new Event.Reset(rewound, tokenAt(true)));
      } else if (!items.isEmpty()) {
        tell(items.element());
      } else if (part != null) {
        finish(part);
      } else if (inStep) {
        // There may have been no room for it when it was due.
        tellSynced();
        endBurst();
        return;
      } else {
        await(course.next(place), this::take);
      }
    }
  }

  private <T> void await(Future<T> read, Consumer<T> then) {
    boolean atOnce = read.isComplete();
    read.onComplete(
        errand.begin(
            done -> {
              arrived(done, then);
              if (!atOnce) {
                pump();
              }
            }));
  }

  private <T> void arrived(AsyncResult<T> read, Consumer<T> then) {
    if (read.succeeded()) {
      then.accept(read.result());
    } else if (began()) {
      // The database is away: what was not read is tried again.
      hub.later(errand.begin(this::pump));
    } else {
      outlet.fail(Hub.problem(read.cause()));
    }
  }

  private void take(Part next) {
    part = next;
    items.addAll(next.items());
  }

  /** All of a part was sent. */
  private void finish(Part done) {
    part = null;
    place = done.after();
    if (done.then() == Then.TOO_OLD || done.then() == Then.REWOUND) {
      restart(done.then() == Then.REWOUND);
      return;
    }
    inStep = done.then() == Then.IN_STEP || done.then() == Then.SYNCED_IN_STEP;
    boolean synced = done.then() == Then.SYNCED || done.then() == Then.SYNCED_IN_STEP;
    syncedDue |= synced;
    // Elsewhere an older change may have been left out for a newer one that is still to come.
    if (synced || inStep) {
      tellSynced();
    }
  }

  private void tellSynced() {
    if (syncedDue && owed.isEmpty() && outlet.isReady()) {
      syncedDue = false;
      passed = null;
      token().ifPresent(token -> send(hub.bookmark(true, token)));
    }
  }

  private void tell(Item item) {
    var change = item.change();
    if (change != null && item.isApart()) {
      // It stays the next one until its state was read. Not from the cache: the log may be ahead.
      await(hub.states().strong(change.key()), found -> replaceFirst(item, found));
      return;
    }
    items.remove();
    owed.told(item);
    place = item.after();
    if (item.passed() != null) {
      passed = item.passed();
    }
    var event = event(item);
    if (event != null) {
      send(event);
    }
  }

  private void replaceFirst(Item item, State found) {
    items.remove();
    items.addFirst(item.with(found, group.watched()));
  }

  private @Nullable Event event(Item item) {
    var snapshot = item.snapshot();
    if (item.isRemoval()) {
      return removal(item);
    }
    boolean comesLater = snapshot != null && item.change() != null && !course.isPassed(snapshot);
    return snapshot == null || comesLater ? null : state(item, snapshot);
  }

  private Event removal(Item item) {
    if (names != null && item.change() != null) {
      names.removed(item.change().key().name());
    }
    return Group.event(item, tokenAt(course.isSnapshot()));
  }

  private @Nullable Event state(Item item, Snapshot snapshot) {
    String name = snapshot.key().name();
    if (group.watched().matches().test(snapshot)) {
      if (names != null) {
        names.sent(name);
      }
      return Group.event(item, tokenAt(course.isSnapshot()));
    }
    // An element of a snapshot comes for the first time: its caller holds nothing of it.
    return item.change() != null && names != null && names.leaves(name)
        ? new Event.Gone(name, Event.Why.FILTERED, snapshot.version(), tokenAt(course.isSnapshot()))
        : null;
  }

  private String tokenAt(boolean snapshot) {
    return new CollectionToken(hub.epoch(), place, snapshot, snapshot ? passed : null, group.view())
        .encoded(hub.keys(), group.watched().bound());
  }

  @Override
  Optional<String> token() {
    if (inStep) {
      return Optional.of(group.tokenInStep());
    }
    return resetDue == null && course.hasBegun()
        ? Optional.of(tokenAt(course.isSnapshot()))
        : Optional.empty();
  }

  @Override
  boolean isSynced() {
    return inStep && owed.isEmpty() && !syncedDue;
  }

  @Override
  void released() {
    errand.drop();
    items.clear();
    part = null;
    group.remove(this);
  }
}
