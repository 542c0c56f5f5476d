package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longrunning.feed.VirtualTime;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StaticTokensTest {
  private static final String SECRET = "the-token-of-ci";
  private static final String OTHER = "the-next-token-of-ci";
  private static final String CI = entry("ci", SECRET, "");

  @TempDir Path temp;
  private final VirtualTime time = new VirtualTime();

  private static String entry(String principal, String token, String more) {
    return "- principal: "
        + principal
        + "\n  sha256: "
        + TokenHash.of(token).hex()
        + "\n"
        + more.indent(2);
  }

  private Path write(String yaml) throws Exception {
    return Files.writeString(temp.resolve("tokens.yaml"), yaml);
  }

  private StaticTokens tokens(String... entries) throws Exception {
    return StaticTokens.read(write("tokens:\n" + String.join("", entries)), time);
  }

  private static Identity who(StaticTokens tokens, String token) {
    return tokens.identify(token).map(Future::result).orElseThrow();
  }

  private List<String> faults(String yaml) {
    return catchThrowableOfType(TokenFileFault.class, () -> StaticTokens.read(write(yaml), time))
        .lines();
  }

  @Test
  void a_token_is_who_the_file_says() throws Exception {
    var tokens =
        tokens(
            entry("ci", SECRET, "groups: [ops]\nscopes: [a, b]\nexpires: 2026-01-01T01:00:00Z"),
            entry("ci", OTHER, ""));

    var first = who(tokens, SECRET);
    assertThat(first.principal()).isEqualTo("token:ci");
    assertThat(first.groups()).containsExactly("ops");
    assertThat(first.scopes()).contains(Set.of("a", "b"));
    assertThat(first.credential().expires()).contains(Instant.parse("2026-01-01T01:00:00Z"));
    var second = who(tokens, OTHER);
    assertThat(second.principal()).isEqualTo("token:ci");
    assertThat(second.scopes()).isEmpty();
    assertThat(second.credential().expires()).isEmpty();
  }

  @Test
  void an_empty_list_of_scopes_is_good_for_nothing() throws Exception {
    assertThat(who(tokens(entry("ci", SECRET, "scopes: []")), SECRET).scopes()).contains(Set.of());
  }

  @Test
  void what_is_not_in_the_file_is_no_token_of_this_kind() throws Exception {
    var tokens = tokens(CI);

    assertThat(tokens.identify(OTHER)).isEmpty();
    assertThat(tokens.identify(TokenHash.of(SECRET).hex())).isEmpty();
    assertThat(tokens.identify("")).isEmpty();
  }

  @Test
  void a_token_ends_when_the_file_says() throws Exception {
    var tokens = tokens(entry("ci", SECRET, "expires: 2026-01-01T01:00:00Z"));
    var open = who(tokens, SECRET).credential();

    time.pass(Duration.ofHours(1).minusMillis(1));
    assertThat(open.fault(time.instant())).isEmpty();
    assertThat(tokens.identify(SECRET).orElseThrow().succeeded()).isTrue();

    time.pass(Duration.ofMillis(1));
    assertThat(open.fault(time.instant()).map(Problem::reason)).contains("ACCESS_TOKEN_EXPIRED");
    assertThat(tokens.identify(SECRET).orElseThrow().cause())
        .isInstanceOfSatisfying(
            Problem.class, it -> assertThat(it.reason()).isEqualTo("ACCESS_TOKEN_EXPIRED"));
  }

  @Test
  void a_token_that_is_taken_out_of_the_file_stops_at_once_and_others_go_on() throws Exception {
    var tokens = tokens(CI, entry("ops", OTHER, ""));
    var taken = who(tokens, SECRET).credential();
    var other = who(tokens, OTHER).credential();

    write("tokens:\n" + entry("ops", OTHER, ""));
    tokens.check(false);

    assertThat(tokens.identify(SECRET)).isEmpty();
    assertThat(taken.fault(time.instant()).map(Problem::message))
        .contains("authorization: the token was taken back; get another one");
    assertThat(other.fault(time.instant())).isEmpty();
  }

  @Test
  void a_token_that_stands_for_something_else_ends_what_is_open() throws Exception {
    var tokens = tokens(entry("ci", SECRET, "groups: [ops]"));
    var open = who(tokens, SECRET).credential();

    write("tokens:\n" + entry("ci", SECRET, "groups: []"));
    tokens.check(false);

    assertThat(open.fault(time.instant()).map(Problem::kind))
        .contains(Problem.Kind.UNAUTHENTICATED);
    assertThat(who(tokens, SECRET).groups()).isEmpty();
  }

  @Test
  void a_new_end_holds_for_what_is_open_too() throws Exception {
    var tokens = tokens(entry("ci", SECRET, "expires: 2026-01-01T01:00:00Z"));
    var open = who(tokens, SECRET).credential();

    write("tokens:\n" + entry("ci", SECRET, "expires: 2026-01-01T02:00:00+01:00"));
    tokens.check(false);
    assertThat(open.expires()).contains(Instant.parse("2026-01-01T01:00:00Z"));
    write("tokens:\n" + entry("ci", SECRET, "expires: 2026-01-02T00:00:00Z"));
    tokens.check(false);
    time.pass(Duration.ofHours(2));

    assertThat(open.expires()).contains(Instant.parse("2026-01-02T00:00:00Z"));
    assertThat(open.fault(time.instant())).isEmpty();
  }

  @Test
  void a_file_with_a_fault_changes_nothing_until_it_is_good() throws Exception {
    var tokens = tokens(CI);

    write("tokens: [{principal: ci}]");
    tokens.check(false);
    assertThat(tokens.isRefused()).isTrue();
    assertThat(who(tokens, SECRET).principal()).isEqualTo("token:ci");

    Files.delete(temp.resolve("tokens.yaml"));
    tokens.check(false);
    assertThat(tokens.isRefused()).isTrue();
    assertThat(tokens.count()).isEqualTo(1);

    write("tokens:\n" + entry("ops", OTHER, ""));
    tokens.check(false);
    assertThat(tokens.isRefused()).isFalse();
    assertThat(tokens.identify(SECRET)).isEmpty();
    assertThat(who(tokens, OTHER).principal()).isEqualTo("token:ops");
  }

  @Test
  void a_file_that_is_back_as_it_was_is_no_longer_refused() throws Exception {
    var tokens = tokens(CI);
    Files.delete(temp.resolve("tokens.yaml"));
    tokens.check(false);
    assertThat(tokens.isRefused()).isTrue();

    write("tokens:\n" + CI);
    tokens.check(false);

    assertThat(tokens.isRefused()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | :1: got no YAML map, allowed a map with the key tokens",
        "'tokens: \"\\u' | yaml: got an escape that is no character, allowed such as",
        "'tokens: [\"\\UFFFFFFFF\"]' | yaml: got an escape that is no character",
        "token: [] | token: got a key that nobody knows, allowed tokens",
        "x: 1 | tokens: got nothing, allowed a list, [] for none",
        "tokens: [x] | :1: tokens: got a value, allowed maps",
        "tokens: [{sha256: %h}] | :1: principal: got nothing, allowed a name",
        "tokens: [{principal: a}] | sha256: got nothing, allowed the SHA-256 of the token",
        "tokens: [{principal: 'a b', sha256: %h}] | principal: got something else, allowed up to",
        "tokens: [{principal: a, sha256: canary}] | sha256: got something else, allowed the"
            + " SHA-256 of the token in 64 hexadecimal digits, never the token itself",
        "tokens: [{principal: a, token: canary}] | token: got a key that nobody knows",
        "tokens: [{principal: a, sha256: %h}, {principal: b, sha256: %h}] | sha256: got that of"
            + " another entry, allowed each token once",
        "tokens: [{principal: a, sha256: %h, groups: ['']}] | groups: got one of another form",
        "tokens: [{principal: a, sha256: %h, scopes: ['a b']}] | scopes: got one of another form",
        "tokens: [{principal: a, sha256: %h, expires: tomorrow}] | expires: got something else,"
            + " allowed a time such as 2026-12-31T00:00:00Z",
      })
  void each_fault_is_told_with_its_line_and_without_what_may_be_a_token(
      String yaml, String expected) {
    assertThat(faults(yaml.replace("%h", TokenHash.of(SECRET).hex())))
        .anyMatch(line -> line.contains(expected.strip()))
        .allMatch(line -> line.startsWith(temp.toString()) && !line.contains("canary"));
  }

  @Test
  void tokens_groups_and_bytes_are_bounded() throws Exception {
    var most = new StringBuilder("tokens:\n");
    for (int i = 0; i < TokenFile.ENTRIES_MAX; i++) {
      most.append(entry("p", "token-" + i, ""));
    }
    assertThat(StaticTokens.read(write(most.toString()), time).count()).isEqualTo(4_096);
    assertThat(faults(most.append(CI).toString()))
        .containsExactly(temp.resolve("tokens.yaml") + ":1: tokens: got 4097, allowed up to 4096");

    String groups = "groups: [" + "g,".repeat(TokenFile.ITEMS_MAX) + "]";
    assertThat(tokens(entry("ci", SECRET, groups)).count()).isEqualTo(1);
    assertThat(faults("tokens:\n" + entry("ci", SECRET, groups.replace("]", "g]"))))
        .singleElement()
        .asString()
        .endsWith("groups: got 65, allowed up to 64");

    String rest = "#".repeat(StaticTokens.FILE_BYTES_MAX - "tokens: []\n".length());
    assertThat(StaticTokens.read(write("tokens: []\n" + rest), time).count()).isZero();
    assertThat(faults("tokens: []\n" + rest + "#"))
        .containsExactly(
            "auth.tokens-file: got "
                + temp.resolve("tokens.yaml")
                + ", allowed a file of at most 1 MiB");
  }

  @Test
  void a_file_that_is_not_there_or_not_text_is_told() throws Exception {
    var missing = temp.resolve("none");
    assertThat(
            catchThrowableOfType(TokenFileFault.class, () -> StaticTokens.read(missing, time))
                .lines())
        .containsExactly("auth.tokens-file: got " + missing + ", allowed a file that can be read");
    var binary = Files.write(temp.resolve("binary"), new byte[] {(byte) 0xff});
    assertThat(
            catchThrowableOfType(TokenFileFault.class, () -> StaticTokens.read(binary, time))
                .lines())
        .containsExactly("auth.tokens-file: got " + binary + ", allowed a file in UTF-8");
  }

  @Test
  void a_hash_is_that_of_sha256sum() {
    assertThat(TokenHash.of("abc").hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(TokenHash.parse(TokenHash.of("abc").hex()))
        .isEqualTo(Optional.of(TokenHash.of("abc")));
  }
}
