package dev.longrunning.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class GlobTest {
  private static String text(Random random, String letters, int max) {
    var text = new StringBuilder();
    for (int i = random.nextInt(max + 1); i > 0; i--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  @Test
  void a_pattern_matches_what_a_regular_expression_would() {
    var random = new Random(20_260_104);
    for (int i = 0; i < 50_000; i++) {
      String pattern = text(random, "aab*", 8);
      String text = text(random, "aab", 12);
      var regex = Pattern.compile(pattern.replace("*", ".*"));

      assertThat(Operand.pattern(pattern).glob().matches(text))
          .as(pattern + " on " + text)
          .isEqualTo(regex.matcher(text).matches());
    }
  }

  @Test
  void a_pattern_made_to_be_slow_is_not() {
    // Each position of a million would be tried a hundred thousand times.
    String text = "a".repeat(1_000_000);
    String half = "*" + "a".repeat(4_999) + "b*";
    assertThat(Operand.pattern(half).glob().matches(text)).isFalse();
    assertThat(Operand.pattern("*a".repeat(4_999) + "*b*").glob().matches(text)).isFalse();
  }

  @Test
  void wildcards_become_those_of_sql_and_what_sql_takes_for_its_own_is_escaped() {
    assertThat(Operand.pattern("50%_*\\x*").glob().like()).isEqualTo("50\\%\\_%\\\\x%");
  }
}
