package dev.longrunning.filter;

import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;
import java.util.List;

/** What is wrong with a filter, and where. */
final class Fault {
  private Fault() {}

  /**
   * Something that is not as it must be.
   *
   * @param place from 0 on; shown from 1 on
   */
  static Problem at(int place, String got, String allowed) {
    return Problem.invalid(
        List.of(
            new Violation(
                "filter",
                "at character "
                    + (place + 1)
                    + ": got "
                    + Problem.shown(got)
                    + ", allowed "
                    + allowed)));
  }

  /** The end, where more must come. */
  static Problem atEnd(int place, String allowed) {
    return at(place, "the end", allowed);
  }

  /** Refuses what is too long before it is read. */
  static void checkLength(String text) {
    if (text.length() > Parser.LENGTH_MAX) {
      throw at(Parser.LENGTH_MAX, text.length() + " characters", "at most " + Parser.LENGTH_MAX);
    }
  }

  /** A filter without what it must have. */
  static Problem missing(String what, String allowed) {
    return Problem.invalid(
        List.of(new Violation("filter", "got no " + what + ", allowed " + allowed)));
  }
}
