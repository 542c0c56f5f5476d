package dev.longrunning.observe;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/**
 * What several parts tell of themselves under one name, by the values of its labels.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> Grows at the start only: one entry a part.
 */
final class Sums {
  private final Map<List<String>, List<DoubleSupplier>> parts = new ConcurrentHashMap<>();

  /** Takes the sum of one series. */
  @FunctionalInterface
  interface Taker {
    void take(double sum, String... labelValues);
  }

  void add(List<String> labelValues, DoubleSupplier value) {
    parts.computeIfAbsent(labelValues, absent -> new CopyOnWriteArrayList<>()).add(value);
  }

  void forEach(Taker taker) {
    parts.forEach(
        (labelValues, values) ->
            taker.take(
                values.stream().mapToDouble(DoubleSupplier::getAsDouble).sum(),
                labelValues.toArray(String[]::new)));
  }
}
