package dev.longrunning.watch;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Cursors;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What really happened: every state that there ever was, and what each history holds, however much
 * of it the database has forgotten.
 */
final class SimHistory {
  /** Each operation's changes by revision: its state, or null where it went. */
  private static final class Branch {
    private final Map<OperationKey, TreeMap<Long, @Nullable Snapshot>> changes = new HashMap<>();

    Branch copy(@Nullable Cursors upTo) {
      var copy = new Branch();
      changes.forEach(
          (key, all) -> {
            long last = upTo == null ? Long.MAX_VALUE : upTo.at(key.lane());
            copy.changes.put(key, new TreeMap<>(all.headMap(last, true)));
          });
      return copy;
    }
  }

  private final Map<UUID, Branch> branches = new HashMap<>();
  private final Map<OperationKey, Map<Long, Snapshot>> everything = new HashMap<>();
  private Branch live = new Branch();
  private @Nullable UUID epoch;

  /** The database is in this history now. */
  void in(UUID nonce) {
    if (!nonce.equals(epoch)) {
      epoch = nonce;
      live = live.copy(null);
      branches.put(nonce, live);
    }
  }

  /** A change was applied. */
  void changed(OperationKey key, long revision, @Nullable Snapshot after) {
    live.changes.computeIfAbsent(key, k -> new TreeMap<>()).put(revision, after);
    if (after != null) {
      everything.computeIfAbsent(key, k -> new HashMap<>()).put(revision, after);
    }
  }

  /** The database holds no more than this of what there was. */
  void rewound(Cursors heads) {
    // What was known of the history before stays as it was, for those who saw it.
    live = live.copy(heads);
    epoch = null;
  }

  /** The history that the database is in. */
  @Nullable UUID epoch() {
    return epoch;
  }

  /** The newest version of an operation that is there now; 0: there is none. */
  long version(OperationKey key) {
    var changes = live.changes.get(key);
    var last = changes == null ? null : changes.lastEntry();
    return last == null || last.getValue() == null ? 0 : last.getValue().version();
  }

  /** Whether there ever was this state. */
  boolean has(Snapshot snapshot) {
    return snapshot.equals(
        everything.getOrDefault(snapshot.key(), Map.of()).get(snapshot.version()));
  }

  /** Whether there was a state that the history which holds now never had. */
  boolean lost(OperationKey key) {
    var holds = live.changes.getOrDefault(key, new TreeMap<>());
    return !holds.keySet().containsAll(everything.getOrDefault(key, Map.of()).keySet());
  }

  /** The state at a revision. */
  @Nullable Snapshot state(OperationKey key, long version) {
    return everything.getOrDefault(key, Map.of()).get(version);
  }

  /** What a history holds at some place, by name; what went is left out. */
  Map<OperationKey, Snapshot> at(UUID nonce, Cursors cursors) {
    var fold = new HashMap<OperationKey, Snapshot>();
    branches
        .getOrDefault(nonce, new Branch())
        .changes
        .forEach(
            (key, all) -> {
              var last = all.floorEntry(cursors.at(key.lane()));
              if (last != null && last.getValue() != null) {
                fold.put(key, last.getValue());
              }
            });
    return fold;
  }
}
