package dev.longrunning.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Candidates;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.profile.PathTemplate;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.RawPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which method answers at which HTTP verb and path: all rules of a method table, compiled.
 *
 * <p><b>Promise.</b> Of the rules that match, the one with the most exact template answers; see
 * {@link PathTemplate}. Only if none matches is the path matched once more with every {@code %2F}
 * taken for a slash: some client libraries encode whole names. Two rules of one method may be the
 * same; two of different methods may not.
 *
 * <p><b>Bounds.</b> A look-up visits the rules with the path's verb once, or twice if the path
 * holds an encoded slash.
 */
public final class HttpRoutes {
  private record Route(Row<?, ?> method, HttpRule rule, Candidates services) {
    boolean isSameAs(Route other) {
      return rule.equals(other.rule) && method.fullName().equals(other.method.fullName());
    }
  }

  /**
   * What is bound at one place.
   *
   * @param routes several only where several services have the place for different things
   */
  private record Bound(HttpRule.Place place, List<Route> routes) {
    void add(Route route) {
      for (int i = 0; i < routes.size(); i++) {
        var other = routes.get(i);
        if (other.isSameAs(route)) {
          var both = other.services().and(route.services());
          routes.set(i, new Route(route.method(), route.rule(), both));
          return;
        }
        boolean apart = !other.services().overlaps(route.services());
        check(route.rule(), apart, "is bound to two methods");
      }
      routes.add(route);
    }

    /** The only one, or else that of the service at any host; throws where the host must say. */
    Route meant() {
      if (routes.size() == 1) {
        return routes.get(0);
      }
      var anywhere = Candidates.all(routes.stream().map(Route::services).toList()).anywhere();
      return routes.stream()
          .filter(each -> each.services().profiles().contains(anywhere))
          .findFirst()
          .orElseThrow();
    }
  }

  /**
   * What answers, and what the path says.
   *
   * @param variables by field path
   * @param services which may be meant
   */
  public record Match(
      Row<?, ?> method, HttpRule rule, Map<String, String> variables, Candidates services) {}

  /** By the template's verb, the most exact template first. */
  private final Map<String, List<Bound>> routes = new HashMap<>();

  private HttpRoutes() {}

  /** Compiles all rules, or throws if one is no template or one service has it twice. */
  public static HttpRoutes of(MethodTable table, Candidates services) {
    var compiled = new HttpRoutes();
    for (var method : table.rows()) {
      method.rules().forEach(rule -> compiled.add(method, rule, services));
      if (method.rules().isEmpty()) {
        services.profiles().forEach(one -> compiled.add(method, one, services.by(one)));
      }
    }
    var exactFirst = Comparator.comparing((Bound bound) -> bound.place().template());
    compiled.routes.values().forEach(list -> list.sort(exactFirst));
    return compiled;
  }

  private void add(Row<?, ?> method, Profile one, Candidates services) {
    one.bindings().of(method.fullName()).forEach(rule -> add(method, rule, services));
  }

  private void add(Row<?, ?> method, HttpRule rule, Candidates services) {
    var place = rule.place();
    var request = method.request().getDescriptorForType();
    place.template().fields().forEach(field -> checkText(rule, request, field));
    if (!rule.body().isEmpty() && !rule.body().equals("*")) {
      check(rule, request.findFieldByName(rule.body()) != null, "has no body field " + rule.body());
    }
    var list = routes.computeIfAbsent(place.template().verb(), verb -> new ArrayList<>());
    var bound = list.stream().filter(each -> each.place().equals(place)).findFirst();
    bound
        .orElseGet(
            () -> {
              var first = new Bound(place, new ArrayList<>(1));
              list.add(first);
              return first;
            })
        .add(new Route(method, rule, services));
  }

  /** A path holds text, so that a variable must be a singular string, possibly of a message. */
  private static void checkText(HttpRule rule, Descriptor request, String field) {
    @Nullable Descriptor type = request;
    var names = field.split("\\.", -1);
    for (int i = 0; i < names.length; i++) {
      var found = type == null ? null : type.findFieldByName(names[i]);
      check(rule, found != null && !found.isRepeated(), "has no singular field " + field);
      boolean message = found != null && found.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      type = message && found != null ? found.getMessageType() : null;
      boolean text = found != null && found.getJavaType() == FieldDescriptor.JavaType.STRING;
      check(rule, i < names.length - 1 || text, "has a field that is no string: " + field);
    }
  }

  private static void check(HttpRule rule, boolean holds, String fault) {
    if (!holds) {
      throw new IllegalStateException(rule.verb() + ' ' + rule.template() + ' ' + fault);
    }
  }

  /** Finds what answers; throws {@link Problem} INVALID if the path is malformed. */
  public Optional<Match> find(String httpVerb, String path) {
    var raw = RawPath.parse(path);
    var match = find(httpVerb, raw);
    return match.isPresent()
        ? match
        : raw.withEncodedSlashes().flatMap(slashed -> find(httpVerb, slashed));
  }

  private Optional<Match> find(String httpVerb, RawPath path) {
    for (var bound : routes.getOrDefault(path.verb(), List.of())) {
      if (bound.place().verb().equals(httpVerb)) {
        var variables = bound.place().template().match(path);
        if (variables.isPresent()) {
          var route = bound.meant();
          return Optional.of(
              new Match(route.method(), route.rule(), variables.get(), route.services()));
        }
      }
    }
    return Optional.empty();
  }

  /** The HTTP verbs that are bound at a path, whatever they are; empty if nothing is. */
  public SortedSet<String> verbs(String path) {
    var raw = RawPath.parse(path);
    var verbs = new TreeSet<String>();
    collectVerbs(raw, verbs);
    raw.withEncodedSlashes().ifPresent(slashed -> collectVerbs(slashed, verbs));
    return verbs;
  }

  private void collectVerbs(RawPath path, SortedSet<String> verbs) {
    for (var bound : routes.getOrDefault(path.verb(), List.of())) {
      if (bound.place().template().match(path).isPresent()) {
        verbs.add(bound.place().verb());
      }
    }
  }
}
