package dev.longrunning.fleet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that one watcher did and saw, and what that leaves it with.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class History {
  private static final int SHOWN_MAX = 40;

  private final Subject subject;
  private final List<Seen> all = new ArrayList<>();
  private final Fold fold = new Fold();
  private String token = "";

  /** What was seen since the last reset, folded. */
  static final class Fold {
    private final Map<String, Seen> held = new HashMap<>();
    private final Map<String, Long> newest = new HashMap<>();

    void add(Seen seen) {
      switch (seen.kind()) {
        case CHANGED -> held.put(seen.name(), seen);
        case GONE -> held.remove(seen.name());
        case RESET -> {
          held.clear();
          newest.clear();
        }
        default -> {}
      }
      if (seen.isNews()) {
        newest.put(seen.name(), seen.version());
      }
    }

    /** The operations that are there, each as it was seen last. */
    Map<String, Seen> held() {
      return held;
    }

    /** The version that was seen last of an operation, there or gone; 0: none. */
    long newest(String name) {
      return newest.getOrDefault(name, 0L);
    }
  }

  History(Subject subject) {
    this.subject = subject;
  }

  Subject subject() {
    return subject;
  }

  List<Seen> all() {
    return all;
  }

  Fold fold() {
    return fold;
  }

  /** Continues what was seen last; empty: nothing to continue. */
  String token() {
    return token;
  }

  void add(Seen seen) {
    all.add(seen);
    fold.add(seen);
    if (!seen.token().isEmpty()) {
      token = seen.token();
    }
  }

  /** The first {@code length} things, as of a watcher that came no further. */
  History upTo(int length) {
    var part = new History(subject);
    all.subList(0, length).forEach(part::add);
    return part;
  }

  /** What it was told of an operation last before something; null: nothing. */
  @Nullable Seen lastNewsBefore(int place) {
    for (int i = place - 1; i >= 0; i--) {
      if (all.get(i).isNews()) {
        return all.get(i);
      }
    }
    return null;
  }

  /** What it saw last before something: of one operation, and its streams and resets. */
  String around(int place, String name) {
    var text = new ArrayList<String>();
    for (int i = place; i >= 0 && text.size() < SHOWN_MAX; i--) {
      var seen = all.get(i);
      boolean shown =
          switch (seen.kind()) {
            case CHANGED, GONE -> subject.single() || seen.name().equals(name);
            case BOOKMARK -> i == place;
            default -> true;
          };
      if (shown) {
        text.add(0, "\n    " + seen.toString().replaceAll(", token=.*", ""));
      }
    }
    return subject + ":" + String.join("", text);
  }
}
