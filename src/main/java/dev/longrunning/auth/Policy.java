package dev.longrunning.auth;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has which role on what.
 *
 * <p><b>Promise.</b> Immutable; what it does not grant, nobody may.
 */
public final class Policy {
  /** Everybody who is known. */
  public static final String AUTHENTICATED = "authenticated";

  static final String GROUP = "group:";

  /** Grants nothing. */
  public static final Policy NONE = new Policy(List.of(), Map.of());

  private final Map<String, Set<Binding>> bindings = new HashMap<>();
  private final Map<String, Set<String>> groups;

  /**
   * Permissions for some.
   *
   * @param members principals, {@code group:NAME}, or {@value #AUTHENTICATED}
   * @param resources {@code service/path} each, or {@code *}
   */
  record Binding(Set<String> permissions, Set<String> members, Set<String> resources) {
    Binding {
      permissions = Set.copyOf(permissions);
      members = Set.copyOf(members);
      resources = Set.copyOf(resources);
    }
  }

  /**
   * Makes one.
   *
   * @param groups the groups of a principal besides those that its credential says
   */
  Policy(List<Binding> all, Map<String, Set<String>> groups) {
    this.groups = Map.copyOf(groups);
    for (var binding : all) {
      for (String member : binding.members()) {
        bindings.computeIfAbsent(member, first -> new HashSet<>()).add(binding);
      }
    }
  }

  /** What a caller may do. */
  public Rights rights(Identity caller) {
    var rights = new Rights.Builder();
    var known = groups.getOrDefault(caller.principal(), Set.of());
    add(rights, AUTHENTICATED);
    add(rights, caller.principal());
    caller.groups().forEach(group -> add(rights, GROUP + group));
    known.forEach(group -> add(rights, GROUP + group));
    return rights.build();
  }

  private void add(Rights.Builder rights, String member) {
    for (var binding : bindings.getOrDefault(member, Set.of())) {
      rights.add(binding.permissions(), binding.resources());
    }
  }

  /** Of these groups, those that mean anything here. */
  public Set<String> meaningful(Set<String> named) {
    var kept = new HashSet<String>();
    for (String group : named) {
      if (bindings.containsKey(GROUP + group)) {
        kept.add(group);
      }
    }
    return kept;
  }
}
