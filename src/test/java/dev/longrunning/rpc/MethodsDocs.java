package dev.longrunning.rpc;

import dev.longrunning.observe.Readiness;
import java.util.Collection;

/** The methods that {@code docs/api.md} must have. */
public final class MethodsDocs {
  private MethodsDocs() {}

  public static Collection<Row<?, ?>> methods() {
    return StandardMethods.with(new Rows().withStreams(), new Readiness(), Runnable::run).rows();
  }
}
