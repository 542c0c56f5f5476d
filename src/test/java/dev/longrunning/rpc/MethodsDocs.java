package dev.longrunning.rpc;

import dev.longrunning.observe.Readiness;
import java.util.Collection;
import java.util.List;

/** The methods that {@code docs/api.md} must have. */
public final class MethodsDocs {
  private MethodsDocs() {}

  public static Collection<Row<?, ?>> methods() {
    return StandardMethods.with(List.copyOf(new Rows().all()), new Readiness(), Runnable::run)
        .rows();
  }
}
