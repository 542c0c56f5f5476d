package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void every_command_has_help_and_a_version() {
    for (String command : new String[] {"", "serve", "demo", "demo checksum"}) {
      String[] words = (command + " --help").strip().split(" ", -1);
      assertThat(run(words)).isZero();
      assertThat(out.toString()).contains(("Usage: longrunning " + command).strip());
      words[words.length - 1] = "--version";
      assertThat(run(words)).isZero();
      assertThat(out.toString()).contains("longrunning ");
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void without_a_command_it_shows_its_help() {
    assertThat(run()).isZero();

    assertThat(out.toString()).startsWith("Usage: longrunning");
  }

  @Test
  void an_option_that_there_is_not_is_one_line() {
    assertThat(run("serve", "--nonsense")).isEqualTo(2);

    assertThat(err.toString().lines())
        .containsExactly("longrunning: Unknown option: '--nonsense'; see longrunning serve --help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_command_that_there_is_not_is_one_line() {
    assertThat(run("nonsense")).isEqualTo(2);

    assertThat(err.toString().lines())
        .containsExactly(
            "longrunning: Unmatched argument at index 0: 'nonsense'; see longrunning --help");
  }
}
