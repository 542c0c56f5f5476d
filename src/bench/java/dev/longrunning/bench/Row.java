package dev.longrunning.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * A case of a stage, and what each round of it gave.
 *
 * @param unit such as {@code calls/s} or {@code ms}
 */
public record Row(String name, String unit, List<Double> values) {
  public Row {
    values = List.copyOf(values);
    if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
      throw new IllegalStateException(
          name + ": got " + values + ", allowed finite values, one at least");
    }
  }

  Row with(double value) {
    var more = new ArrayList<>(values);
    more.add(value);
    return new Row(name, unit, more);
  }

  public double median() {
    return median(values);
  }

  public double min() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  public double max() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
