package dev.longrunning.rpc;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What one caller asks of one event loop: how many of its calls are worked on, and those that wait.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> Those of {@link Admission}, which adds and removes.
 */
final class CallerLoad {
  /** Calls that are worked on. */
  int working;

  /** The most calls it had at a time in this window and the last. */
  int demand;

  /** Whether it is among the callers that take turns. */
  boolean hasTurn;

  private int peak;
  private final LinkedHashSet<WaitingCall<?>> inOrder = new LinkedHashSet<>();
  private final TreeSet<WaitingCall<?>> byDeadline =
      new TreeSet<>(
          Comparator.<WaitingCall<?>>comparingLong(WaitingCall::deadlineMillis)
              .thenComparingLong(WaitingCall::number));

  private long added;

  int calls() {
    return working + inOrder.size();
  }

  int waiting() {
    return inOrder.size();
  }

  boolean isWaiting() {
    return !inOrder.isEmpty();
  }

  /** The one that came first; there must be one. */
  WaitingCall<?> first() {
    return inOrder.iterator().next();
  }

  /** The one that is the least likely to be in time. */
  Optional<WaitingCall<?>> earliestDeadline() {
    return byDeadline.isEmpty() ? Optional.empty() : Optional.of(byDeadline.first());
  }

  void add(WaitingCall<?> call) {
    call.putNumber(added++);
    inOrder.add(call);
    byDeadline.add(call);
  }

  void remove(WaitingCall<?> call) {
    inOrder.remove(call);
    byDeadline.remove(call);
  }

  /** Takes note of how many calls it has now. */
  void noteCalls() {
    peak = Math.max(peak, calls());
    demand = Math.max(demand, peak);
  }

  /** From here on only what it had in the window that ends, and has later, counts. */
  void endWindow() {
    demand = Math.max(peak, calls());
    peak = calls();
  }
}
