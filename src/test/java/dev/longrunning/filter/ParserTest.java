package dev.longrunning.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longrunning.operation.Problem;
import org.junit.jupiter.api.Test;

final class ParserTest {
  private static Problem refused(Parser parser) {
    return catchThrowableOfType(Problem.class, parser::parse);
  }

  private static Parser parser(String text) {
    return new Parser(text, new FieldRules());
  }

  @Test
  void what_is_too_long_is_refused_unread() {
    parser("a".repeat(10_000)).parse();

    var longer = parser("a".repeat(10_001));
    assertThat(refused(longer))
        .hasMessage("filter: at character 10001: got 10001 characters, allowed at most 10000");
    assertThat(longer.charactersRead()).isZero();
  }

  @Test
  void nothing_behind_the_term_that_is_too_many_is_read() {
    parser("a ".repeat(200)).parse();

    var more = parser("a ".repeat(200) + "a" + " (b".repeat(1_000));
    assertThat(refused(more))
        .hasMessage("filter: at character 401: got term 201, allowed at most 200 terms");
    assertThat(more.charactersRead()).isLessThanOrEqualTo(404);
    var values = parser("name = (" + "a OR ".repeat(200) + "a" + " OR b".repeat(500) + ")");
    assertThat(refused(values)).hasMessageContaining("got term 201, allowed at most 200 terms");
    assertThat(values.charactersRead()).isLessThanOrEqualTo(8 + 200 * 5 + 3);
  }

  @Test
  void nothing_behind_the_level_that_is_too_deep_is_read() {
    parser("(".repeat(32) + "a" + ")".repeat(32)).parse();
    parser("-(".repeat(32) + "a" + ")".repeat(32)).parse();
    parser("NOT (".repeat(32) + "a" + ")".repeat(32)).parse();

    var deeper = parser("(".repeat(9_000));
    assertThat(refused(deeper))
        .hasMessage("filter: at character 33: got (, allowed at most 32 levels of parentheses");
    assertThat(deeper.charactersRead()).isEqualTo(33);
    var values = parser("name = " + "(".repeat(33) + "a");
    assertThat(refused(values)).hasMessageContaining("at character 40: got (");
  }

  @Test
  void nothing_behind_the_name_that_is_too_many_in_a_path_is_read() {
    parser("metadata" + ".a".repeat(31) + " = 1").parse();

    var longer = parser("metadata" + ".a".repeat(4_000) + " = 1");
    assertThat(refused(longer)).hasMessageContaining("got a, allowed at most 32 names");
    assertThat(longer.charactersRead()).isEqualTo(8 + 31 * 2 + 1);
  }

  @Test
  void a_number_of_any_size_costs_little() {
    for (String number : new String[] {"1e9999", "-1e-9999", "9".repeat(400)}) {
      var filter = Filter.of(parser("progress.done_units < " + number).parse());
      assertThat(filter.narrowing()).isEqualTo(new Narrowing.Present(Narrowing.Column.PROGRESS));
    }
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> parser("progress.done_units < " + "9".repeat(401)).parse())
        .withMessageContaining("allowed a number for progress.done_units");
  }

  @Test
  void control_characters_and_halves_of_characters_are_refused_wherever_they_are() {
    for (String bad : new String[] {"\0", "\u0007", "\ud800", "\udc00"}) {
      for (String filter :
          new String[] {"a%s", "\"%s\"", "name = %s", "name = \"a%s\"", "a.%s:*"}) {
        assertThatExceptionOfType(Problem.class)
            .as(filter)
            .isThrownBy(() -> parser(String.format(filter, bad)).parse())
            .withMessageContaining("allowed text without control characters");
      }
    }
  }

  @Test
  void each_dialect_is_found_by_its_name_and_some_want_a_filter() {
    for (var dialect : Dialect.all()) {
      assertThat(Dialect.named(dialect.name()).orElseThrow().name()).isEqualTo(dialect.name());
      var required = dialect.required();
      assertThat(required.isRequired()).isTrue();
      assertThat(required.name()).isEqualTo(dialect.name());
      assertThatExceptionOfType(Problem.class).isThrownBy(() -> required.parse(""));
    }
    assertThat(Dialect.named("sql")).isEmpty();
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> Dialect.standard().required().parse(" "))
        .withMessage("filter: got no filter, allowed one in the dialect aip-160");
    assertThat(Dialect.standard().required().parse("done = true").isPaged()).isTrue();
    var functions = Dialect.named("cloud-functions-v1").orElseThrow();
    assertThat(functions.parse("project:p,latest:true").isPaged()).isFalse();
    assertThat(functions.parse("project:p,location:l,function:f").isPaged()).isTrue();
  }

  @Test
  void the_length_bounds_every_dialect() {
    for (var dialect : Dialect.all()) {
      assertThatExceptionOfType(Problem.class)
          .as(dialect.name())
          .isThrownBy(() -> dialect.parse(" ".repeat(10_001)));
    }
  }
}
