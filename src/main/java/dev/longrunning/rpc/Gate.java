package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.auth.Identity;
import dev.longrunning.auth.KeptRights;
import dev.longrunning.auth.Policy;
import dev.longrunning.auth.Requirement;
import dev.longrunning.auth.Rights;
import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Visibility;
import dev.longrunning.profile.Access;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in that their callers may make.
 *
 * <p><b>Promise.</b> One order, whatever the method and the transport: who calls is known already;
 * then scope, name, permission. What follows, validation and existence, is seen only by who passed
 * here: of an operation that somebody may not see there is no telling whether it exists.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Those of {@link KeptRights}.
 */
public final class Gate {
  /** Finds out to which collection an operation belongs, or belonged last; empty: none is known. */
  @FunctionalInterface
  public interface Whereabouts {
    Future<Optional<String>> of(OperationKey key);
  }

  private final Whereabouts whereabouts;
  private final InstantSource clock;
  private final Requirements requirements = new Requirements();
  private final KeptRights rights;

  /**
   * Makes that of one event loop.
   *
   * @param policies the one that holds now
   */
  public Gate(Supplier<Policy> policies, Whereabouts whereabouts, InstantSource clock) {
    this.rights = new KeptRights(policies);
    this.whereabouts = whereabouts;
    this.clock = clock;
  }

  /** Where nobody is asked who they are: nothing has to pass. */
  public static Gate open() {
    return new Gate(
        () -> Policy.NONE, key -> Future.succeededFuture(Optional.empty()), () -> Instant.EPOCH);
  }

  /**
   * What a caller was let in for.
   *
   * @param who could be let in
   * @param path of the service, on which the permission is asked; null: of nothing in particular
   * @param view what it may see of what it named
   */
  record Pass(
      Guard.Who who,
      Identity caller,
      Requirement requirement,
      String service,
      @Nullable String path,
      Target.@Nullable Collections collections,
      Visibility view) {
    private String where() {
      return path == null ? "" : path;
    }

    private String shown() {
      return where().isEmpty() ? service : service + '/' + where();
    }
  }

  /** Whether a call has to pass at all. */
  static boolean asks(Row<?, ?> row, Call call) {
    return call.isKnown() && row.guard().who() != Guard.Who.ANYBODY;
  }

  /**
   * Lets one request of a call in, or fails with why not.
   *
   * @return what the call passed with, at once unless only the operation says where it belongs
   */
  <Q extends Message> Future<Pass> enter(Row<Q, ?> row, Call call, Q request) {
    try {
      return admitted(row, call, request);
    } catch (Problem refusal) {
      return Future.failedFuture(Spelling.of(call.transport(), refusal));
    }
  }

  /**
   * Fails with what is wrong with a request that cannot be read, or with why its caller is not let
   * in, as far as the rest of it says.
   */
  <Q extends Message, T> Future<T> before(
      Row<Q, ?> row, Call call, RequestSource<Q> request, Problem fault) {
    return asks(row, call)
        ? request
            .outline()
            .map(outline -> enter(row, call, outline).<T>compose(in -> Future.failedFuture(fault)))
            .orElseGet(() -> Future.failedFuture(fault))
        : Future.failedFuture(fault);
  }

  private <Q extends Message> Future<Pass> admitted(Row<Q, ?> row, Call call, Q request) {
    var subject = row.guard().subject();
    if (subject == null) {
      return enter(row, call);
    }
    var guard = row.guard();
    var service = subject.service(call, request);
    checkScope(row, call.identity(), requirements.of(row, guard, service, ""));
    var target = subject.target(service, request);
    var asked = requirements.of(row, guard.of(target), service, target.name());
    if (call.identity().ticket().isPresent() && !guard.byTicket()) {
      throw CallerProblems.permissionDenied(asked.shown(), target.resource());
    }
    if (target instanceof Target.Operation operation) {
      return operation(call.identity(), asked, operation);
    }
    return Future.succeededFuture(
        target instanceof Target.Collections collections
            ? collections(call.identity(), asked, collections)
            : place(call.identity(), asked, target));
  }

  /**
   * Lets a call in that is about nothing in particular, or whose requests are judged one by one.
   */
  Future<Pass> enter(Row<?, ?> row, Call call) {
    var who = row.guard().who();
    var pass = new Pass(who, call.identity(), requirements.of(row), "", null, null, Visibility.ALL);
    boolean may = call.identity().ticket().isEmpty() && isHeld(pass);
    return may ? Future.succeededFuture(pass) : Future.failedFuture(denied(pass, "*"));
  }

  private boolean isHeld(Pass pass) {
    return pass.who() == Guard.Who.KNOWN || rights(pass.caller()).mayAnywhere(pass.requirement());
  }

  private static void checkScope(Row<?, ?> row, Identity caller, Requirement asked) {
    boolean limited = caller.scopes().isPresent() && !asked.scopes().isEmpty();
    if (limited && asked.scopes().stream().noneMatch(caller.scopes().get()::contains)) {
      throw CallerProblems.scopeInsufficient(row.fullName(), asked.scopes());
    }
  }

  private Future<Pass> operation(Identity caller, Requirement asked, Target.Operation target) {
    var service = target.service();
    var known = service.collection().ofName(target.name());
    boolean decided =
        known.isPresent()
            || (caller.ticket().isEmpty() && rights(caller).may(asked, service.id(), ""));
    if (decided) {
      return Future.succeededFuture(operation(caller, asked, target, known.orElse("")));
    }
    return whereabouts
        .of(new OperationKey(service.id(), target.name()))
        .map(found -> operation(caller, asked, target, found.orElse("")));
  }

  private Pass operation(
      Identity caller, Requirement asked, Target.Operation target, String collection) {
    String service = target.service().id();
    String name = target.name();
    boolean admitted =
        caller
            .ticket()
            .map(ticket -> ticket.admitsOperation(service, name, collection))
            .orElse(true);
    // A name below its collection says more than that: a right may be on one operation alone.
    boolean byName =
        target.service().authorized() == Access.Resource.NAME || isBelow(name, collection);
    var pass = pass(caller, asked, service, byName ? name : collection);
    if (!admitted || !rights(caller).may(asked, service, pass.where())) {
      throw denied(pass, target.resource());
    }
    return pass;
  }

  private static boolean isBelow(String name, String collection) {
    return !collection.isEmpty() && name.startsWith(collection + '/');
  }

  private static Pass pass(Identity caller, Requirement asked, String service, String path) {
    return new Pass(Guard.Who.SUBJECT, caller, asked, service, path, null, Visibility.ALL);
  }

  private Pass place(Identity caller, Requirement asked, Target target) {
    var pass = pass(caller, asked, target.service().id(), target.name());
    if (caller.ticket().isPresent() || !rights(caller).may(asked, pass.service(), pass.where())) {
      throw denied(pass, target.resource());
    }
    return pass;
  }

  private Pass collections(Identity caller, Requirement asked, Target.Collections target) {
    String service = target.service().id();
    boolean admitted =
        caller.ticket().map(ticket -> ticket.admitsCollection(service, target.name())).orElse(true);
    var view = rights(caller).view(asked, service, target.pattern());
    var pass = new Pass(Guard.Who.SUBJECT, caller, asked, service, null, target, view);
    if (!admitted || view.isNothing()) {
      throw denied(pass, target.resource());
    }
    return pass;
  }

  /** Why what was let in must end now; empty: it may go on. */
  Optional<Problem> fault(Pass pass) {
    return pass.caller().credential().fault(clock.instant()).or(() -> taken(pass));
  }

  private Optional<Problem> taken(Pass pass) {
    var now = rights(pass.caller());
    var collections = pass.collections();
    if (collections != null) {
      var view = now.view(pass.requirement(), pass.service(), collections.pattern());
      if (view.equals(pass.view())) {
        return Optional.empty();
      }
      return Optional.of(
          view.isNothing() ? denied(pass, collections.resource()) : CallerProblems.viewChanged());
    }
    boolean held =
        pass.who() == Guard.Who.SUBJECT
            ? now.may(pass.requirement(), pass.service(), pass.where())
            : isHeld(pass);
    return held ? Optional.empty() : Optional.of(denied(pass, pass.shown()));
  }

  /** Another one whenever what callers may do may have changed. */
  Object generation() {
    return rights.policy();
  }

  private static Problem denied(Pass pass, String resource) {
    return CallerProblems.permissionDenied(pass.requirement().shown(), resource);
  }

  private Rights rights(Identity caller) {
    return rights.of(caller);
  }
}
