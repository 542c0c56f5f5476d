package dev.longrunning.filter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The operations of one function, page by page, or the latest ones of a project, of which there is
 * one page. They are told by {@code metadata.target}.
 */
final class CloudFunctionsDialect implements Dialect {
  private static final String FORMS =
      "project:ID,location:ID,function:ID or project:ID,latest:true";
  private static final Set<String> OF_FUNCTION = Set.of("project", "location", "function");
  private static final Set<String> OF_PROJECT = Set.of("project", "latest");

  @Override
  public String name() {
    return "cloud-functions-v1";
  }

  @Override
  public boolean isRequired() {
    return true;
  }

  @Override
  public Guide guide() {
    return new Guide(
        List.of(
            new Guide.Term("project", "an id", ":"),
            new Guide.Term("location", "an id, with a project and a function", ":"),
            new Guide.Term("function", "an id, with a project and a location", ":"),
            new Guide.Term(
                "latest",
                "true, with a project alone: the latest operations, of which there is one page",
                ":")),
        List.of(
            "project:my-project,location:us-central1,function:resize",
            "project:my-project,latest:true"));
  }

  @Override
  public Filter parse(String text) {
    Fault.checkLength(text);
    var given = pairs(text);
    if (given.keySet().equals(OF_FUNCTION)) {
      String location = given.getOrDefault("location", "");
      var target = target(given, location, given.getOrDefault("function", ""));
      return Filter.of(target).in(collection(given, location));
    }
    if (given.keySet().equals(OF_PROJECT)) {
      String wildcard = String.valueOf(Glob.WILDCARD);
      return Filter.of(target(given, wildcard, wildcard)).in(collection(given, "-")).unpaged();
    }
    throw Fault.at(0, text, FORMS);
  }

  private static String collection(Map<String, String> given, String location) {
    return "projects/" + given.getOrDefault("project", "") + "/locations/" + location;
  }

  private static Node target(Map<String, String> given, String location, String function) {
    String target =
        "projects/"
            + given.getOrDefault("project", "")
            + "/locations/"
            + location
            + "/functions/"
            + function;
    return Node.Comparison.of(
        "metadata.target", Comparator.EQUAL, Operand.marked(target, false, false));
  }

  private static Map<String, String> pairs(String text) {
    var pairs = new LinkedHashMap<String, String>();
    int place = 0;
    for (String part : List.of(text.split(",", -1))) {
      String pair = part.strip();
      int at = place + part.indexOf(pair);
      int colon = pair.indexOf(':');
      String key = colon < 0 ? "" : pair.substring(0, colon).strip();
      String value = pair.substring(colon + 1).strip();
      boolean known = OF_FUNCTION.contains(key) || (key.equals("latest") && value.equals("true"));
      if (!known || !isId(value) || pairs.put(key, value) != null) {
        throw Fault.at(at, pair, FORMS);
      }
      place += part.length() + 1;
    }
    return pairs;
  }

  private static boolean isId(String value) {
    return !value.isEmpty()
        && value.chars().allMatch(c -> c > ' ' && c != ':' && c != '/' && c != '"' && c < 127);
  }
}
