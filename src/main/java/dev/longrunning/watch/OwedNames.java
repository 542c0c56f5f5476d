package dev.longrunning.watch;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names whose newest change, of those that a watch has come past, was passed over: until the later
 * one is told, the watcher does not hold everything.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> The changes of one look at the log: the next ones bring what is owed.
 */
final class OwedNames {
  private @Nullable Set<String> names;

  boolean isEmpty() {
    return names == null;
  }

  /** The watch came past this. */
  void told(Item item) {
    if (item.isPassedOver()) {
      names = names == null ? new HashSet<>() : names;
      names.add(item.name());
    } else if (names != null && names.remove(item.name()) && names.isEmpty()) {
      names = null;
    }
  }

  void clear() {
    names = null;
  }
}
