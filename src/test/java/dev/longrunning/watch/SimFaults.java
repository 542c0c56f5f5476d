package dev.longrunning.watch;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** What goes wrong, and how often it did. */
final class SimFaults {
  enum Fault {
    LOST_DOORBELL,
    DELAYED_POLL,
    FAILED_CALL,
    SLOW_READER,
    FULL_CONNECTION,
    STALLED_READER,
    DISCONNECT,
    DRAIN,
    FORGOTTEN_TOKEN,
    OLD_TOKEN,
    DELETION,
    PURGE,
    RECREATION,
    LARGE_STATE,
    TRUNCATED_POLL,
    TRIMMED_LOG,
    FAILOVER,
    REWIND,
    UNNOTICED_REWIND,
    KILLED_PROCESS
  }

  private final Random random;
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

  /** Calls to the database fail for now, one in so many; 0: none. */
  private int failing;

  SimFaults(Random random) {
    this.random = random;
  }

  void happened(Fault fault) {
    counts.merge(fault, 1, Integer::sum);
  }

  void failCalls(int oneIn) {
    failing = oneIn;
  }

  private boolean holding;

  void holdPolls(boolean hold) {
    holding = hold;
  }

  boolean holdsPolls() {
    if (holding) {
      happened(Fault.DELAYED_POLL);
    }
    return holding;
  }

  boolean failsCall() {
    boolean fails = failing > 0 && random.nextInt(failing) == 0;
    if (fails) {
      happened(Fault.FAILED_CALL);
    }
    return fails;
  }

  /** Whether an event fills the connection of who reads it. */
  boolean fills() {
    boolean fills = random.nextInt(5) == 0;
    if (fills) {
      happened(Fault.FULL_CONNECTION);
    }
    return fills;
  }

  Map<Fault, Integer> counts() {
    return counts;
  }
}
