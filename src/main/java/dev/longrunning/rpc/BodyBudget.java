package dev.longrunning.rpc;

import java.util.HashMap;
import java.util.Map;

/**
 * The bytes of unfinished requests that one event loop holds.
 *
 * <p><b>Promise.</b> What was taken and is given back adds up; what does not fit is not taken. No
 * caller takes more than it leaves: whatever one does, another finds room, and a caller that holds
 * nothing takes no memory.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> {@value #BYTES_MAX} bytes: 16 requests of the largest size at a time. Without
 * it a single connection of 1,000 streams could hold 4 GiB. Of one caller 1 / {@value #CALLER_PART}
 * of what the others do not hold.
 */
public final class BodyBudget {
  static final int BYTES_MAX = 67_108_864;

  /** Half: eight requests of the largest size for a caller alone. */
  static final int CALLER_PART = 2;

  private final Map<String, Integer> callers = new HashMap<>();
  private int held;

  /** Whether a caller may hold that many bytes more; if so, they are counted. */
  public boolean take(String caller, int bytes) {
    if (bytes == 0) {
      return true;
    }
    int own = callers.getOrDefault(caller, 0);
    if (bytes > share(own) - own) {
      return false;
    }
    callers.put(caller, own + bytes);
    held += bytes;
    return true;
  }

  /** Whether a caller holds less than half of what it may. */
  boolean isAtEase(String caller) {
    int own = callers.getOrDefault(caller, 0);
    return own < share(own) / 2;
  }

  /** How much a caller may hold that holds {@code own}. */
  private int share(int own) {
    int others = held - own;
    return (BYTES_MAX - others) / CALLER_PART;
  }

  long held() {
    return held;
  }

  /** Gives back what the caller took. */
  public void give(String caller, int bytes) {
    if (bytes == 0) {
      return;
    }
    int own = callers.getOrDefault(caller, 0) - bytes;
    if (own < 0) {
      throw new IllegalStateException("more bytes of bodies were given back than taken");
    }
    held -= bytes;
    if (own == 0) {
      callers.remove(caller);
    } else {
      callers.put(caller, own);
    }
  }

  /** Callers that hold something. */
  int callers() {
    return callers.size();
  }
}
