package dev.longrunning.profile;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where REST finds a service's methods: the five of its interface as its configuration has them,
 * and ours and its further verbs on the paths of its operations and collections, with a verb.
 */
public final class Bindings {
  private static final String PRODUCER = "longrunning.v1.OperationProducer/";
  private static final String WATCHER = "longrunning.v1.OperationWatcher/";

  private final Map<String, List<HttpRule>> rules = new LinkedHashMap<>();
  private final Set<StandardMethod> standard;

  /** The form of the names that a path is for, by its template. */
  private final Map<String, PathTemplate> names = new HashMap<>();

  private Bindings(Set<StandardMethod> standard) {
    this.standard = Set.copyOf(standard);
  }

  /**
   * All rules of a service.
   *
   * @param standard of the methods that it has
   * @param places of Get and List, also where the service has no such method
   */
  static Bindings of(
      Map<StandardMethod, List<HttpRule>> standard,
      Map<StandardMethod, List<HttpRule>> places,
      List<SignalVerb> signals) {
    var all = new Bindings(standard.keySet());
    standard.forEach((method, rules) -> all.rules.put(method.fullName(), List.copyOf(rules)));
    var operations = places.getOrDefault(StandardMethod.GET, List.of());
    var collections = places.getOrDefault(StandardMethod.LIST, List.of());
    all.put(WATCHER + "WatchOperation", "GET", operations, "watch");
    all.put(WATCHER + "WatchOperations", "GET", collections, "watch");
    all.put(WATCHER + "MintWatchToken", "POST", operations, "mintWatchToken");
    all.add(WATCHER + "MintWatchToken", "POST", collections, "mintWatchToken");
    all.put(PRODUCER + "StartOperation", "POST", parents(collections), "start");
    for (String verb : List.of("update", "complete", "adopt")) {
      String method = Character.toUpperCase(verb.charAt(0)) + verb.substring(1) + "Operation";
      all.put(PRODUCER + method, "POST", operations, verb);
    }
    signals.forEach(signal -> all.put(signal.method(), "POST", operations, signal.verb()));
    all.rules.values().forEach(rules -> rules.forEach(all::note));
    return all;
  }

  private void note(HttpRule rule) {
    var form = PathTemplate.parse(rule.template()).form("name").map(name -> '/' + name);
    names.put(rule.template(), form.map(PathTemplate::parse).orElseGet(PathTemplate::empty));
  }

  private void put(String method, String verb, List<HttpRule> places, String suffix) {
    rules.put(method, List.of());
    add(method, verb, places, suffix);
  }

  private void add(String method, String verb, List<HttpRule> places, String suffix) {
    var found = new ArrayList<>(of(method));
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

  /** Which of a method's paths has one of these names, in their order; empty: none. */
  public OptionalInt path(String method, String... spelled) {
    var own = of(method);
    return IntStream.range(0, own.size())
        .filter(i -> Stream.of(spelled).anyMatch(name -> isNamed(own.get(i), name)))
        .findFirst();
  }

  private boolean isNamed(HttpRule rule, String name) {
    return names
        .getOrDefault(rule.template(), PathTemplate.empty())
        .isText(List.of(name.split("/", -1)));
  }

  /** Where the methods of the interface are. */
  Set<HttpRule.Place> standardPlaces() {
    return standard.stream().flatMap(method -> places(of(method.fullName()))).collect(toSet());
  }

  /** Where anything is. */
  Set<HttpRule.Place> places() {
    return rules.values().stream().flatMap(Bindings::places).collect(toSet());
  }

  private static Stream<HttpRule.Place> places(List<HttpRule> rules) {
    return rules.stream().map(HttpRule::place);
  }

  /** What is wrong with them: a request can have one meaning only. */
  List<String> faults() {
    var faults = new ArrayList<String>();
    var meanings = new HashMap<HttpRule.Place, String>();
    rules.forEach(
        (method, own) -> {
          for (var rule : own) {
            String meaning = method + " with body '" + rule.body() + "'";
            String other = meanings.putIfAbsent(rule.place(), meaning);
            if (other != null && !other.equals(meaning)) {
              faults.add(rule.place() + " is bound to " + other + " and to " + meaning);
            }
          }
        });
    return faults;
  }

  /** All of them, in their order. */
  public Map<String, List<HttpRule>> all() {
    return Collections.unmodifiableMap(rules);
  }
}
