package dev.longrunning.rpc;

import dev.longrunning.operation.Problem.Violation;
import java.util.List;

/** What one field of a request may hold. */
@FunctionalInterface
interface Bound {
  /**
   * Adds what is wrong with {@code value} to {@code faults}.
   *
   * @param path the field as the proto spells it, below the request
   * @param value as protobuf's reflection gives it; a message that is not set never comes here
   */
  void check(String path, Object value, List<Violation> faults);

  /** Both must hold. */
  default Bound and(Bound other) {
    return (path, value, faults) -> {
      int before = faults.size();
      check(path, value, faults);
      // One fault a field: the second bound may rely on the first.
      if (faults.size() == before) {
        other.check(path, value, faults);
      }
    };
  }
}
