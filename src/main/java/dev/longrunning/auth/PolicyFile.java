package dev.longrunning.auth;

import dev.longrunning.profile.Faults;
import dev.longrunning.profile.YamlMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A policy as it is written.
 *
 * <p><b>Promise.</b> Every fault is found, each with its line; a file with one is no policy.
 *
 * <p><b>Bounds.</b> 1 MiB, {@value #BINDINGS_MAX} bindings, {@value #ENTRIES_MAX} entries in any
 * list.
 */
public final class PolicyFile {
  static final int BINDINGS_MAX = 10_000;
  static final int ENTRIES_MAX = 1_000;
  static final int TEXT_MAX = 512;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._/:@-]{1,256}");
  private static final Pattern PRINCIPAL = Pattern.compile("(token|oidc|cert):\\S{1,256}");
  private static final Pattern PERMISSION = Pattern.compile("[A-Za-z0-9]+(\\.[A-Za-z0-9]+){1,8}");
  private static final String OURS = "longrunning.";
  private static final Set<String> KNOWN =
      Stream.of(Role.OPERATOR, Role.PRODUCER)
          .flatMap(role -> role.permissions().stream())
          .collect(Collectors.toCollection(TreeSet::new));
  private static final String PRINCIPALS = "token:NAME, oidc:SUBJECT or cert:NAME";
  private static final Set<String> KEYS = Set.of("groups", "roles", "bindings");
  private static final Set<String> BINDING_KEYS = Set.of("role", "members", "resources");

  /** What was read; faults, a line each, or else a policy. */
  public record Read(Optional<Policy> policy, List<String> faults) {}

  private final Faults faults;
  private final Set<String> services;
  private final Map<String, Set<String>> roles = new HashMap<>();
  private final Map<String, Set<String>> groups = new HashMap<>();

  private PolicyFile(String file, Set<String> services) {
    this.faults = new Faults(file);
    this.services = services;
    for (var role : Role.values()) {
      roles.put(role.roleName(), role.permissions());
    }
  }

  /**
   * Reads one.
   *
   * @param file its name, for faults
   * @param services those that there are: a resource of another is a fault
   */
  public static Read read(String file, String text, Set<String> services) {
    var read = new PolicyFile(file, services);
    var policy = YamlMap.parse(text, "a policy", read.faults).map(read::policy);
    var lines = read.faults.lines();
    return new Read(lines.isEmpty() ? policy : Optional.empty(), lines);
  }

  private Policy policy(YamlMap root) {
    root.onlyHas(KEYS);
    root.map("roles").ifPresent(this::roles);
    root.map("groups").ifPresent(this::groups);
    var bindings = root.maps("bindings");
    if (bindings.size() > BINDINGS_MAX) {
      root.fault("bindings", bindings.size() + " of them", "at most " + BINDINGS_MAX);
    }
    return new Policy(bindings.stream().flatMap(this::binding).toList(), groups);
  }

  private void roles(YamlMap map) {
    for (String name : map.keys()) {
      if (Role.named(name).isPresent() || !NAME.matcher(name).matches()) {
        map.fault(name, "a role of this name", "a name of its own, as " + NAME.pattern());
        continue;
      }
      var permissions = entries(map, name);
      for (String permission : permissions) {
        boolean ours = permission.startsWith(OURS);
        if (!PERMISSION.matcher(permission).matches() || (ours && !KNOWN.contains(permission))) {
          map.fault(name, permission, "permissions of services, or " + String.join(", ", KNOWN));
        }
      }
      roles.put(name, permissions);
    }
  }

  private void groups(YamlMap map) {
    for (String name : map.keys()) {
      if (!NAME.matcher(name).matches()) {
        map.fault(name, "a group of this name", NAME.pattern());
      }
      for (String member : entries(map, name)) {
        if (!PRINCIPAL.matcher(member).matches()) {
          map.fault(name, member, PRINCIPALS);
        }
        groups.computeIfAbsent(member, first -> new HashSet<>()).add(name);
      }
    }
  }

  private Stream<Policy.Binding> binding(YamlMap map) {
    map.onlyHas(BINDING_KEYS);
    String role = map.text("role").orElse("");
    var permissions = roles.get(role);
    if (permissions == null) {
      map.fault("role", shown(role), String.join(", ", roles.keySet().stream().sorted().toList()));
    }
    var members = entries(map, "members");
    members.forEach(member -> checkMember(map, member));
    var resources = new LinkedHashSet<String>();
    entries(map, "resources").forEach(each -> resources.add(resource(map, each)));
    if (permissions == null || members.isEmpty() || resources.isEmpty()) {
      missing(map, "members", members);
      missing(map, "resources", resources);
      return Stream.empty();
    }
    return Stream.of(new Policy.Binding(permissions, members, resources));
  }

  private static void missing(YamlMap map, String key, Set<String> values) {
    if (values.isEmpty()) {
      map.fault(key, "none", "at least one");
    }
  }

  private void checkMember(YamlMap map, String member) {
    boolean group = member.startsWith(Policy.GROUP) && member.length() > Policy.GROUP.length();
    if (!group && !member.equals(Policy.AUTHENTICATED) && !PRINCIPAL.matcher(member).matches()) {
      map.fault(
          "members", member, PRINCIPALS + ", group:NAME or " + Policy.AUTHENTICATED + " for all");
    }
  }

  /** With the service in front; a slash at the end changes nothing. */
  private String resource(YamlMap map, String written) {
    String path = written.endsWith("/") ? written.substring(0, written.length() - 1) : written;
    if (path.equals(Rights.EVERYWHERE)) {
      return path;
    }
    var segments = List.of(path.split("/", -1));
    if (!services.contains(segments.get(0))) {
      map.fault(
          "resources",
          written,
          "* or SERVICE/PATH, of a service that is active: "
              + String.join(", ", services.stream().sorted().toList()));
    } else if (segments.stream().anyMatch(PolicyFile::isNoSegment)) {
      map.fault("resources", written, "whole segments that are not empty, and no wildcard");
    }
    return path;
  }

  private static boolean isNoSegment(String segment) {
    return segment.isEmpty() || segment.equals("-") || segment.indexOf('*') >= 0;
  }

  private Set<String> entries(YamlMap map, String key) {
    var texts = new ArrayList<>(map.texts(key));
    if (texts.size() > ENTRIES_MAX) {
      map.fault(key, texts.size() + " entries", "at most " + ENTRIES_MAX);
    }
    for (String text : texts) {
      if (text.isEmpty() || text.length() > TEXT_MAX) {
        map.fault(key, text.length() + " characters", "1 to " + TEXT_MAX);
      }
    }
    return new LinkedHashSet<>(texts);
  }

  private static String shown(String text) {
    return text.isEmpty() ? "nothing" : text;
  }
}
