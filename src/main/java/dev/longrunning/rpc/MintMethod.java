package dev.longrunning.rpc;

import dev.longrunning.auth.Identity;
import dev.longrunning.auth.Policy;
import dev.longrunning.auth.Ticket;
import dev.longrunning.auth.WatchTokens;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Access;
import dev.longrunning.profile.Candidates;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import dev.longrunning.v1.MintWatchTokenRequest;
import dev.longrunning.v1.MintWatchTokenResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The row that lends who may watch something a token for just that.
 *
 * <p><b>Promise.</b> A token ends no later than the credential that it was made with.
 */
public final class MintMethod {
  static final Duration LIFETIME_MIN = Duration.ofSeconds(10);
  static final Duration LIFETIME_MAX = Duration.ofHours(1);
  private static final Duration LIFETIME = Duration.ofMinutes(10);

  private final WatchTokens tokens;
  private final Supplier<Policy> policy;
  private final InstantSource clock;

  private MintMethod(WatchTokens tokens, Supplier<Policy> policy, InstantSource clock) {
    this.tokens = tokens;
    this.policy = policy;
    this.clock = clock;
  }

  public static Method<MintWatchTokenRequest, MintWatchTokenResponse> of(
      WatchTokens tokens, Supplier<Policy> policy, InstantSource clock) {
    var mint = new MintMethod(tokens, policy, clock);
    Subject<MintWatchTokenRequest> subject = new Watchable();
    var collections = Guard.on(WatcherMethods.WATCH_COLLECTION, StandardMethod.LIST, subject);
    return new Method<>(
        WatcherMethods.SERVICE,
        "MintWatchToken",
        MintWatchTokenRequest.getDefaultInstance(),
        MintWatchTokenResponse.getDefaultInstance(),
        List.of(),
        Guard.on(WatcherMethods.WATCH_OPERATION, StandardMethod.GET, subject)
            .orOnCollections(collections),
        new CheckedHandler<>(mint::mint));
  }

  /** An operation, or else a collection. */
  private record Watchable() implements Subject<MintWatchTokenRequest> {
    @Override
    public Profile service(Call call, MintWatchTokenRequest request) {
      var operation = ofOperation(call.services(), request);
      return operation.orElseGet(
          () -> call.services().ofCollection(request.getService(), request.getName()));
    }

    private static Optional<Profile> ofOperation(
        Candidates services, MintWatchTokenRequest request) {
      return Optional.of(services.meantByOperation(request.getService(), request.getName()))
          .filter(service -> service.names().isName(request.getName()));
    }

    @Override
    public Target target(Profile service, MintWatchTokenRequest request) {
      String name = request.getName();
      if (service.names().isName(name)) {
        return Subject.operation(service, name);
      }
      if (service.lists().areNamedByFilter()) {
        throw Problem.invalid("name", name, "an operation: collections are named by filters here");
      }
      return new Target.Collections(
          service, service.lists().collections("name", name, Optional.empty()));
    }
  }

  private Future<Reply> mint(Call call, MintWatchTokenRequest request) {
    if (request.getCookie() && call.transport() == Call.Transport.GRPC) {
      throw Problem.invalid("cookie", true, "over HTTP only");
    }
    if (request.getCookie() && request.getName().indexOf(';') >= 0) {
      throw Problem.invalid("cookie", true, "only for names without ';': its path ends there");
    }
    var watchable = new Watchable();
    var service = watchable.service(call, request);
    var ticket = ticket(watchable.target(service, request));
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var lifetime = Decoding.duration(request.hasLifetime(), request.getLifetime()).orElse(LIFETIME);
    var expires = earlier(now.plus(lifetime), call.identity().credential().expires());
    String token = tokens.mint(lent(call.identity(), service), ticket, expires);
    var response = MintWatchTokenResponse.newBuilder();
    response.getExpireTimeBuilder().setSeconds(expires.getEpochSecond());
    if (request.getCookie()) {
      var cookie = new WatchCookie(token, Duration.between(now, expires));
      return Future.succeededFuture(Reply.of(response.build()).with(cookie));
    }
    return Future.succeededFuture(Reply.of(response.setToken(token).build()));
  }

  private static Ticket ticket(Target target) {
    String service = target.service().id();
    return target instanceof Target.Collections collections
        ? new Ticket(service, collections.pattern().text(), true)
        : new Ticket(service, target.name(), false);
  }

  private static Instant earlier(Instant wanted, Optional<Instant> latest) {
    return latest.filter(end -> end.isBefore(wanted)).orElse(wanted);
  }

  /** With the groups and scopes that can matter: others only make the token longer. */
  private Identity lent(Identity caller, Profile service) {
    var asked = new HashSet<String>();
    for (var method : List.of(StandardMethod.GET, StandardMethod.LIST)) {
      Optional.ofNullable(service.methods().get(method))
          .map(Access::scopes)
          .ifPresent(asked::addAll);
    }
    return new Identity(
        caller.principal(),
        policy.get().meaningful(caller.groups()),
        caller.scopes().map(scopes -> common(scopes, asked)),
        caller.credential());
  }

  private static Set<String> common(Set<String> some, Set<String> others) {
    var both = new HashSet<>(some);
    both.retainAll(others);
    return both;
  }
}
