package dev.longrunning.filter;

import java.util.List;

/**
 * What a dialect makes of the parts of a filter. Each may throw a {@code Problem} with the place.
 */
interface Rules {
  /**
   * What stands left of a comparator.
   *
   * @param place of its first character
   */
  record Member(List<String> names, int place) {
    String text() {
      return String.join(".", names);
    }
  }

  /**
   * What stands right of a comparator.
   *
   * @param place of its first character
   */
  record Argument(Operand operand, int place) {}

  Node comparison(Member member, Comparator comparator, Argument argument);

  /** A value that stands alone. */
  Node literal(Argument argument);

  /** Whether keywords and values are the same in upper and lower case. */
  default boolean isAnyCase() {
    return false;
  }

  /** An OR was met. */
  default void alternative(int place) {}

  /** A negation was met. */
  default void negation(int place) {}

  /** A parenthesis was met. */
  default void group(int place) {}
}
