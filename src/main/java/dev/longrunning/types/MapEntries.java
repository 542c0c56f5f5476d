package dev.longrunning.types;

import dev.longrunning.filter.Fields;
import dev.longrunning.filter.Value;
import java.util.Map;

/** The entries of a map or a struct; a key of another type is its text. */
record MapEntries(Map<String, Value> entries) implements Fields {
  @Override
  public Value field(String name) {
    return entries.getOrDefault(name, Value.absent());
  }

  @Override
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  @Override
  public boolean isEmpty() {
    return entries.isEmpty();
  }
}
