package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Cursors;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps a collection by watching it, and checks what it was promised at every event.
 */
final class SimCollectionClient implements SimClient, Outlet {
  private final SimHistory history;
  private final Watched watched;
  private final boolean changesOnly;
  private Memory memory = new Memory();

  /** What it had some time ago, as from a disk. */
  private Memory old = new Memory();

  private SimReplica.@Nullable Home home;
  private @Nullable Watch watch;
  private boolean reads = true;
  private boolean ready;

  /** What it holds: the versions by name, and what the stream may still say. */
  private static final class Memory {
    private final Map<String, Long> held = new HashMap<>();
    private final Map<String, Long> newest = new HashMap<>();
    private String token = "";
    private boolean synced;
    private boolean whole = true;

    Memory copy() {
      var copy = new Memory();
      copy.held.putAll(held);
      copy.newest.putAll(newest);
      copy.token = token;
      copy.synced = synced;
      copy.whole = whole;
      return copy;
    }
  }

  SimCollectionClient(SimHistory history, Watched watched, boolean changesOnly) {
    this.history = history;
    this.watched = watched;
    this.changesOnly = changesOnly;
  }

  @Override
  public boolean isConnected() {
    return watch != null || home != null;
  }

  @Override
  public void connect(SimReplica.Home to) {
    home = to;
    ready = reads;
    if (!memory.token.isEmpty()) {
      memory.whole = false;
    }
    to.loop()
        .now(
            () -> {
              var opened =
                  to.hub()
                      .watchCollection(
                          watched, memory.token, changesOnly && memory.token.isEmpty(), this);
              if (to.equals(home)) {
                watch = opened;
              } else {
                opened.close();
              }
            });
  }

  @Override
  public void disconnect() {
    var leaving = home;
    var closing = watch;
    home = null;
    watch = null;
    if (leaving != null && closing != null) {
      leaving.loop().now(closing::close);
    }
  }

  @Override
  public void lost(SimReplica replica) {
    if (home != null && home.replica() == replica) {
      home = null;
      watch = null;
    }
  }

  @Override
  public void remember() {
    old = memory.copy();
  }

  @Override
  public void goBack() {
    disconnect();
    memory = old.copy();
  }

  @Override
  public void forget() {
    disconnect();
    memory = new Memory();
  }

  @Override
  public void read(boolean on) {
    reads = on;
    if (!on) {
      ready = false;
    } else if (!ready) {
      ready = true;
      var there = home;
      var told = watch;
      if (there != null && told != null) {
        there.loop().now(told::ready);
      }
    }
  }

  @Override
  public boolean isReady() {
    return ready && home != null;
  }

  @Override
  public boolean showsLast() {
    return true;
  }

  @Override
  public void end() {
    throw new AssertionError("the watch of a collection ended");
  }

  @Override
  public void fail(Problem problem) {
    assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
    disconnect();
  }

  @Override
  public void send(Event event) {
    assertThat(isReady()).as("sent while it does not read").isTrue();
    memory.token = event.token();
    if (event instanceof Event.Changed changed) {
      changed(changed.snapshot());
    } else if (event instanceof Event.Gone gone) {
      gone(gone);
    } else if (event instanceof Event.Bookmark bookmark) {
      bookmark(bookmark);
    } else {
      memory.held.clear();
      memory.newest.clear();
      memory.synced = false;
      memory.whole = true;
    }
  }

  private void changed(Snapshot snapshot) {
    String name = snapshot.key().name();
    assertThat(history.has(snapshot)).as("a state that never was: %s", snapshot).isTrue();
    assertThat(watched.holds(snapshot.key(), snapshot.collection())).isTrue();
    assertThat(watched.matches().test(snapshot)).as("filtered").isTrue();
    order(name, snapshot.version());
    memory.held.put(name, snapshot.version());
  }

  private void gone(Event.Gone gone) {
    boolean filtered = gone.why() == Event.Why.FILTERED;
    if (filtered && memory.whole && !changesOnly) {
      assertThat(memory.held).as("FILTERED to names that were sent").containsKey(gone.name());
    }
    order(gone.name(), gone.version());
    memory.held.remove(gone.name());
  }

  private void order(String name, long version) {
    long newest = memory.newest.getOrDefault(name, 0L);
    if (memory.synced) {
      assertThat(version).as("unique and ordered: %s", name).isGreaterThan(newest);
    } else {
      assertThat(version).as("ordered: %s", name).isGreaterThanOrEqualTo(newest);
    }
    memory.newest.put(name, version);
  }

  private void bookmark(Event.Bookmark bookmark) {
    if (!bookmark.synced()) {
      return;
    }
    memory.synced = true;
    var token =
        CollectionToken.decoded(SimReplica.KEYS, watched.bound(), "token", bookmark.token());
    assertThat(token.snapshot()).isFalse();
    assertThat(token.place().position()).isZero();
    if (!changesOnly) {
      assertComplete(token);
    }
  }

  private void assertComplete(CollectionToken token) {
    Cursors at = token.place().cursors();
    var expected = expected(history.at(token.epoch(), at), watched);
    expected.forEach(
        (name, version) ->
            assertThat(memory.held.getOrDefault(name, memory.newest.getOrDefault(name, 0L)))
                .as("complete at %s: %s", at, name)
                .isGreaterThanOrEqualTo(version));
    memory.held.forEach(
        (name, version) -> {
          long cursor = at.at(new OperationKey(watched.service(), name).lane());
          if (version <= cursor) {
            assertThat(expected).as("no longer there: %s", name).containsEntry(name, version);
          }
        });
  }

  private static Map<String, Long> expected(Map<OperationKey, Snapshot> all, Watched watched) {
    Predicate<Snapshot> in = each -> watched.holds(each.key(), each.collection());
    return all.values().stream()
        .filter(in.and(watched.matches()))
        .collect(Collectors.toMap(each -> each.key().name(), Snapshot::version));
  }

  @Override
  public boolean isCurrent(Map<OperationKey, Snapshot> now) {
    var expected = expected(now, watched);
    if (!changesOnly) {
      return memory.synced && memory.held.equals(expected);
    }
    return memory.held.entrySet().stream()
        .allMatch(each -> each.getValue().equals(expected.get(each.getKey())));
  }

  @Override
  public String toString() {
    return "collection "
        + watched.pattern()
        + " "
        + watched.filter()
        + (changesOnly ? " changes only " : " ")
        + memory.held
        + (memory.synced ? " synced" : "")
        + (isConnected() ? "" : " disconnected");
  }
}
