package dev.longrunning.rpc;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * How many calls each caller holds open on one event loop that cost next to nothing until something
 * happens: streams, and calls that wait.
 *
 * <p><b>Promise.</b> What was taken and is given back adds up; a caller without such calls takes no
 * memory.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> {@link AdmissionSettings#callerHeldMax} of one caller.
 */
final class HeldCalls {
  private final IntSupplier max;
  private final Map<String, Integer> counts = new HashMap<>();

  HeldCalls(IntSupplier max) {
    this.max = max;
  }

  /** Whether the caller may hold one more; if so, it is counted. */
  boolean take(String caller) {
    int held = counts.getOrDefault(caller, 0);
    if (held >= max.getAsInt()) {
      return false;
    }
    counts.put(caller, held + 1);
    return true;
  }

  void give(String caller) {
    counts.computeIfPresent(caller, (key, held) -> held == 1 ? null : Integer.valueOf(held - 1));
  }
}
