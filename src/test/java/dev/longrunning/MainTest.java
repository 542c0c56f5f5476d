package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void a_wrong_command_line_ends_with_2_and_says_what_and_where_help_is() {
    assertThat(run("demo", "checksum", ".", "--rate", "0")).isEqualTo(2);

    assertThat(err.toString().lines())
        .containsExactly(
            "longrunning: --rate: got 0, allowed 1..100000",
            "Help: longrunning demo checksum --help");
  }

  @Test
  void a_directory_that_is_none_is_refused() {
    assertThat(run("demo", "checksum", "no/such/directory")).isEqualTo(2);

    assertThat(err.toString())
        .startsWith("longrunning: DIR: got no/such/directory, allowed a directory");
  }

  @Test
  void a_target_without_a_port_is_refused() {
    assertThat(run("demo", "checksum", ".", "--target", "here")).isEqualTo(2);

    assertThat(err.toString()).startsWith("longrunning: --target: got here, allowed HOST:PORT");
  }

  @Test
  void an_unknown_flag_is_refused() {
    assertThat(run("serve", "--nothing")).isEqualTo(2);

    assertThat(err.toString()).startsWith("longrunning: Unknown option: '--nothing'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve ", "check ", "token ", "demo ", "demo checksum "})
  void every_command_has_help_and_a_version(String command) {
    assertThat(run((command + "--help").split(" ", -1))).isZero();
    assertThat(out.toString()).startsWith("Usage: longrunning " + command);

    out.getBuffer().setLength(0);
    assertThat(run((command + "--version").split(" ", -1))).isZero();
    assertThat(out.toString()).startsWith("longrunning 0.");
    assertThat(err.toString()).isEmpty();
  }

  private int run(String... args) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
