package dev.longrunning.watch;

import dev.longrunning.feed.Follower;
import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The watch of one operation: a slot with the newest state that was not sent.
 *
 * <p><b>Promise.</b> Newest wins among running states; the end, done or gone, stays, whatever comes
 * later under the same name. Where history turns out to be another one and the operation is older
 * in it, the caller is told to drop what it holds first.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> One state, and at most one read under way.
 */
final class OperationWatch extends OpenWatch implements Follower {
  private final OperationKey key;
  private States.@Nullable Interest interest;

  /** What is to be sent next; null: nothing new. */
  private @Nullable Slot slot;

  /** The newest version that is known here, sent or in the slot; 0: none. */
  private long version;

  private @Nullable Instant createTime;

  /** Its end is sent or in the slot. */
  private boolean ended;

  private boolean reading;
  private boolean readAgain;

  /** What was sent may be of a history that is no more; until something newer is known. */
  private boolean doubted;

  /** The read under way began before everything started over: it says nothing. */
  private boolean readIsVoid;

  /** What is to be sent; one of both is set, or none where only a reset is. */
  private record Slot(@Nullable Snapshot snapshot, Event.@Nullable Why why, boolean reset) {}

  OperationWatch(Hub hub, OperationKey key, Outlet outlet) {
    super(hub, outlet);
    this.key = key;
  }

  /** Begins with the present state, or after what {@code token} says was sent. */
  void begin(@Nullable OperationToken token) {
    if (token != null) {
      version = token.version();
      createTime = token.createTime();
      doubted = true;
      if (token.ended()) {
        outlet.end();
        return;
      }
    }
    // Registered before it is read: a change in between is told, and nothing is missed.
    interest = hub.states().follow(key, this);
    read(hub.states().strong(key));
  }

  private void read(Future<State> read) {
    reading = true;
    read.onComplete(this::took);
  }

  private void took(AsyncResult<State> read) {
    reading = false;
    if (isClosed() || ended) {
      return;
    }
    boolean isVoid = readIsVoid;
    readIsVoid = false;
    if (read.failed()) {
      failed(read.cause());
      return;
    }
    boolean again = readAgain;
    readAgain = false;
    if (!isVoid) {
      found(read.result());
    }
    if (again && !isClosed() && !ended) {
      read(hub.states().strong(key));
    }
  }

  private void failed(Throwable cause) {
    if (!began()) {
      outlet.fail(Hub.problem(cause));
      return;
    }
    reading = true;
    hub.later(
        () -> {
          if (!isClosed()) {
            read(hub.states().strong(key));
          }
        });
  }

  /** What a read says, which knows of everything that happened before it began. */
  private void found(State state) {
    var snapshot = state.snapshot();
    if (snapshot.isPresent()) {
      boolean older = doubted && snapshot.get().version() < version;
      doubted = false;
      if (!older) {
        told(state);
      } else if (isSame(snapshot.get())) {
        // This very operation, as it was before what the caller has seen.
        take(snapshot.get(), true);
      } else {
        // One of the same name; the one that was watched never was in the history that holds now.
        end(version + 1, false);
      }
    } else if (state.tombstone().isPresent()) {
      var grave = state.tombstone().get();
      end(Math.max(grave.version(), version + 1), grave.purged());
    } else if (version == 0) {
      outlet.fail(Problem.notFound(key.name()));
    } else {
      // Forgotten, or it never was in the history that holds now.
      end(version + 1, false);
    }
  }

  private boolean isSame(Snapshot snapshot) {
    return createTime == null || createTime.equals(snapshot.createTime());
  }

  /**
   * Whether what the feed tells may be older than the stream: it may be of an operation that had
   * the name before the present one. The read that is under way knows which one that is.
   */
  private boolean isTooEarly() {
    if (version == 0 && reading) {
      readAgain = true;
      return true;
    }
    return false;
  }

  @Override
  public void changed(State state) {
    if (!isTooEarly()) {
      told(state);
    }
  }

  private void told(State state) {
    var snapshot = state.snapshot();
    if (ended || snapshot.isEmpty() || snapshot.get().version() <= version) {
      return;
    }
    if (isSame(snapshot.get())) {
      take(snapshot.get(), false);
    } else {
      // Recreated. What is remembered of the one before is older than the new one.
      var grave = state.tombstone();
      long gone = grave.map(each -> each.version()).orElse(snapshot.get().version());
      end(Math.max(gone, version + 1), grave.filter(each -> each.purged()).isPresent());
    }
  }

  private void take(Snapshot snapshot, boolean reset) {
    boolean resets = reset || (slot != null && slot.reset());
    version = snapshot.version();
    createTime = snapshot.createTime();
    ended = snapshot.isDone();
    // It is of the history that holds: a read that began before it is not to take it back.
    doubted = false;
    slot = new Slot(snapshot, null, resets);
    pump();
  }

  @Override
  public void removed(long at, boolean purged) {
    // One that is older than what is known was of the operation before.
    if (!isTooEarly() && !ended && at > version) {
      end(at, purged);
    }
  }

  private void end(long at, boolean purged) {
    boolean resets = slot != null && slot.reset();
    version = at;
    ended = true;
    slot = new Slot(null, purged ? Event.Why.EXPIRED : Event.Why.DELETED, resets);
    pump();
  }

  @Override
  public void changedApart() {
    readAnew();
  }

  @Override
  public void restarted() {
    doubted = true;
    readIsVoid = reading;
    readAnew();
  }

  private void readAnew() {
    if (ended) {
      return;
    }
    if (reading) {
      readAgain = true;
    } else {
      read(hub.states().strong(key));
    }
  }

  @Override
  public void ready() {
    pump();
  }

  private void pump() {
    while (slot != null && !isClosed() && outlet.isReady()) {
      var next = slot;
      if (next.reset()) {
        slot = new Slot(next.snapshot(), next.why(), false);
        send(new Event.Reset(true, tokenAt(0, false)));
        continue;
      }
      slot = null;
      send(event(next));
      if (ended) {
        outlet.end();
        return;
      }
    }
    endBurst();
  }

  private Event event(Slot next) {
    var snapshot = next.snapshot();
    if (snapshot != null) {
      return hub.changed(snapshot, () -> tokenAt(version, ended));
    }
    var why = next.why() == Event.Why.EXPIRED ? Event.Why.EXPIRED : Event.Why.DELETED;
    return new Event.Gone(key.name(), why, version, tokenAt(version, true));
  }

  private String tokenAt(long sent, boolean end) {
    var created = createTime == null ? Instant.EPOCH : createTime;
    return new OperationToken(hub.epoch(), sent, created, end).encoded(hub.keys(), bound(key));
  }

  /** What its tokens are bound to. */
  static String bound(OperationKey key) {
    return key.text();
  }

  @Override
  Optional<String> token() {
    // A token for what waits in the slot would pass over it.
    return version == 0 || slot != null ? Optional.empty() : Optional.of(tokenAt(version, ended));
  }

  @Override
  boolean isSynced() {
    return slot == null && !doubted;
  }

  @Override
  void released() {
    slot = null;
    if (interest != null) {
      interest.close();
    }
  }
}
