package dev.longrunning.filter;

import java.util.Arrays;
import java.util.List;

/**
 * A dialect in short, for people.
 *
 * @param terms what can be asked for
 * @param examples filters, each as it is written
 */
public record Guide(List<Term> terms, List<String> examples) {
  /**
   * Something that can be asked for.
   *
   * @param name as it is written
   * @param holds what its values are, in words
   * @param comparators what may stand between it and a value, with a space between two
   */
  public record Term(String name, String holds, String comparators) {}

  public Guide {
    terms = List.copyOf(terms);
    examples = List.copyOf(examples);
  }

  /** All fields of operations. */
  static List<Term> fields() {
    return Arrays.stream(Field.values()).map(Guide::term).toList();
  }

  private static Term term(Field field) {
    return new Term(field.text(), field.type().words(), field.type().comparators());
  }
}
