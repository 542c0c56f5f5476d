package dev.longrunning.app;

import dev.longrunning.auth.Policy;
import dev.longrunning.auth.WatchTokens;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.Services;
import dev.longrunning.rpc.Callers;
import dev.longrunning.rpc.ShownCredentials;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How it is found out who calls, and what they may do.
 *
 * @param known who callers are
 * @param live what they may do; empty: everything
 */
record CallerWiring(Authenticators known, Optional<LivePolicy> live) implements Reloading.Files {
  /** Reads what the settings name; blocks. */
  static CallerWiring read(
      AuthSettings settings, Services services, Vertx vertx, InstantSource clock)
      throws StartFault {
    Optional<LivePolicy> policy = Optional.empty();
    if (settings.policy().isPresent()) {
      var ids = services.profiles().stream().map(Profile::id).collect(Collectors.toSet());
      policy = Optional.of(LivePolicy.read(settings.policy().get(), ids));
    }
    return new CallerWiring(Authenticators.read(settings, vertx, clock), policy);
  }

  /** Asks those of the calling event loop who they are. */
  Callers ofThisLoop(Vertx vertx, WatchTokens tokens) {
    var authentication = known.ofThisLoop(vertx, List.of(tokens));
    return authentication.asks()
        ? new Callers(new ShownCredentials(authentication, tokens))
        : Callers.UNASKED;
  }

  /** What callers may do, as of now. */
  Supplier<Policy> policy() {
    return () -> live.map(LivePolicy::get).orElse(Policy.NONE);
  }

  @Override
  public void check(boolean asked) {
    known.check(asked);
    live.ifPresent(policy -> policy.check(asked));
  }
}
