package dev.longrunning.operation;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Labels, immutable and in the order of their keys: equal ones have equal serialized forms. */
final class Labels extends AbstractMap<String, String> {
  private final SortedMap<String, String> entries;

  private Labels(SortedMap<String, String> entries) {
    this.entries = entries;
  }

  /** A copy, unless {@code labels} are such already. */
  static Map<String, String> of(Map<String, String> labels) {
    if (labels.isEmpty()) {
      return Map.of();
    }
    return labels instanceof Labels
        ? labels
        : new Labels(Collections.unmodifiableSortedMap(new TreeMap<>(labels)));
  }

  @Override
  public @Nullable String get(@Nullable Object key) {
    return entries.get(key);
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    return entries.entrySet();
  }
}
