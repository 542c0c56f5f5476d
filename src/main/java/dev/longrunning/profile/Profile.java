package dev.longrunning.profile;

import dev.longrunning.filter.Filter;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How one service presents its operations.
 *
 * @param id what its operations are stored under, and what {@code service} says in requests
 * @param source the file that it was read from
 * @param title for its page; may be empty
 * @param hosts the authorities that it answers at, in lower case; empty: any that is nobody's
 * @param methods those that it has, each with what its callers need
 * @param deadlines how long a call may take; only of methods that have one
 * @param polling how often it wants to be asked; empty: as the operation's progress says
 * @param ids how ids look that callers choose
 * @param resultOptional whether an operation may end with neither response nor error
 * @param running which operations a cancellation is for
 * @param signals verbs that its producers hear
 * @param metadataTypes full names of messages, for its page
 * @param responseTypes the same of results
 */
public record Profile(
    String id,
    String source,
    String title,
    Set<String> hosts,
    Map<StandardMethod, Access> methods,
    Bindings bindings,
    Names names,
    CollectionRule collection,
    ListRules lists,
    Map<StandardMethod, Duration> deadlines,
    Optional<Polling> polling,
    IdForm ids,
    boolean resultOptional,
    Filter running,
    List<SignalVerb> signals,
    List<String> metadataTypes,
    List<String> responseTypes) {
  public Profile {
    hosts = Set.copyOf(hosts);
    methods = Map.copyOf(methods);
    deadlines = Map.copyOf(deadlines);
    signals = List.copyOf(signals);
    metadataTypes = List.copyOf(metadataTypes);
    responseTypes = List.copyOf(responseTypes);
  }

  /** Returns an id that a caller has chosen, or throws {@link Problem} INVALID. */
  public String checkedId(String id) {
    if (!ids.matches(id)) {
      throw Problem.invalid("operation_id", id, ids.allowed());
    }
    return id;
  }

  /** Returns a name of this service that a caller has chosen, or throws {@link Problem} INVALID. */
  public String checkedName(String name) {
    String id = name.substring(name.lastIndexOf('/') + 1);
    if (ids.ofNames() && !ids.matches(id)) {
      throw Problem.invalid("name", name, "an id that is " + ids.allowed());
    }
    return name;
  }

  /** Whether operations of a collection are called as the server would call them. */
  public boolean namesBelow(String collection) {
    return names.form(OperationName.in(collection, "id")).isPresent();
  }

  /** What a method of the service's own tells producers, if it is one that does. */
  public Optional<SignalVerb> signal(String method) {
    return signals.stream().filter(signal -> signal.method().equals(method)).findFirst();
  }

  /** Whether a method is one of the interface that the service does not have. */
  public boolean lacks(String method) {
    return StandardMethod.ofFullName(method).filter(m -> !methods.containsKey(m)).isPresent();
  }

  /** What a method's callers need; empty: the file says nothing of it, or it is not there. */
  public Optional<Access> access(String method) {
    return StandardMethod.ofFullName(method)
        .map(methods::get)
        .or(() -> signal(method).map(SignalVerb::access));
  }

  /** What permissions are asked of. */
  public Access.Resource authorized() {
    return methods.isEmpty()
        ? Access.Resource.COLLECTION
        : methods.values().iterator().next().resource();
  }

  /** Throws {@link Problem} UNIMPLEMENTED if the service has no such method. */
  public void require(StandardMethod method) {
    if (!methods.containsKey(method)) {
      String known =
          methods.keySet().stream()
              .sorted()
              .map(StandardMethod::methodName)
              .collect(Collectors.joining(", "));
      throw Problem.unimplemented(method.methodName() + ": " + id + " has " + known);
    }
  }
}
