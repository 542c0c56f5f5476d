package dev.longrunning.rpc;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
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
  private final Map<String, Row<?, ?>> rows;
  private final Map<String, Row<?, ?>> byPath = new HashMap<>();

  private MethodTable(Map<String, Row<?, ?>> rows) {
    this.rows = rows;
    rows.forEach((name, row) -> byPath.put('/' + name, row));
  }

  /** Takes the rows, or throws if two have the same name. */
  public static MethodTable of(List<? extends Row<?, ?>> all) {
    var rows = new LinkedHashMap<String, Row<?, ?>>();
    for (var row : all) {
      if (rows.putIfAbsent(row.fullName(), row) != null) {
        throw new IllegalStateException("two rows of the method table: " + row.fullName());
      }
    }
    return new MethodTable(rows);
  }

  /** Finds a row by {@code package.Service/Method}. */
  public Optional<Row<?, ?>> find(String fullName) {
    return Optional.ofNullable(rows.get(fullName));
  }

  /** Finds a row by the path of gRPC: its name after a slash. */
  public Optional<Row<?, ?>> atPath(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  public Collection<Row<?, ?>> rows() {
    return Collections.unmodifiableCollection(rows.values());
  }
}
