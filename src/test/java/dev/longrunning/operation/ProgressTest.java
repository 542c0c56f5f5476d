package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

final class ProgressTest {
  private static void assertFaults(Progress progress, String message) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> Progress.checked("progress", progress))
        .withMessage(message);
  }

  @Test
  void an_unknown_total_bounds_nothing() {
    var progress = new Progress(Long.MAX_VALUE, 0, "", "", null);

    assertThat(Progress.checked("progress", progress)).isSameAs(progress);
  }

  @Test
  void done_reaches_a_known_total_and_not_more() {
    assertThat(new Progress(7, 7, "", "", null).faults("p")).isEmpty();
    assertFaults(
        new Progress(8, 7, "", "", null),
        "progress.done_units: got 8, allowed at most total_units, 7");
  }

  @Test
  void nothing_is_negative() {
    assertFaults(
        new Progress(-1, -2, "", "", null),
        "progress.done_units: got -1, allowed 0 or more; "
            + "progress.total_units: got -2, allowed 0 or more");
  }

  @Test
  void texts_are_lines_of_a_bounded_number_of_characters() {
    assertThat(new Progress(0, 0, "🙂".repeat(32), "🙂".repeat(1_000), null).faults("p")).isEmpty();
    assertFaults(
        new Progress(0, 0, "x".repeat(33), "", null),
        "progress.unit: got " + "x".repeat(33) + ", allowed at most 32 characters");
    assertFaults(
        new Progress(0, 0, "", "x".repeat(1_001), null),
        "progress.message: got " + "x".repeat(64) + "…, allowed at most 1000 characters");
    assertFaults(
        new Progress(0, 0, "", "a\nb", null),
        "progress.message: got a\\u000ab, allowed one line of text without control characters and"
            + " unpaired surrogates");
  }
}
