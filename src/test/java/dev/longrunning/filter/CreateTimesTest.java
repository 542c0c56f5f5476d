package dev.longrunning.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CreateTimesTest {
  private static final String NOON = "2026-01-01T12:00:00Z";
  private static final String LATER = "2026-01-01T13:00:00Z";

  private static void assertBetween(String filter, @Nullable String from, @Nullable String to) {
    var times = CreateTimes.of(Dialect.standard().parse(filter).narrowing());
    assertThat(times)
        .as(filter)
        .isEqualTo(
            new CreateTimes(
                from == null ? null : Instant.parse(from), to == null ? null : Instant.parse(to)));
  }

  private static void assertCompared(
      String comparator, @Nullable String from, @Nullable String to) {
    assertBetween("create_time " + comparator + " \"" + NOON + '"', from, to);
  }

  @Test
  void each_comparison_bounds_the_side_that_it_is_about_and_bounds_are_included() {
    assertCompared("<", null, "2026-01-01T11:59:59.999999Z");
    assertCompared("<=", null, NOON);
    assertCompared(">", "2026-01-01T12:00:00.000001Z", null);
    assertCompared(">=", NOON, null);
    assertCompared("=", NOON, NOON);
    assertCompared(":", NOON, NOON);
    assertCompared("!=", null, null);
  }

  @Test
  void a_time_within_a_microsecond_bounds_by_whole_ones() {
    String within = "\"2026-01-01T12:00:00.0000015Z\"";
    assertBetween("create_time < " + within, null, "2026-01-01T12:00:00.000001Z");
    assertBetween("create_time >= " + within, "2026-01-01T12:00:00.000002Z", null);
  }

  @Test
  void conditions_that_all_hold_bound_together_whatever_else_is_asked() {
    String noon = "create_time > \"" + NOON + '"';
    String later = "create_time >= \"" + LATER + '"';
    assertBetween(noon + " AND (done = true AND " + later + ") AND metadata.a = b", LATER, null);
    assertBetween(later + ' ' + noon + " labels.a = b", LATER, null);
    assertBetween(
        "create_time <= \"" + NOON + "\" AND create_time <= \"" + LATER + '"', null, NOON);
    assertBetween(later + " AND create_time <= \"" + NOON + '"', LATER, NOON);
  }

  @Test
  void filters_of_other_dialects_bound_too() {
    var dialect = Dialect.named("storage-transfer").orElseThrow();
    String filter = "{\"projectId\": \"p\", \"minCreationTime\": \"" + NOON + "\"}";
    assertThat(CreateTimes.of(dialect.parse(filter).narrowing()).from())
        .isEqualTo(Instant.parse(NOON));
  }

  @Test
  void what_is_one_of_several_or_negated_or_another_time_bounds_nothing() {
    String noon = "create_time > \"" + NOON + '"';
    assertBetween(noon + " OR done = true", null, null);
    assertBetween("NOT " + noon, null, null);
    assertBetween("update_time > \"" + NOON + '"', null, null);
    assertBetween("create_time:*", null, null);
    assertBetween("", null, null);
  }
}
