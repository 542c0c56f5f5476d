package dev.longrunning.connection;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * A count for each constant of an enum.
 *
 * <p><b>Threads.</b> Any.
 */
final class Tally<E extends Enum<E>> {
  private final Map<E, LongAdder> counts;

  Tally(Class<E> type) {
    counts = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      counts.put(constant, new LongAdder());
    }
  }

  void add(E constant, int change) {
    count(constant).add(change);
  }

  long sum(E constant) {
    return count(constant).sum();
  }

  private LongAdder count(E constant) {
    return Objects.requireNonNull(counts.get(constant), "all constants are there");
  }
}
