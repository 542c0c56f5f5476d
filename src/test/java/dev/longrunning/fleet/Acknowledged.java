package dev.longrunning.fleet;

import dev.longrunning.fleet.Ledger.Kind;
import dev.longrunning.fleet.Ledger.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One watcher's history beside what was acknowledged: at the first bookmark of each stream that
 * says {@code synced}, the watcher has all that was acknowledged before the stream was asked for.
 */
final class Acknowledged {
  private final History history;
  private final Truth truth;
  private final List<Write> writes;
  private final History.Fold fold = new History.Fold();

  /** By name, of those that were acknowledged before the present stream. */
  private final Map<String, Write> newest = new HashMap<>();

  /**
   * Who asks for changes only is told of what is asked for after this. What was asked for before
   * and acknowledged after may have been applied before the stream began.
   */
  private final long begin;

  private int next;

  Acknowledged(History history, Ledger ledger, Truth truth) {
    this.history = history;
    this.truth = truth;
    this.writes =
        ledger.acknowledged().stream()
            .filter(write -> history.subject().holds(write.life.name()))
            .toList();
    this.begin =
        history.all().stream()
            .filter(seen -> history.subject().changesOnly() && seen.isSynced())
            .mapToLong(Seen::at)
            .findFirst()
            .orElse(0);
  }

  List<String> missingAtBookmarks() {
    var missing = new ArrayList<String>();
    boolean due = false;
    for (int i = 0; i < history.all().size(); i++) {
      var seen = history.all().get(i);
      if (seen.kind() == Seen.Kind.CONNECTED) {
        acknowledgedBefore(seen.at());
        due = true;
      }
      fold.add(seen);
      if (due && seen.isSynced()) {
        due = false;
        int place = i;
        newest.values().stream()
            .filter(this::isMissing)
            .forEach(write -> missing.add(write + " " + history.around(place, name(write))));
      }
    }
    return missing;
  }

  private void acknowledgedBefore(long at) {
    while (next < writes.size() && writes.get(next).acknowledgedAt() < at) {
      var write = writes.get(next++);
      if (write.begunAt > begin) {
        newest.put(name(write), write);
      }
    }
  }

  private boolean isMissing(Write write) {
    var held = fold.held().get(name(write));
    if (write.kind == Kind.DELETE) {
      // It is not there, or another one of its name is.
      return held != null
          && held.write() <= write.number
          && truth.isRemovedFrom(name(write), held.version());
    }
    boolean older = fold.newest(name(write)) < write.version();
    // One that is not there may have been removed before the stream came to it.
    boolean removed = held == null && truth.isRemovedFrom(name(write), write.version());
    return older && !removed && truth.has(name(write), write.version());
  }

  private static String name(Write write) {
    return write.life.name();
  }
}
