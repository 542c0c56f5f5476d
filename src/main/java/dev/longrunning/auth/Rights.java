package dev.longrunning.auth;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Visibility;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one caller may do, under one policy.
 *
 * <p><b>Promise.</b> Immutable. A right on a resource is one on all that is below it, segment by
 * segment: on {@code default/projects/a} also on {@code default/projects/a/operations/1}, and not
 * on {@code default/projects/ab}.
 */
public final class Rights {
  /** Of nobody. */
  public static final Rights NONE = new Rights(Map.of());

  /** Where a right holds that holds everywhere. */
  static final String EVERYWHERE = "*";

  private final Map<String, Set<String>> resources;

  private Rights(Map<String, Set<String>> resources) {
    this.resources = resources;
  }

  /** One that is made up step by step. */
  static final class Builder {
    private final Map<String, Set<String>> resources = new HashMap<>();

    void add(Set<String> permissions, Set<String> on) {
      permissions.forEach(
          permission -> resources.computeIfAbsent(permission, first -> new HashSet<>()).addAll(on));
    }

    Rights build() {
      return new Rights(Map.copyOf(resources));
    }
  }

  /** Whether this is enough for something at a path of a service. */
  public boolean may(Requirement wanted, String service, String path) {
    String resource = path.isEmpty() ? service : service + '/' + path;
    return any(wanted, permission -> on(permission, resource));
  }

  /** Whether it is enough for anything at all. */
  public boolean mayAnywhere(Requirement wanted) {
    return any(wanted, permission -> where(permission).findAny().isPresent());
  }

  private static boolean any(Requirement wanted, Predicate<String> holds) {
    return wanted.alternatives().stream().anyMatch(all -> all.stream().allMatch(holds));
  }

  private boolean on(String permission, String resource) {
    return isOn(resources.getOrDefault(permission, Set.of()), resource)
        || isOn(resources.getOrDefault(Role.EVERYTHING, Set.of()), resource);
  }

  private static boolean isOn(Set<String> granted, String resource) {
    return granted.contains(EVERYWHERE) || Visibility.isWithin(granted, resource);
  }

  /** Where one permission holds. */
  private Stream<String> where(String permission) {
    return Stream.of(permission, Role.EVERYTHING)
        .flatMap(each -> resources.getOrDefault(each, Set.of()).stream());
  }

  /** What of these collections of a service is shown to who needs that; with no prefix: nothing. */
  public Visibility view(Requirement wanted, String service, CollectionPattern pattern) {
    var seen = new HashSet<String>();
    for (var all : wanted.alternatives()) {
      for (String prefix : together(all, service)) {
        if (isAbove(prefix, pattern.text())) {
          return Visibility.ALL;
        }
        if (overlaps(prefix, pattern.text())) {
          seen.add(prefix);
        }
      }
    }
    return Visibility.of(seen);
  }

  /** Paths of the service on which all of these permissions are held; empty text: all of it. */
  private Set<String> together(List<String> permissions, String service) {
    Set<String> common = Set.of("");
    for (String permission : permissions) {
      var own = paths(permission, service);
      common =
          Stream.concat(
                  common.stream().filter(path -> isCovered(own, path)),
                  own.stream().filter(isCoveredBy(common)))
              .collect(Collectors.toSet());
    }
    return common;
  }

  private static Predicate<String> isCoveredBy(Set<String> paths) {
    return path -> isCovered(paths, path);
  }

  private static boolean isCovered(Set<String> paths, String path) {
    return paths.contains("") || Visibility.isWithin(paths, path);
  }

  private Set<String> paths(String permission, String service) {
    return where(permission)
        .filter(on -> on.equals(EVERYWHERE) || on.equals(service) || on.startsWith(service + '/'))
        .map(on -> on.startsWith(service + '/') ? on.substring(service.length() + 1) : "")
        .collect(Collectors.toSet());
  }

  /** Whether every collection that matches the pattern is at the prefix or below it. */
  private static boolean isAbove(String prefix, String pattern) {
    return prefix.isEmpty() || pattern.equals(prefix) || pattern.startsWith(prefix + '/');
  }

  /** Whether a collection can match the pattern and be at the prefix or below it. */
  private static boolean overlaps(String prefix, String pattern) {
    var above = prefix.split("/", -1);
    var below = pattern.split("/", -1);
    if (above.length > below.length) {
      return false;
    }
    for (int i = 0; i < above.length; i++) {
      if (!above[i].equals(below[i]) && !below[i].equals("-")) {
        return false;
      }
    }
    return true;
  }
}
