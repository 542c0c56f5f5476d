package dev.longrunning.profile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Reads the configuration of a service: {@code google.api.Service} as YAML, in the form in which
 * public APIs publish theirs.
 *
 * <p>Read are {@code name}, {@code title}, {@code http.rules}, {@code authentication.rules}, {@code
 * backend.rules} and {@code publishing.method_settings}, of them what is about the methods of
 * {@code google.longrunning.Operations}; {@link OwnSection} is ours. Everything else is for others.
 *
 * <p><b>Promise.</b> All faults of a file are found at once, each with its line.
 */
public final class ServiceFile {
  private static final String TYPE = "google.api.Service";
  private static final Set<String> VERBS = Set.of("get", "put", "post", "delete", "patch");

  /**
   * What was read.
   *
   * @param profile empty if there is a fault
   * @param faults a line each, {@code FILE:LINE: what}
   */
  public record Read(Optional<Profile> profile, List<String> faults) {}

  private final String id;
  private final String source;
  private final Faults faults;
  private final Map<StandardMethod, List<HttpRule>> rules = new EnumMap<>(StandardMethod.class);
  private final Map<StandardMethod, Set<String>> scopes = new EnumMap<>(StandardMethod.class);
  private final Map<StandardMethod, Duration> deadlines = new EnumMap<>(StandardMethod.class);
  private Optional<Polling> polling = Optional.empty();

  private ServiceFile(String id, String source) {
    this.id = id;
    this.source = source;
    this.faults = new Faults(source);
  }

  /**
   * Reads a configuration.
   *
   * @param id what the service is called here: the file's name without its ending
   * @param source the file, for faults
   */
  public static Read read(String id, String source, String text) {
    var file = new ServiceFile(id, source);
    var profile =
        YamlMap.parse(text, "a service configuration", file.faults).flatMap(file::profile);
    var faults = file.faults.lines();
    return new Read(faults.isEmpty() ? profile : Optional.empty(), faults);
  }

  private Optional<Profile> profile(YamlMap service) {
    if (!id.matches("[a-z][a-z0-9.-]{0,62}")) {
      faults.add(
          0, "got the name " + id + ", allowed 1 to 63 of a-z, 0-9, '.' and '-', a letter first");
    }
    service
        .text("type")
        .filter(type -> !type.equals(TYPE))
        .ifPresent(type -> service.fault("type", type, TYPE));
    for (var method : StandardMethod.values()) {
      rules.put(method, method.protoRules());
    }
    inside(service, "http", "rules", this::readRule);
    inside(service, "authentication", "rules", this::readScopes);
    inside(service, "backend", "rules", this::readDeadline);
    inside(service, "publishing", "method_settings", this::readPolling);
    var hosts = new LinkedHashSet<String>();
    service.text("name").map(name -> name.toLowerCase(Locale.ROOT)).ifPresent(hosts::add);
    var own = OwnSection.read(service, rules);
    own.hosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    if (!faults.lines().isEmpty()) {
      return Optional.empty();
    }
    var bound = new EnumMap<StandardMethod, List<HttpRule>>(StandardMethod.class);
    for (var method : StandardMethod.values()) {
      if (own.methods().contains(method) || own.absent() == OwnSection.Absent.UNIMPLEMENTED) {
        bound.put(method, rules.getOrDefault(method, List.of()));
      }
    }
    var bindings = Bindings.of(bound, rules, own.signals());
    bindings.faults().forEach(fault -> faults.add(service.line("http"), fault));
    return Optional.of(
        new Profile(
            id,
            source,
            service.text("title").orElse(""),
            hosts,
            access(service, own),
            bindings,
            own.names(),
            own.collection(),
            own.lists(),
            deadlines,
            polling,
            own.ids(),
            own.resultOptional(),
            own.running(),
            own.signals(),
            own.metadataTypes(),
            own.responseTypes()));
  }

  private Map<StandardMethod, Access> access(YamlMap service, OwnSection own) {
    var access = new EnumMap<StandardMethod, Access>(StandardMethod.class);
    for (var method : own.methods()) {
      var permissions = own.permissions().getOrDefault(method, List.of(method.permission()));
      var told = own.scopes().getOrDefault(method, List.of());
      var wanted = told.isEmpty() ? scopes.getOrDefault(method, Set.of()) : told;
      int paths = rules.getOrDefault(method, List.of()).size();
      if (own.combine() == Access.Combine.BINDING
          && permissions.size() > 1
          && permissions.size() != paths) {
        String fault = method.methodName() + " has " + permissions.size() + " permissions";
        faults.add(
            service.line(OwnSection.KEY),
            fault + ", allowed one, or one for each of " + paths + " paths");
      }
      access.put(
          method, new Access(List.copyOf(wanted), permissions, own.combine(), own.resource()));
    }
    return access;
  }

  private static void inside(YamlMap service, String part, String list, Consumer<YamlMap> each) {
    service.map(part).ifPresent(map -> map.maps(list).forEach(each));
  }

  /** The methods that a selector chooses: a name, or a pattern of names, or several. */
  private static List<StandardMethod> selected(YamlMap rule) {
    var methods = new ArrayList<StandardMethod>();
    String selectors = rule.text("selector").orElse("");
    for (String selector : selectors.split("\\s*,\\s*", -1)) {
      for (var method : StandardMethod.values()) {
        boolean all = selector.equals("*");
        boolean some =
            selector.endsWith(".*")
                && method.selector().startsWith(selector.substring(0, selector.length() - 1));
        if (all || some || selector.equals(method.selector())) {
          methods.add(method);
        }
      }
    }
    return methods;
  }

  private void readRule(YamlMap rule) {
    var methods = selected(rule);
    if (methods.isEmpty()) {
      return;
    }
    var bindings = new ArrayList<HttpRule>();
    binding(rule).ifPresent(bindings::add);
    // Each has a body of its own, or none.
    rule.maps("additional_bindings").forEach(other -> binding(other).ifPresent(bindings::add));
    methods.forEach(method -> rules.put(method, List.copyOf(bindings)));
  }

  private Optional<HttpRule> binding(YamlMap rule) {
    String body = rule.text("body").orElse("");
    if (!body.isEmpty() && !body.equals("*")) {
      rule.fault("body", body, "* or nothing");
    }
    for (String verb : VERBS) {
      var template = rule.text(verb);
      if (template.isPresent()) {
        return template
            .filter(text -> isTemplate(rule, verb, text))
            .map(text -> new HttpRule(verb.toUpperCase(Locale.ROOT), text, body));
      }
    }
    var custom = rule.map("custom");
    if (custom.isPresent()) {
      String kind = custom.get().text("kind").orElse("");
      if (!kind.matches("[A-Z]+")) {
        custom.get().fault("kind", kind, "a method of HTTP, in capital letters");
      }
      return custom
          .get()
          .text("path")
          .filter(text -> isTemplate(custom.get(), "path", text))
          .map(text -> new HttpRule(kind, text, body));
    }
    faults.add(
        rule.line(),
        "got a rule without a path, allowed one of "
            + VERBS.stream().sorted().collect(Collectors.joining(", "))
            + ", custom");
    return Optional.empty();
  }

  private static boolean isTemplate(YamlMap rule, String verb, String text) {
    try {
      var fields = PathTemplate.parse(text).fields();
      if (fields.isEmpty() || fields.equals(Set.of("name"))) {
        return true;
      }
      rule.fault(verb, text, "a path template with no variable but name");
    } catch (IllegalStateException e) {
      rule.fault(verb, text, "a path template: " + e.getMessage());
    }
    return false;
  }

  private void readScopes(YamlMap rule) {
    var found = new LinkedHashSet<String>();
    rule.map("oauth")
        .flatMap(oauth -> oauth.text("canonical_scopes"))
        .ifPresent(
            text -> {
              for (String scope : text.split("[,\\s]+", -1)) {
                if (!scope.isEmpty()) {
                  found.add(scope);
                }
              }
            });
    // The last rule that selects a method is the one that holds.
    selected(rule).forEach(method -> scopes.put(method, found));
  }

  private void readDeadline(YamlMap rule) {
    var methods = selected(rule);
    if (methods.isEmpty()) {
      return;
    }
    rule.text("deadline")
        .ifPresent(
            text -> {
              var deadline = Times.seconds(text);
              if (deadline.isEmpty()) {
                rule.fault("deadline", text, "seconds, more than 0");
              }
              deadline.ifPresent(time -> methods.forEach(method -> deadlines.put(method, time)));
            });
  }

  /** Every method that starts operations may have its own; the shortest first delay goes. */
  private void readPolling(YamlMap settings) {
    settings
        .map("long_running")
        .flatMap(Times::polling)
        .filter(other -> polling.isEmpty() || other.first().compareTo(polling.get().first()) < 0)
        .ifPresent(shorter -> polling = Optional.of(shorter));
  }
}
