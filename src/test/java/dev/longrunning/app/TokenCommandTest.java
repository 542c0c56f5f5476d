package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.auth.StaticTokens;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class TokenCommandTest {
  @TempDir Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new CommandLine(new TokenCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private String token() {
    return err.toString().lines().skip(1).findFirst().orElseThrow();
  }

  @Test
  void what_it_prints_is_taken_from_the_file_and_is_who_was_asked_for() throws Exception {
    assertThat(
            run(
                "--principal=-ci@x",
                "--groups=a,b",
                "--scopes=https://example.com/auth,it's",
                "--expires-in=90d"))
        .isZero();

    var file = Files.writeString(temp.resolve("tokens.yaml"), "tokens:\n" + out);
    var tokens = StaticTokens.read(file, InstantSource.system());
    var who = tokens.identify(token()).orElseThrow().result();
    assertThat(who.principal()).isEqualTo("token:-ci@x");
    assertThat(who.groups()).containsExactlyInAnyOrder("a", "b");
    assertThat(who.scopes().orElseThrow())
        .containsExactlyInAnyOrder("https://example.com/auth", "it's");
    assertThat(who.credential().expires().orElseThrow())
        .isAfter(InstantSource.system().instant().plus(Duration.ofDays(89)));
  }

  @Test
  void a_token_is_of_256_bits_is_another_each_time_and_is_not_in_what_goes_to_the_file() {
    run("--principal", "ci");
    String first = token();
    err.getBuffer().setLength(0);
    run("--principal", "ci");

    assertThat(Base64.getUrlDecoder().decode(first)).hasSize(32);
    assertThat(token()).isNotEqualTo(first);
    assertThat(out.toString()).doesNotContain(first, token());
    assertThat(out.toString()).doesNotContain("groups", "scopes", "expires");
  }

  @ParameterizedTest
  @CsvSource({
    "--principal=a b, --principal: got a b",
    "--principal=ci --groups=a!, --groups: got a!",
    "--principal=ci --scopes=ä, --scopes: got ä",
    "--principal=ci --expires-in=59s, '--expires-in: got 59s, allowed 1m..3650d'",
    "--principal=ci --expires-in=3651d, '--expires-in: got 3651d, allowed 1m..3650d'",
    "--groups=a, --principal",
  })
  void a_wrong_word_is_refused_before_a_token_is_made(String words, String expected) {
    assertThat(run(words.split(" (?=--)", -1))).isEqualTo(2);

    assertThat(err.toString()).contains(expected);
    assertThat(out.toString()).isEmpty();
  }
}
