package dev.longrunning.profile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where REST finds a service's methods: the five of its interface as its configuration has them,
 * and ours on the paths of its operations and collections, with a verb.
 */
public final class Bindings {
  private static final String PRODUCER = "longrunning.v1.OperationProducer/";
  private static final String WATCHER = "longrunning.v1.OperationWatcher/";

  private final Map<String, List<HttpRule>> rules = new LinkedHashMap<>();
  private final Map<StandardMethod, List<HttpRule>> standard;

  private Bindings(Map<StandardMethod, List<HttpRule>> standard) {
    this.standard = standard;
  }

  /**
   * All rules of a service.
   *
   * @param standard of the methods that it has
   * @param places of Get and List, also where the service has no such method
   */
  static Bindings of(
      Map<StandardMethod, List<HttpRule>> standard, Map<StandardMethod, List<HttpRule>> places) {
    var all = new Bindings(new EnumMap<>(standard));
    standard.forEach((method, rules) -> all.rules.put(method.fullName(), List.copyOf(rules)));
    var operations = places.getOrDefault(StandardMethod.GET, List.of());
    var collections = places.getOrDefault(StandardMethod.LIST, List.of());
    all.put(WATCHER + "WatchOperation", "GET", operations, "watch");
    all.put(WATCHER + "WatchOperations", "GET", collections, "watch");
    all.put(PRODUCER + "StartOperation", "POST", parents(collections), "start");
    for (String verb : List.of("update", "complete", "adopt")) {
      String method = Character.toUpperCase(verb.charAt(0)) + verb.substring(1) + "Operation";
      all.put(PRODUCER + method, "POST", operations, verb);
    }
    return all;
  }

  private void put(String method, String verb, List<HttpRule> places, String suffix) {
    var found = new ArrayList<HttpRule>();
    for (var place : places) {
      // A path that has a verb of its own has no room for one of ours.
      if (place.verb().equals("GET") && PathTemplate.parse(place.template()).verb().isEmpty()) {
        String body = verb.equals("POST") ? "*" : "";
        found.add(new HttpRule(verb, place.template() + ':' + suffix, body));
      }
    }
    rules.put(method, List.copyOf(found));
  }

  /** What is listed is what an operation starts in. */
  private static List<HttpRule> parents(List<HttpRule> collections) {
    return collections.stream()
        .map(rule -> new HttpRule(rule.verb(), parent(rule.template()), rule.body()))
        .toList();
  }

  private static String parent(String template) {
    return template
        .replaceFirst("\\{name=(.+)/operations\\}", "{name=$1}/operations")
        .replace("{name", "{parent");
  }

  /** By package.Service/Method; empty: it has no path. */
  public List<HttpRule> of(String method) {
    return rules.getOrDefault(method, List.of());
  }

  /** Those of the methods that the service has. */
  Map<StandardMethod, List<HttpRule>> standard() {
    return java.util.Collections.unmodifiableMap(standard);
  }

  /** All of them, in their order. */
  public Map<String, List<HttpRule>> all() {
    return java.util.Collections.unmodifiableMap(rules);
  }
}
