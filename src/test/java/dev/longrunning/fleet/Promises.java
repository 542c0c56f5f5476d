package dev.longrunning.fleet;

import dev.longrunning.fleet.Ledger.Kind;
import dev.longrunning.fleet.Ledger.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What watchers saw, held against what was written and what there is in the end. Each check answers
 * with the breaches of one promise, with what the watcher saw before.
 */
final class Promises {
  private static final int BREACHES_MAX = 10;

  private final List<History> histories;
  private final Ledger ledger;
  private final Truth truth;

  Promises(List<History> histories, Ledger ledger, Truth truth) {
    this.histories = histories;
    this.ledger = ledger;
    this.truth = truth;
  }

  /** Looks at one thing that was seen, with what the watcher held before. */
  private interface Look {
    boolean isBreach(History history, int place, Seen seen, History.Fold before);
  }

  private List<String> breaches(Look look) {
    var breaches = new ArrayList<String>();
    for (var history : histories) {
      var fold = new History.Fold();
      for (int i = 0; i < history.all().size() && breaches.size() < BREACHES_MAX; i++) {
        var seen = history.all().get(i);
        if (look.isBreach(history, i, seen, fold)) {
          breaches.add(history.around(i, seen.name()));
        }
        fold.add(seen);
      }
    }
    return breaches;
  }

  /** Versions of an operation never shrink, but over a reset. */
  List<String> shrunkVersions() {
    return breaches(
        (history, place, seen, before) ->
            seen.isNews() && seen.version() < before.newest(seen.name()));
  }

  /** From the first synced bookmark to a reset no version comes twice; for one operation never. */
  List<String> repeatedVersions() {
    var breaches = new ArrayList<String>();
    for (var history : histories) {
      var fold = new History.Fold();
      boolean unique = history.subject().single();
      for (int i = 0; i < history.all().size(); i++) {
        var seen = history.all().get(i);
        if (unique && seen.isNews() && seen.version() == fold.newest(seen.name())) {
          breaches.add(history.around(i, seen.name()));
        }
        unique |= seen.isSynced();
        unique &= seen.kind() != Seen.Kind.RESET || history.subject().single();
        fold.add(seen);
      }
    }
    return breaches.subList(0, Math.min(BREACHES_MAX, breaches.size()));
  }

  /** Whoever saw a version of an operation saw the same state. */
  List<String> differentStatesOfAVersion() {
    Map<String, Integer> states = new HashMap<>();
    return breaches(
        (history, place, seen, before) -> {
          String version = seen.name() + ' ' + seen.version();
          return seen.kind() == Seen.Kind.CHANGED
              && states.computeIfAbsent(version, first -> seen.state()) != seen.state();
        });
  }

  /** Every state was written, at the version that was acknowledged for it. */
  List<String> statesThatNobodyWrote() {
    return breaches(
        (history, place, seen, before) -> {
          var write = ledger.write(seen.write());
          return seen.kind() == Seen.Kind.CHANGED && (write == null || !explains(write, seen));
        });
  }

  /** An attempt of which nothing is known may have been applied, too. */
  private boolean explains(Write write, Seen seen) {
    boolean same =
        write.life.name().equals(seen.name()) && seen.done() == (write.kind == Kind.COMPLETE);
    return same
        && (write.version() == 0
            || write.version() == seen.version()
            || truth.isLost(seen.name(), seen.version())
            || truth.isLost(seen.name(), write.version())
            || (!write.guarded && write.attempts() > 1));
  }

  /** What is not part of the history that holds is lost, and was taken back by a reset. */
  List<String> statesThatNeverWere() {
    return breaches(
        (history, place, seen, before) ->
            seen.kind() == Seen.Kind.CHANGED
                && !isTrue(seen)
                && !(truth.isLost(seen.name(), seen.version()) && isTakenBack(history, place)));
  }

  private boolean isTrue(Seen seen) {
    return truth.has(seen.name(), seen.version()) && !truth.isRemoval(seen.name(), seen.version());
  }

  /** Also by the end of the stream, after which nothing more is said. */
  private static boolean isTakenBack(History history, int place) {
    return history.all().subList(place, history.all().size()).stream()
        .anyMatch(later -> later.kind() == Seen.Kind.RESET || later.kind() == Seen.Kind.ENDED);
  }

  /** How many states were seen that are lost. */
  long lostStates() {
    return histories.stream()
        .flatMap(history -> history.all().stream())
        .filter(seen -> seen.kind() == Seen.Kind.CHANGED && !isTrue(seen))
        .count();
  }

  /** What is told to be gone was removed at that version, for that reason, unless that is lost. */
  List<String> removalsThatNeverWere() {
    return breaches(
        (history, place, seen, before) ->
            seen.kind() == Seen.Kind.GONE
                && !(history.subject().single()
                    ? isRemovedAfter(seen, before.newest(seen.name()))
                    : isRemovedAt(history, place, seen)));
  }

  private boolean isRemovedAt(History history, int place, Seen seen) {
    boolean purged = seen.word().equals("EXPIRED");
    boolean lost = truth.isLost(seen.name(), seen.version()) && isTakenBack(history, place);
    return lost
        || (truth.isRemoval(seen.name(), seen.version())
            && truth.isPurge(seen.name(), seen.version()) == purged);
  }

  /** One who comes back later is told of the removal that is remembered, which may be a later. */
  private boolean isRemovedAfter(Seen seen, long version) {
    boolean purged = seen.word().equals("EXPIRED");
    return truth.isLost(seen.name(), version)
        || truth.isRemovedFrom(seen.name(), version, purged)
        || ledger.isInLoss(seen.at());
  }

  /** In the end everybody holds what the table holds. */
  List<String> foldsThatAreNotTheTable() {
    var breaches = new ArrayList<String>();
    for (var history : histories) {
      if (!history.subject().single()) {
        var difference = difference(history, truth.table());
        if (!difference.isEmpty()) {
          breaches.add(history.subject() + ": " + difference);
        }
      }
    }
    return breaches;
  }

  /** What somebody holds that the table does not, or the other way round. */
  static Map<String, String> difference(History history, Map<String, Long> table) {
    var difference = new HashMap<String, String>();
    var held = history.fold().held();
    held.forEach(
        (name, seen) -> {
          if (!Objects.equals(table.get(name), seen.version())) {
            difference.put(name, "held " + seen.version() + ", is " + table.get(name));
          }
        });
    table.forEach(
        (name, version) -> {
          boolean expected = history.subject().holds(name) && !history.subject().changesOnly();
          if (expected && !held.containsKey(name)) {
            difference.put(name, "not held, is " + version);
          }
        });
    return difference;
  }

  /** A stream that is in step for the first time has all that was acknowledged before it began. */
  List<String> syncedWithoutWhatWasAcknowledged() {
    var breaches = new ArrayList<String>();
    histories.stream()
        .filter(history -> !history.subject().single())
        .map(history -> new Acknowledged(history, ledger, truth))
        .forEach(each -> breaches.addAll(each.missingAtBookmarks()));
    return breaches.subList(0, Math.min(BREACHES_MAX, breaches.size()));
  }

  /** What was acknowledged is there, but for what was while a standby lacked it. */
  List<String> lostAcknowledgements() {
    return ledger.acknowledged().stream()
        .filter(write -> !ledger.isInLoss(write.acknowledgedAt()))
        .filter(write -> !isThere(write))
        .map(Write::toString)
        .limit(BREACHES_MAX)
        .toList();
  }

  private boolean isThere(Write write) {
    String name = write.life.name();
    var start = Objects.requireNonNull(ledger.write(write.life.number()));
    return write.kind == Kind.DELETE
        ? truth.isLost(name, start.version()) || truth.isRemovedFrom(name, start.version())
        : truth.has(name, write.version());
  }

  /** Whoever waits for the end of one operation hears of it, and of no other of its name. */
  List<String> operationsWithoutTheirEnd() {
    return breaches(
        (history, place, seen, before) -> {
          boolean last = place == history.all().size() - 1;
          return history.subject().single()
              && switch (seen.kind()) {
                case ENDED -> !last || !isEnd(history.lastNewsBefore(place));
                case MISSING -> !last || !isUnknown(seen, history.subject().name(), before);
                case CHANGED -> last || isAnotherLife(seen, before.held().get(seen.name()));
                default -> last;
              };
        });
  }

  /** Whether it never was in the history that holds, or not in the one that held then. */
  private boolean isUnknown(Seen seen, String name, History.Fold before) {
    return before.newest(name) == 0
        && (!truth.changes().containsKey(name) || ledger.isInLoss(seen.at()));
  }

  private static boolean isEnd(@Nullable Seen last) {
    return last != null && last.done();
  }

  /**
   * Who wrote the state does not tell: where history has lost the deletion of an operation and the
   * start of the next one, a producer of the next one changes the first.
   */
  private static boolean isAnotherLife(Seen seen, @Nullable Seen before) {
    return before != null && !seen.word().equals(before.word());
  }

  /**
   * Resets come from nothing but lost history.
   *
   * @param each whether every watcher of a collection has seen each loss
   */
  List<String> unexpectedResets(boolean each) {
    var breaches = new ArrayList<String>();
    for (var history : histories) {
      var resets = history.all().stream().filter(seen -> seen.kind() == Seen.Kind.RESET).toList();
      boolean rewound = resets.stream().allMatch(seen -> seen.word().equals("HISTORY_REWOUND"));
      long losses = ledger.lossesAfter(history.all().get(0).at());
      boolean counted =
          (each && !history.subject().single()) ? resets.size() == losses : resets.size() <= losses;
      if (!rewound || !counted) {
        int last =
            history.all().lastIndexOf(resets.isEmpty() ? null : resets.get(resets.size() - 1));
        breaches.add(losses + " losses, " + history.around(Math.max(0, last), ""));
      }
    }
    return breaches;
  }
}
