package dev.longrunning.profile;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads one template from left to right.
 *
 * <p><b>Threads.</b> Confined to who made it.
 *
 * <p><b>Bounds.</b> None: templates come from the server's own files.
 */
final class TemplateParser {
  private final String source;
  private final List<PathTemplate.Element> elements = new ArrayList<>();
  private final List<PathTemplate.Variable> variables = new ArrayList<>();

  TemplateParser(String source) {
    this.source = source;
  }

  PathTemplate template() {
    int colon = source.lastIndexOf(':');
    boolean hasVerb = colon > source.lastIndexOf('/') && colon > source.lastIndexOf('}');
    String verb = hasVerb ? source.substring(colon + 1) : "";
    String path = hasVerb ? source.substring(0, colon) : source;
    check(path.startsWith("/") && !(hasVerb && verb.isEmpty()), "is not /segments[:verb]");
    int at = 1;
    while (at <= path.length()) {
      at = segment(path, at) + 1;
    }
    return new PathTemplate(source, verb, elements, variables);
  }

  /** Reads the segment or variable that begins at {@code from}; answers where it ends. */
  private int segment(String path, int from) {
    if (!path.startsWith("{", from)) {
      int slash = path.indexOf('/', from);
      int end = slash < 0 ? path.length() : slash;
      element(path.substring(from, end));
      return end;
    }
    int close = path.indexOf('}', from);
    check(close > 0, "has a variable that does not end");
    boolean whole = close + 1 == path.length() || path.charAt(close + 1) == '/';
    check(whole, "has a variable beside other text");
    variable(path.substring(from + 1, close));
    return close + 1;
  }

  private void variable(String text) {
    int equals = text.indexOf('=');
    String field = equals < 0 ? text : text.substring(0, equals);
    check(!field.isEmpty(), "has a variable without a field");
    int from = elements.size();
    for (String segment : (equals < 0 ? "*" : text.substring(equals + 1)).split("/", -1)) {
      element(segment);
    }
    variables.add(new PathTemplate.Variable(field, from, elements.size()));
  }

  private void element(String text) {
    boolean star = text.equals("*") || text.equals("**");
    check(!text.isEmpty(), "has an empty segment");
    check(star || text.chars().noneMatch(c -> "*{}=:".indexOf(c) >= 0), "has a mixed segment");
    elements.add(PathTemplate.Element.of(text));
  }

  private void check(boolean holds, String fault) {
    if (!holds) {
      throw new IllegalStateException("path template " + source + ' ' + fault);
    }
  }
}
