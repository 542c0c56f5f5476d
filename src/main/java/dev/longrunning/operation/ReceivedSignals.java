package dev.longrunning.operation;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The signals that an operation has received: of each verb when it came last.
 *
 * <p><b>Promise.</b> Immutable.
 *
 * <p><b>Bounds.</b> As many as its service has verbs.
 */
public record ReceivedSignals(Map<String, Instant> times) {
  public static final ReceivedSignals NONE = new ReceivedSignals(Map.of());

  /** One of them. */
  public record Received(String verb, Instant time) {}

  public ReceivedSignals {
    times = Map.copyOf(times);
  }

  /** These and a newer one. */
  ReceivedSignals and(String verb, Instant time) {
    var more = new HashMap<>(times);
    more.put(verb, time);
    return new ReceivedSignals(more);
  }

  /**
   * Those that came after {@code heard}, oldest first.
   *
   * @param heard empty: all of them
   */
  public List<Received> after(Optional<Instant> heard) {
    if (times.isEmpty()) {
      // So it is of most operations, each time that one is written.
      return List.of();
    }
    return times.entrySet().stream()
        .filter(each -> heard.isEmpty() || each.getValue().isAfter(heard.get()))
        .map(each -> new Received(each.getKey(), each.getValue()))
        .sorted(Comparator.comparing(Received::time).thenComparing(Received::verb))
        .toList();
  }
}
