package dev.longrunning.filter;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What stands between a field and a value. */
public enum Comparator {
  // The longer ones first: a scanner takes the first that fits.
  AT_MOST("<="),
  AT_LEAST(">="),
  NOT_EQUAL("!="),
  EQUAL("="),
  LESS("<"),
  GREATER(">"),
  HAS(":");

  private final String text;

  Comparator(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /** The one that stands at a place of a filter. */
  static Optional<Comparator> at(String filter, int place) {
    return Arrays.stream(values()).filter(each -> filter.startsWith(each.text, place)).findFirst();
  }

  static String all() {
    return Arrays.stream(values()).map(Comparator::text).sorted().collect(Collectors.joining(" "));
  }

  /** Whether it asks for the value itself, in one way or another. */
  public boolean isEquality() {
    return this == EQUAL || this == NOT_EQUAL || this == HAS;
  }

  /** Whether it holds, by how the field's value compares to the other one. */
  boolean holds(int order) {
    return switch (this) {
      case EQUAL, HAS -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case AT_MOST -> order <= 0;
      case GREATER -> order > 0;
      case AT_LEAST -> order >= 0;
    };
  }

  /** Whether it holds, where only equal or not can be told. */
  boolean holds(boolean equal) {
    return isEquality() && equal == (this != NOT_EQUAL);
  }
}
