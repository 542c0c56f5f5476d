package dev.longrunning.feed;

import dev.longrunning.operation.OperationKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those on one event loop who follow single operations.
 *
 * <p><b>Threads.</b> Confined to one event loop, but for {@link #operations}.
 *
 * <p><b>Bounds.</b> None of its own: each belongs to a call or a stream that was let in.
 */
final class Followers {
  private final Loop loop;
  private final SharedInterest interest;

  /** The one that came last of each operation; the others are linked behind it. */
  private final Map<OperationKey, Registration> newest = new HashMap<>();

  private volatile int operations;

  Followers(Loop loop, SharedInterest interest) {
    this.loop = loop;
    this.interest = interest;
  }

  /** How many operations are followed here; from any thread. */
  int operations() {
    return operations;
  }

  States.Interest add(OperationKey key, Follower follower) {
    var registration = new Registration(key, follower);
    var older = newest.put(key, registration);
    registration.older = older;
    if (older != null) {
      older.newer = registration;
    }
    operations = newest.size();
    interest.add(key);
    return registration;
  }

  private final class Registration implements States.Interest {
    private final OperationKey key;
    private final Follower follower;
    private @Nullable Registration older;
    private @Nullable Registration newer;
    private boolean closed;

    Registration(OperationKey key, Follower follower) {
      this.key = key;
      this.follower = follower;
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      if (newer != null) {
        newer.older = older;
      } else if (older != null) {
        newest.put(key, older);
      } else {
        newest.remove(key);
        operations = newest.size();
      }
      if (older != null) {
        older.newer = newer;
      }
      // Its own links stay: whoever is walking along them finds on.
      interest.remove(key);
    }
  }

  void told(Delta delta) {
    if (newest.isEmpty()) {
      return;
    }
    if (delta.reset()) {
      List.copyOf(newest.keySet()).forEach(key -> tell(key, Follower::restarted));
      return;
    }
    for (var batch : delta.batches()) {
      for (var change : batch.changes()) {
        tell(batch, change);
      }
    }
  }

  private void tell(AppliedBatch batch, AppliedChange change) {
    var state = change.state();
    if (change.isRemoval()) {
      tell(change.key(), each -> each.removed(batch.revision(), change.isPurge()));
    } else if (state != null) {
      tell(change.key(), each -> each.changed(state));
    } else if (change.apart()) {
      tell(change.key(), Follower::changedApart);
    }
  }

  private void tell(OperationKey key, Consumer<Follower> what) {
    for (var each = newest.get(key); each != null; each = each.older) {
      if (!each.closed) {
        // Guarded: one that fails keeps no other from hearing.
        var follower = each.follower;
        loop.guarded(() -> what.accept(follower));
      }
    }
  }
}
