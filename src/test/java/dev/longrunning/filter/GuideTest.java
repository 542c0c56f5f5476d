package dev.longrunning.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of a dialect is so. */
final class GuideTest {
  static Iterable<Dialect> dialects() {
    return Dialect.all();
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void every_example_is_a_filter_of_its_dialect(Dialect dialect) {
    assertThat(dialect.guide().examples()).isNotEmpty();
    for (String example : dialect.guide().examples()) {
      assertThatCode(() -> dialect.parse(example)).as(example).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void what_a_dialect_of_its_own_can_be_asked_for_is_in_an_example(Dialect dialect) {
    if (dialect.name().equals(Dialect.standard().name())) {
      return;
    }
    String examples = String.join("\n", dialect.guide().examples());
    for (var term : dialect.guide().terms()) {
      assertThat(examples).contains(term.name().replace("KEY", ""));
    }
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void a_required_filter_is_written_like_any_other(Dialect dialect) {
    assertThat(dialect.required().guide()).isEqualTo(dialect.guide());
  }

  @ParameterizedTest
  @MethodSource("standardTerms")
  void each_field_takes_the_comparators_that_are_said(Guide.Term term) {
    for (String comparator : term.comparators().split(" ", -1)) {
      String value = comparator.equals(":") ? "*" : value(term.holds());
      String filter = term.name() + ' ' + comparator + ' ' + value;
      assertThatCode(() -> Dialect.standard().parse(filter)).as(filter).doesNotThrowAnyException();
    }
  }

  static Iterable<Guide.Term> standardTerms() {
    return Dialect.standard().guide().terms();
  }

  private static String value(String holds) {
    return switch (holds) {
      case "true or false" -> "true";
      case "a number" -> "1";
      case "a time" -> "2026-01-31T08:00:00Z";
      default -> "x";
    };
  }
}
