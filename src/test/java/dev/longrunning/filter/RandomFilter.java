package dev.longrunning.filter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A filter made at random, as text, and what it means, told by nothing that the server has: facts
 * by path, regular expressions, and the operators of Java.
 *
 * @param means of the facts of an operation; a path that is not among them is not set
 */
public record RandomFilter(String text, Predicate<Map<String, Object>> means) {
  /** What facts have for a message that is set. */
  public static final Object SET = new Object();

  private static final List<String> ORDERS = List.of("=", "!=", "<", "<=", ">", ">=", ":");
  private static final int DEPTH_MAX = 4;

  /**
   * Makes filters about what these facts speak of.
   *
   * @param paths of values, and of messages and maps
   * @param values those that occur, by path
   */
  public record Maker(Random random, List<String> paths, Map<String, List<Object>> values) {
    public RandomFilter next() {
      return expression(0, true);
    }

    /** Joined by AND and by white space; in it OR needs no parentheses. */
    private RandomFilter expression(int depth, boolean whole) {
      var parts = new ArrayList<RandomFilter>();
      int count = depth == DEPTH_MAX ? 1 : 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        parts.add(alternatives(depth));
      }
      var text = new StringBuilder(parts.get(0).text());
      for (var part : parts.subList(1, count)) {
        text.append(random.nextBoolean() ? " AND " : "  ").append(part.text());
      }
      return new RandomFilter(
          whole ? text.toString() : '(' + text.toString() + ')',
          facts -> parts.stream().allMatch(part -> part.means().test(facts)));
    }

    private RandomFilter alternatives(int depth) {
      var parts = new ArrayList<RandomFilter>();
      int count = depth == DEPTH_MAX ? 1 : 1 + random.nextInt(3) / 2;
      for (int i = 0; i < count; i++) {
        parts.add(term(depth));
      }
      return new RandomFilter(
          parts.stream().map(RandomFilter::text).collect(Collectors.joining(" OR ")),
          facts -> parts.stream().anyMatch(part -> part.means().test(facts)));
    }

    private RandomFilter term(int depth) {
      boolean leaf = depth == DEPTH_MAX || random.nextInt(3) > 0;
      var part = leaf ? comparison() : expression(depth + 1, false);
      return switch (random.nextInt(4)) {
        case 0 -> new RandomFilter("NOT " + part.text(), part.means().negate());
        case 1 -> new RandomFilter("-" + part.text(), part.means().negate());
        default -> part;
      };
    }

    private <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    private RandomFilter comparison() {
      String path = any(paths);
      var known = values.getOrDefault(path, List.of());
      if (known.isEmpty() || random.nextInt(6) == 0) {
        return new RandomFilter(path + ":*", facts -> isPresent(path, facts.get(path)));
      }
      Object value = any(known);
      if (value instanceof Boolean flag) {
        String operator = any(List.of("=", "!=", ":"));
        return new RandomFilter(
            path + " " + operator + " " + flag,
            facts -> facts.get(path) != null && holds(operator, facts.get(path).equals(flag)));
      }
      if (path.startsWith("error.details")) {
        return new RandomFilter(
            path + ":" + quoted(value.toString()), facts -> value.equals(facts.get(path)));
      }
      return value instanceof String text ? ofText(path, text) : ofOrdered(path, value);
    }

    private RandomFilter ofText(String path, String text) {
      String operator = any(ORDERS);
      if (random.nextInt(3) == 0 && List.of("=", "!=", ":").contains(operator)) {
        return ofPattern(path, text, operator);
      }
      return new RandomFilter(
          path + operator + quoted(text),
          facts ->
              facts.get(path) instanceof String other && holds(operator, byCodePoint(other, text)));
    }

    private RandomFilter ofPattern(String path, String text, String operator) {
      int from = text.isEmpty() ? 0 : text.offsetByCodePoints(0, random.nextInt(codePoints(text)));
      int to = text.offsetByCodePoints(from, random.nextInt(codePoints(text.substring(from)) + 1));
      String before = text.substring(0, from);
      String behind = text.substring(to);
      var regex = Pattern.compile(Pattern.quote(before) + ".*" + Pattern.quote(behind));
      String pattern = quoted(before).replaceAll("\"$", "") + '*' + quoted(behind).substring(1);
      return new RandomFilter(
          path + " " + operator + " " + pattern,
          facts ->
              facts.get(path) instanceof String other
                  && holds(operator, regex.matcher(other).matches()));
    }

    private static int codePoints(String text) {
      return text.codePointCount(0, text.length());
    }

    private RandomFilter ofOrdered(String path, Object known) {
      String operator = any(ORDERS);
      if (known instanceof Instant time) {
        var moved = time.plusNanos(any(List.of(0, 0, 1, -1, 500, 1_000, -1_000, 1_000_000_000)));
        return new RandomFilter(
            path + " " + operator + " \"" + moved + '"',
            facts ->
                facts.get(path) instanceof Instant other
                    && holds(operator, other.compareTo(moved)));
      }
      double number = ((Number) known).doubleValue() + any(List.of(0.0, 0.0, 0.5, 1.0, -1.0, 1e30));
      return new RandomFilter(
          path + operator + number,
          facts ->
              facts.get(path) instanceof Number other
                  && holds(operator, Double.compare(other.doubleValue(), number)));
    }
  }

  private static String quoted(String text) {
    return '"' + text.replaceAll("[\"\\\\*]", "\\\\$0") + '"';
  }

  private static int byCodePoint(String one, String other) {
    var ones = one.codePoints().toArray();
    var others = other.codePoints().toArray();
    return java.util.Arrays.compare(ones, others);
  }

  private static boolean isPresent(String path, Object value) {
    if (value instanceof String text) {
      // The key of a map is there, whatever its value.
      return path.contains("labels.") || !text.isEmpty();
    }
    if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    return value instanceof Boolean flag ? flag : value != null;
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "=", ":" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean holds(String operator, boolean equal) {
    return equal == !operator.equals("!=");
  }
}
