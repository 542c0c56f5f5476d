package dev.longrunning.auth;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.Visibility;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one caller may do, under one policy.
 *
 * <p><b>Promise.</b> A right on a resource is one on all that is below it, segment by segment: on
 * {@code default/projects/a} also on {@code default/projects/a/operations/1}, and not on {@code
 * default/projects/ab}.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Each resource once for each of the caller's roles; the views of {@value
 * #VIEWS_MAX} patterns.
 */
public final class Rights {
  static final int VIEWS_MAX = 64;

  /** Where a right holds that holds everywhere. */
  static final String EVERYWHERE = "*";

  /** Where all permissions of a role are held. */
  private record Held(Set<String> permissions, Set<String> resources) {
    boolean has(String permission) {
      return permissions.contains(permission) || permissions.contains(Role.EVERYTHING);
    }

    boolean isOn(String resource) {
      return resources.contains(EVERYWHERE) || Visibility.isWithin(resources, resource);
    }
  }

  private record View(Requirement wanted, String service, String pattern) {}

  private final List<Held> roles;
  private final Map<View, Visibility> views =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<View, Visibility> eldest) {
          return size() > VIEWS_MAX;
        }
      };

  private Rights(List<Held> roles) {
    this.roles = roles;
  }

  /** One that is made up step by step. */
  static final class Builder {
    private final Map<Set<String>, Set<String>> resources = new HashMap<>();

    void add(Set<String> permissions, Set<String> on) {
      resources.computeIfAbsent(permissions, first -> new HashSet<>()).addAll(on);
    }

    Rights build() {
      return new Rights(
          resources.entrySet().stream()
              .map(each -> new Held(each.getKey(), each.getValue()))
              .toList());
    }
  }

  /** How much is kept of it, in resources. */
  public int weight() {
    return 1 + roles.stream().mapToInt(role -> role.resources().size()).sum();
  }

  /** Whether this is enough for something at a path of a service. */
  public boolean may(Requirement wanted, String service, String path) {
    String resource = path.isEmpty() ? service : service + '/' + path;
    return any(wanted, permission -> isHeld(permission, role -> role.isOn(resource)));
  }

  /** Whether it is enough for anything at all. */
  public boolean mayAnywhere(Requirement wanted) {
    return any(wanted, permission -> isHeld(permission, role -> !role.resources().isEmpty()));
  }

  private static boolean any(Requirement wanted, Predicate<String> holds) {
    return wanted.alternatives().stream().anyMatch(all -> all.stream().allMatch(holds));
  }

  private boolean isHeld(String permission, Predicate<Held> there) {
    for (var role : roles) {
      if (role.has(permission) && there.test(role)) {
        return true;
      }
    }
    return false;
  }

  /** What of these collections of a service is shown to who needs that; with no prefix: nothing. */
  public Visibility view(Requirement wanted, String service, CollectionPattern pattern) {
    if (pattern.isExact()) {
      return may(wanted, service, pattern.text()) ? Visibility.ALL : Visibility.of(Set.of());
    }
    return views.computeIfAbsent(new View(wanted, service, pattern.text()), asked -> seen(asked));
  }

  private Visibility seen(View asked) {
    var seen = new HashSet<String>();
    for (var all : asked.wanted().alternatives()) {
      for (String prefix : together(all, asked.service())) {
        if (isAbove(prefix, asked.pattern())) {
          return Visibility.ALL;
        }
        if (overlaps(prefix, asked.pattern())) {
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
      var before = common;
      common =
          Stream.concat(
                  before.stream().filter(path -> isCovered(own, path)),
                  own.stream().filter(path -> isCovered(before, path)))
              .collect(Collectors.toSet());
    }
    return common;
  }

  private static boolean isCovered(Set<String> paths, String path) {
    return paths.contains("") || Visibility.isWithin(paths, path);
  }

  private Set<String> paths(String permission, String service) {
    return roles.stream()
        .filter(role -> role.has(permission))
        .flatMap(role -> role.resources().stream())
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
