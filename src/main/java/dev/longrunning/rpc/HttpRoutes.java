package dev.longrunning.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.longrunning.operation.Problem;
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
  private record Route(Row<?, ?> method, HttpRule rule, PathTemplate template) {}

  /**
   * What answers, and what the path says.
   *
   * @param variables by field path
   */
  public record Match(Row<?, ?> method, HttpRule rule, Map<String, String> variables) {}

  /** By the template's verb, the most exact template first. */
  private final Map<String, List<Route>> routes = new HashMap<>();

  private HttpRoutes() {}

  /** Compiles all rules, or throws if one is no template or belongs to two methods. */
  public static HttpRoutes of(MethodTable table) {
    var compiled = new HttpRoutes();
    for (var method : table.rows()) {
      method.rules().forEach(rule -> compiled.add(method, rule));
    }
    compiled.routes.values().forEach(list -> list.sort(Comparator.comparing(Route::template)));
    return compiled;
  }

  private void add(Row<?, ?> method, HttpRule rule) {
    var template = PathTemplate.parse(rule.template());
    var request = method.request().getDescriptorForType();
    template.fields().forEach(field -> checkText(rule, request, field));
    if (!rule.body().isEmpty() && !rule.body().equals("*")) {
      check(rule, request.findFieldByName(rule.body()) != null, "has no body field " + rule.body());
    }
    var list = routes.computeIfAbsent(template.verb(), verb -> new ArrayList<>());
    for (var other : list) {
      boolean same = other.rule().verb().equals(rule.verb()) && other.template().equals(template);
      if (same && !other.method().fullName().equals(method.fullName())) {
        check(rule, false, "is bound to two methods");
      }
    }
    list.add(new Route(method, rule, template));
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
    for (var route : routes.getOrDefault(path.verb(), List.of())) {
      if (route.rule().verb().equals(httpVerb)) {
        var variables = route.template().match(path);
        if (variables.isPresent()) {
          return Optional.of(new Match(route.method(), route.rule(), variables.get()));
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
    for (var route : routes.getOrDefault(path.verb(), List.of())) {
      if (route.template().match(path).isPresent()) {
        verbs.add(route.rule().verb());
      }
    }
  }
}
