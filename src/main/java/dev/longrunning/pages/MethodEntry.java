package dev.longrunning.pages;

import dev.longrunning.profile.Access;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A method as it is shown: one row of a table.
 *
 * @param name such as GetOperation
 * @param grpc its full name; empty: it is over HTTP alone
 * @param present whether the service has it
 * @param rules where it is over HTTP, those with which it begins and additional ones
 * @param access what its callers need; empty: it is not said
 * @param deadline how long a call may take by the service's own choice
 */
record MethodEntry(
    String name,
    Optional<String> grpc,
    boolean present,
    List<HttpRule> rules,
    Optional<Access> access,
    Optional<Duration> deadline) {
  /** Of the others a deadline in the file says nothing: they answer as soon as they can. */
  private static final Set<StandardMethod> HURRIED =
      Set.of(StandardMethod.CANCEL, StandardMethod.DELETE, StandardMethod.WAIT);

  MethodEntry {
    rules = List.copyOf(rules);
  }

  /** All methods in the order in which they are shown: whoever has others adds them here. */
  static List<MethodEntry> all(Profile profile) {
    return Stream.of(standard(profile), own(profile)).flatMap(List::stream).toList();
  }

  /** The five of the interface, also those that the service lacks. */
  private static List<MethodEntry> standard(Profile profile) {
    return Arrays.stream(StandardMethod.values()).map(method -> of(profile, method)).toList();
  }

  private static MethodEntry of(Profile profile, StandardMethod method) {
    return new MethodEntry(
        method.methodName(),
        Optional.of(method.fullName()),
        profile.methods().containsKey(method),
        profile.bindings().of(method.fullName()),
        profile.access(method.fullName()),
        Optional.ofNullable(profile.deadlines().get(method))
            .filter(time -> HURRIED.contains(method)));
  }

  /** Those for watchers and producers, which every service has, and its further verbs. */
  private static List<MethodEntry> own(Profile profile) {
    return profile.bindings().all().entrySet().stream()
        .filter(bound -> StandardMethod.ofFullName(bound.getKey()).isEmpty())
        .map(bound -> own(profile, bound.getKey(), bound.getValue()))
        .toList();
  }

  private static MethodEntry own(Profile profile, String fullName, List<HttpRule> rules) {
    String name = fullName.substring(fullName.lastIndexOf('/') + 1);
    return new MethodEntry(
        name, Optional.of(fullName), true, rules, profile.access(fullName), Optional.empty());
  }
}
