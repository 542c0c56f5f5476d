package dev.longrunning.rpc;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The callers of one event loop who have called lately, and how much each asked for.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> One entry a caller who has a call, or had one in the last two windows.
 */
final class CallerLoads {
  /** Who has called within one to two of these counts as one who calls. */
  static final long WINDOW_MILLIS = 100;

  private final Map<String, CallerLoad> callers = new HashMap<>();

  /** The sum of {@link CallerLoad#demand} over all callers. */
  private int demand;

  private CallerLoad busiest = new CallerLoad();

  /** Before any time there is: where it begins is anywhere. */
  private long windowEndsMillis = Long.MIN_VALUE;

  CallerLoad of(String caller) {
    return callers.computeIfAbsent(caller, key -> new CallerLoad());
  }

  Collection<CallerLoad> all() {
    return callers.values();
  }

  /** What all others have asked for lately. */
  int demandBeside(CallerLoad caller) {
    return demand - caller.demand;
  }

  /** Takes note of the calls that a caller has now. */
  void note(CallerLoad caller) {
    int before = caller.demand;
    caller.noteCalls();
    demand += caller.demand - before;
    if (caller.waiting() > busiest.waiting()) {
      busiest = caller;
    }
  }

  /** One with as many calls waiting as any, or nearly. */
  CallerLoad busiest() {
    if (!busiest.isWaiting()) {
      for (var caller : callers.values()) {
        if (caller.waiting() > busiest.waiting()) {
          busiest = caller;
        }
      }
    }
    return busiest;
  }

  /** Forgets what was asked for too long ago. */
  void endWindows(long nowMillis) {
    if (nowMillis < windowEndsMillis) {
      return;
    }
    boolean longAgo = nowMillis >= windowEndsMillis + WINDOW_MILLIS;
    for (var all = callers.values().iterator(); all.hasNext(); ) {
      var caller = all.next();
      demand -= caller.demand;
      caller.endWindow();
      if (longAgo) {
        caller.endWindow();
      }
      demand += caller.demand;
      if (caller.demand == 0) {
        all.remove();
      }
    }
    busiest = new CallerLoad();
    windowEndsMillis = nowMillis + WINDOW_MILLIS;
  }
}
