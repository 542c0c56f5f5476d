package dev.longrunning.service;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;

/**
 * What waits, by who called: callers take turns, and what one of them has waiting leaves in the
 * order it came.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Those of who adds; a caller of whom nothing waits takes no memory.
 */
public final class CallerTurns<T> {
  /** The caller whose turn is next comes first. None is empty. */
  private final LinkedHashMap<String, ArrayDeque<T>> callers = new LinkedHashMap<>();

  public boolean isEmpty() {
    return callers.isEmpty();
  }

  public void add(String caller, T waiting) {
    callers.computeIfAbsent(caller, first -> new ArrayDeque<>()).add(waiting);
  }

  /** The one whose turn is next; there must be one. */
  public T first() {
    return callers.values().iterator().next().element();
  }

  /** Takes out the one whose turn is next; there must be one. */
  public T remove() {
    var turns = callers.entrySet().iterator();
    var next = turns.next();
    turns.remove();
    var first = next.getValue().remove();
    if (!next.getValue().isEmpty()) {
      callers.put(next.getKey(), next.getValue());
    }
    return first;
  }
}
