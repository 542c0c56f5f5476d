package dev.longrunning.profile;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A path template of {@code google.api.http}, matched on the raw path.
 *
 * <p><b>Promise.</b> A literal matches itself, {@code *} one segment, {@code **} any number of them
 * (also none, also in the middle; one a template). A template without a verb matches only paths
 * without, and one with a verb only those. A variable of one segment is decoded in full; in a
 * longer one an encoded slash stays as it came.
 *
 * <p><b>Order.</b> Where several templates match one path, literal goes before {@code *} before
 * {@code **}, also before one that stands for nothing, segment by segment. That order does not
 * depend on the path, so that templates can be sorted once: up to the first difference both stand
 * at the same segment; behind a common {@code **} the longer rest leaves the {@code **} at an
 * earlier segment, and equal rests are aligned again.
 *
 * <pre>
 *   Template = "/" Segment { "/" Segment } [ ":" Verb ]
 *   Segment  = "*" | "**" | Literal | "{" FieldPath [ "=" Segment { "/" Segment } ] "}"
 * </pre>
 */
public final class PathTemplate implements Comparable<PathTemplate> {
  /** In the order in which they are preferred. */
  enum Kind {
    LITERAL,
    STAR,
    STARS
  }

  record Element(Kind kind, String text) {
    static Element of(String text) {
      return switch (text) {
        case "*" -> new Element(Kind.STAR, "");
        case "**" -> new Element(Kind.STARS, "");
        default -> new Element(Kind.LITERAL, text);
      };
    }

    /** Whether it matches one segment. */
    boolean isAt(String path, int from, int to) {
      return kind != Kind.LITERAL || (to - from == text.length() && path.startsWith(text, from));
    }

    String shown() {
      return switch (kind) {
        case LITERAL -> text;
        case STAR -> "*";
        case STARS -> "**";
      };
    }
  }

  /** The elements from {@code from} to before {@code to} are the value of {@code field}. */
  record Variable(String field, int from, int to) {}

  private final String source;
  private final String verb;
  private final List<Element> elements;
  private final List<Variable> variables;

  /** The element that is {@code **}; as many as there are elements if none is. */
  private final int stars;

  PathTemplate(String source, String verb, List<Element> elements, List<Variable> variables) {
    this.source = source;
    this.verb = verb;
    this.elements = List.copyOf(elements);
    this.variables = List.copyOf(variables);
    int first = elements.indexOf(Element.of("**"));
    this.stars = first < 0 ? elements.size() : first;
    check(stars == elements.lastIndexOf(Element.of("**")) || first < 0, "has more than one **");
  }

  /** Reads a template; throws {@code IllegalStateException} saying what is wrong with it. */
  public static PathTemplate parse(String source) {
    return new TemplateParser(source).template();
  }

  /** The template of no segments at all. */
  static PathTemplate empty() {
    return new PathTemplate("/", "", List.of(), List.of());
  }

  public String verb() {
    return verb;
  }

  public Set<String> fields() {
    var fields = new HashSet<String>();
    variables.forEach(variable -> fields.add(variable.field()));
    return fields;
  }

  /** What a variable stands for, such as {@code operations/**}; empty: there is none. */
  Optional<String> form(String field) {
    return variables.stream()
        .filter(variable -> variable.field().equals(field))
        .findFirst()
        .map(
            variable ->
                elements.subList(variable.from(), variable.to()).stream()
                    .map(Element::shown)
                    .collect(Collectors.joining("/")));
  }

  /** The values of the variables, if the template matches. */
  public Optional<Map<String, String>> match(RawPath path) {
    return verb.equals(path.verb()) ? values(path.segments(), path::value) : Optional.empty();
  }

  /** The same for what is no path, but text in segments: as it is. */
  Optional<Map<String, String>> match(List<String> segments) {
    return values(segments, (from, to, single) -> String.join("/", segments.subList(from, to)));
  }

  /** What the segments from {@code from} to before {@code to} say. */
  private interface Value {
    String of(int from, int to, boolean single);
  }

  private Optional<Map<String, String>> values(List<String> segments, Value value) {
    if (!matches(segments)) {
      return Optional.empty();
    }
    int shift = segments.size() - elements.size();
    var values = new LinkedHashMap<String, String>();
    for (var variable : variables) {
      int from = variable.from() + (variable.from() > stars ? shift : 0);
      int to = variable.to() + (variable.to() > stars ? shift : 0);
      boolean single = variable.to() - variable.from() == 1 && variable.from() != stars;
      values.put(variable.field(), value.of(from, to, single));
    }
    return Optional.of(values);
  }

  /** Whether text in segments is of this form. */
  boolean isText(List<String> segments) {
    return matches(segments);
  }

  /**
   * Whether a text is of this form, where a <code>**</code> at the end stands for something. Every
   * call asks: takes no memory.
   */
  boolean isName(String text) {
    int segments = 1;
    for (int at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
      segments++;
    }
    boolean open = stars == elements.size() - 1;
    return isLongEnough(segments)
        && (!open || segments >= elements.size() || stars > 1)
        && beginsAs(text)
        && endsAs(text);
  }

  private boolean isLongEnough(int segments) {
    return stars < elements.size() ? segments >= elements.size() - 1 : segments == elements.size();
  }

  /** Whether it has the literals before the <code>**</code>, or all. */
  private boolean beginsAs(String text) {
    int from = 0;
    for (int i = 0; i < stars; i++) {
      int slash = text.indexOf('/', from);
      int to = slash < 0 ? text.length() : slash;
      if (!elements.get(i).isAt(text, from, to)) {
        return false;
      }
      from = to + 1;
    }
    return true;
  }

  private boolean endsAs(String text) {
    int to = text.length();
    for (int i = elements.size() - 1; i > stars; i--) {
      int from = text.lastIndexOf('/', to - 1) + 1;
      if (!elements.get(i).isAt(text, from, to)) {
        return false;
      }
      to = from - 1;
    }
    return true;
  }

  private boolean matches(List<String> segments) {
    int shift = segments.size() - elements.size();
    if (!isLongEnough(segments.size())) {
      return false;
    }
    for (int i = 0; i < elements.size(); i++) {
      var element = elements.get(i);
      if (element.kind() == Kind.LITERAL
          && !element.text().equals(segments.get(i > stars ? i + shift : i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(PathTemplate other) {
    int common = Math.min(elements.size(), other.elements.size());
    for (int i = 0; i < common; i++) {
      if (i == stars && i == other.stars && elements.size() != other.elements.size()) {
        return other.elements.size() - elements.size();
      }
      int order = compare(elements.get(i), other.elements.get(i));
      if (order != 0) {
        return order;
      }
    }
    // Both can match one path only if what is left of the longer one is an empty **.
    return elements.size() - other.elements.size();
  }

  private static int compare(Element one, Element other) {
    int order = one.kind().compareTo(other.kind());
    return order != 0 ? order : one.text().compareTo(other.text());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathTemplate template
        && verb.equals(template.verb)
        && elements.equals(template.elements);
  }

  @Override
  public int hashCode() {
    return 31 * elements.hashCode() + verb.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }

  private void check(boolean holds, String fault) {
    if (!holds) {
      throw new IllegalStateException("path template " + source + ' ' + fault);
    }
  }
}
