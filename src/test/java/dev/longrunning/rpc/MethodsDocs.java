package dev.longrunning.rpc;

import dev.longrunning.observe.Readiness;
import dev.longrunning.types.TestTypes;
import dev.longrunning.watch.TestHub;
import java.util.ArrayList;
import java.util.Collection;

/** The methods that {@code docs/api.md} must have. */
public final class MethodsDocs {
  private MethodsDocs() {}

  public static Collection<Row<?, ?>> methods() {
    var rows = new ArrayList<Row<?, ?>>(new Rows().withStreams());
    rows.addAll(WatcherMethods.of(TestHub.idle(), TestTypes.filters()));
    return StandardMethods.with(rows, new Readiness(), Runnable::run).rows();
  }
}
