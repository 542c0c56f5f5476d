package dev.longrunning.auth;

import dev.longrunning.operation.Problem;
import dev.longrunning.testing.Fuzzed;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** What anybody may send as a token, what an issuer may say, and what a file of tokens may hold. */
public final class TokenFuzz {
  private static final String KEY =
      "{'keys':[{'kty':'OKP','crv':'Ed25519','kid':'k',"
          + "'x':'11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'}]}";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final OidcSettings SETTINGS =
      new OidcSettings(
          "https://a",
          Optional.empty(),
          "b",
          EnumSet.allOf(JwtAlgorithm.class),
          "sub",
          "groups",
          Duration.ofSeconds(30));

  private static final Authentication ASKED = asked();

  private TokenFuzz() {}

  private static Authentication asked() {
    var loop = new HereLoop();
    KeySource source =
        () -> {
          try {
            return Future.succeededFuture(KeySet.parse(KEY.replace('\'', '"')));
          } catch (KeyFault fault) {
            return Future.failedFuture(fault);
          }
        };
    var keys = new IssuerKeys(source, loop, (delay, task) -> () -> {}, () -> NOW);
    keys.start();
    var tokens = new JwtTokens(SETTINGS, keys, loop, () -> NOW, new CheckTime(() -> 0));
    return new Authentication(List.of(tokens), true, () -> NOW);
  }

  /** Called by the fuzzer, once: loading classes takes its time, which is none of an input's. */
  public static void fuzzerInitialize() {
    Fuzzed.corpus("auth.TokenFuzz").forEach(input -> fuzzerTestOneInput(input.bytes().getBytes()));
  }

  /** The first byte chooses: a header, that of a token, claims, keys, or a file of tokens. */
  public static void fuzzerTestOneInput(byte[] data) {
    String text = new String(Fuzzed.rest(data), StandardCharsets.UTF_8);
    switch (Fuzzed.choice(data, 5)) {
      case 0 -> refused(text);
      case 1 -> refused("Bearer " + TestIssuer.encoded(text) + ".e30." + "A".repeat(86));
      case 2 -> claims(text);
      case 3 -> keys(text);
      default -> file(text);
    }
  }

  private static void refused(String header) {
    var answer = ASKED.identify(header, Optional::empty);
    Fuzzed.holds(answer.isComplete(), "nothing waits");
    Fuzzed.holds(answer.failed(), "nobody can sign");
    check(answer.cause(), header);
  }

  private static void check(Throwable failure, String input) {
    boolean told =
        failure instanceof Problem problem
            && problem.kind() == Problem.Kind.UNAUTHENTICATED
            && (input.length() < 24 || !problem.message().contains(input));
    if (!told) {
      throw new AssertionError(failure);
    }
  }

  private static void claims(String text) {
    var json = JsonText.object(text);
    if (json.isEmpty()) {
      return;
    }
    try {
      var claims = new JwtClaims(SETTINGS, json.get());
      var end = claims.check(NOW);
      Fuzzed.holds(NOW.isBefore(end), "it has not ended");
      Fuzzed.holds(claims.principal().matches("oidc:\\S{1,256}"), "a principal is a word");
      Fuzzed.holds(claims.groups().size() <= JwtClaims.GROUPS_MAX, "groups are bounded");
      claims.scopes().forEach(scope -> Fuzzed.holds(!scope.isEmpty(), "a scope is a word"));
    } catch (Problem problem) {
      check(problem, text);
    }
  }

  private static void keys(String text) {
    try {
      Fuzzed.holds(KeySet.parse(text).size() > 0, "a set has keys");
    } catch (KeyFault fault) {
      Fuzzed.holds(!fault.line().isEmpty(), "a fault says what");
    }
  }

  private static void file(String text) {
    var read = TokenFile.read("f", text);
    Fuzzed.holds(read.faults().isEmpty() || read.entries().isEmpty(), "good as a whole or not");
  }
}
