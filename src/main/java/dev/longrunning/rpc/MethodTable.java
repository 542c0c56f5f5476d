package dev.longrunning.rpc;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The methods that this server has, by full name.
 *
 * <p><b>Promise.</b> No two rows have one name. Immutable, in the order of the rows.
 */
public final class MethodTable {
  private final Map<String, Method<?, ?>> rows;

  private MethodTable(Map<String, Method<?, ?>> rows) {
    this.rows = rows;
  }

  /** Takes the rows, or throws if two have the same name. */
  public static MethodTable of(List<? extends Method<?, ?>> methods) {
    var rows = new LinkedHashMap<String, Method<?, ?>>();
    for (var method : methods) {
      if (rows.putIfAbsent(method.fullName(), method) != null) {
        throw new IllegalStateException("two rows of the method table: " + method.fullName());
      }
    }
    return new MethodTable(rows);
  }

  /** Finds a row by {@code package.Service/Method}. */
  public Optional<Method<?, ?>> find(String fullName) {
    return Optional.ofNullable(rows.get(fullName));
  }

  public Collection<Method<?, ?>> methods() {
    return Collections.unmodifiableCollection(rows.values());
  }
}
