package dev.longrunning.rpc;

import dev.longrunning.profile.PathTemplate;
import dev.longrunning.profile.RawPath;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.testing.Fuzzed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Paths against all rules of the methods that there are, and templates. */
public final class PathFuzz {
  private static final HttpRoutes ROUTES =
      HttpRoutes.of(MethodTable.of(List.copyOf(MethodsDocs.methods())), TestProfiles.DEFAULT.all());
  private static final List<String> VERBS = List.of("GET", "POST", "DELETE", "PATCH");

  private PathFuzz() {}

  /** Called by the fuzzer, once: loading classes takes its time, which is none of an input's. */
  public static void fuzzerInitialize() {
    Fuzzed.corpus("rpc.PathFuzz").forEach(input -> fuzzerTestOneInput(input.bytes().getBytes()));
  }

  /** The first byte chooses the verb; then come a path and a template, a line each. */
  public static void fuzzerTestOneInput(byte[] data) {
    String verb = VERBS.get(Fuzzed.choice(data, VERBS.size()));
    var lines = Fuzzed.lines(data, 2);
    String path = lines.get(0);

    Fuzzed.answer(() -> ROUTES.find(verb, path))
        .flatMap(match -> match)
        .ifPresent(match -> check(verb, match));
    Fuzzed.answer(() -> ROUTES.verbs(path));
    template(lines.get(1), path);
  }

  private static void check(String verb, HttpRoutes.Match match) {
    for (String value : match.variables().values()) {
      Fuzzed.holds(value.chars().noneMatch(Character::isISOControl), "no control characters");
      Fuzzed.holds(!value.contains("//"), "no empty segments");
    }
    var template = PathTemplate.parse(match.rule().template());
    var again = ROUTES.find(verb, path(template, match.variables()));
    Fuzzed.holds(again.isPresent(), "a path made of what was found is found");
    Fuzzed.holds(
        upper(again.get().variables()).equals(upper(match.variables())),
        "what is found is the same");
  }

  /** An encoded slash stays as it came, in either case. */
  private static String upper(Map<String, String> variables) {
    return variables.toString().replace("%2f", "%2F");
  }

  /** The template with its variables in their places, encoded so that nothing is left to guess. */
  private static String path(PathTemplate template, Map<String, String> variables) {
    String path = template.toString();
    for (var variable : variables.entrySet()) {
      int from = path.indexOf('{');
      int to = path.indexOf('}');
      path = path.substring(0, from) + encoded(variable.getValue()) + path.substring(to + 1);
    }
    return path.replaceAll("/+", "/");
  }

  private static String encoded(String value) {
    var encoded = new StringBuilder();
    String text = value.replaceAll("%2[Ff]", "\u0000");
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = (octet >= 'a' && octet <= 'z') || octet == '/';
      encoded.append(
          plain ? "" + (char) octet : octet == 0 ? "%2F" : String.format("%%%02X", octet));
    }
    return encoded.toString();
  }

  private static void template(String source, String path) {
    PathTemplate template;
    try {
      template = PathTemplate.parse(source);
    } catch (IllegalStateException refused) {
      return;
    }
    Fuzzed.holds(
        PathTemplate.parse(template.toString()).equals(template), "a template reads as it");
    Fuzzed.answer(() -> template.match(RawPath.parse(path)));
  }
}
