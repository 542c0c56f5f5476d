package dev.longrunning.rpc;

import java.util.List;

/** The methods that {@code docs/api.md} must have. */
public final class MethodsDocs {
  private MethodsDocs() {}

  public static List<Method<?, ?>> methods() {
    return new Rows().all();
  }
}
