package dev.longrunning.filter;

import dev.longrunning.operation.Problem;
import java.util.List;
import java.util.stream.Stream;

/** What docs/filters.md must say. */
public final class FilterDocs {
  private FilterDocs() {}

  /** Of each field its name and its comparators, as rows of a table begin and end with them. */
  public static List<String> fields() {
    return Stream.of(Field.values())
        .map(field -> field.text() + ": " + comparators(field.type()))
        .toList();
  }

  private static String comparators(Field.Type type) {
    return switch (type) {
      case TEXT, NUMBER, TIME -> "all";
      case FLAG -> "`=` `!=` `:`";
      case MESSAGE, LIST -> "`:`";
      case OPEN -> "`:`; below it all";
      case MAP -> "`:`; of a label all";
    };
  }

  /** Of each dialect its name, and whether lists want a filter in it. */
  public static List<String> dialects() {
    return Dialect.all().stream()
        .map(dialect -> dialect.name() + ": " + (dialect.isRequired() ? "yes" : "no"))
        .toList();
  }

  /** What stands there in figures. */
  public static List<String> bounds() {
    return List.of(
        String.format("%,d characters", Parser.LENGTH_MAX),
        Parser.TERMS_MAX + " values",
        Parser.LEVELS_MAX + " levels of parentheses");
  }

  /** Throws if an example is no filter. */
  public static void example(String filter) {
    Dialect.standard().parse(filter);
  }

  /** What a filter is refused with. */
  public static String refusal(String filter) {
    try {
      Dialect.standard().parse(filter);
      return "";
    } catch (Problem problem) {
      return problem.message();
    }
  }
}
