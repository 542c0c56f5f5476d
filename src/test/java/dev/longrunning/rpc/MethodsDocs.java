package dev.longrunning.rpc;

import dev.longrunning.auth.Policy;
import dev.longrunning.auth.WatchTokens;
import dev.longrunning.observe.Readiness;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.profile.Services;
import dev.longrunning.service.Fixture;
import dev.longrunning.types.TestTypes;
import dev.longrunning.watch.TestHub;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;

/** The methods that {@code docs/api.md} must have. */
public final class MethodsDocs {
  private MethodsDocs() {}

  /** The rows of further verbs, which services have and {@code docs/services.md}. */
  public static Collection<Method<?, ?>> signals(Services services) {
    return SignalMethods.of(new Fixture().operations, services);
  }

  public static Collection<Row<?, ?>> methods() {
    var rows = new ArrayList<Row<?, ?>>(new Rows().withStreams());
    rows.addAll(WatcherMethods.of(TestHub.idle(), TestTypes.filters()));
    var keys = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
    var tokens = new WatchTokens(() -> keys, InstantSource.system());
    rows.add(MintMethod.of(tokens, () -> Policy.NONE, InstantSource.system()));
    return StandardMethods.with(rows, new Readiness(), Runnable::run).rows();
  }
}
