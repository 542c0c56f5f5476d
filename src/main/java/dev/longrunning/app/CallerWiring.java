package dev.longrunning.app;

import dev.longrunning.auth.Policy;
import dev.longrunning.auth.WatchTokens;
import dev.longrunning.rpc.Callers;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How it is found out who calls, and what they may do.
 *
 * @param callers asks those of the calling event loop who they are
 * @param policy the one that holds now
 */
record CallerWiring(Function<WatchTokens, Callers> callers, Supplier<Policy> policy) {
  /** Nobody is asked, and everybody may do everything. */
  static final CallerWiring UNASKED =
      new CallerWiring(tokens -> Callers.UNASKED, () -> Policy.NONE);

  Callers onLoop(WatchTokens tokens) {
    return callers.apply(tokens);
  }
}
