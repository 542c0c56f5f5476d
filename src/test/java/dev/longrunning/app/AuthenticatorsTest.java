package dev.longrunning.app;

import static dev.longrunning.testing.Calls.LONG_SECONDS;
import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longrunning.auth.Authentication;
import dev.longrunning.auth.Identity;
import dev.longrunning.auth.TokenHash;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the settings say of callers, at work. */
final class AuthenticatorsTest {
  private final Vertx vertx = Vertx.vertx();
  @TempDir Path temp;

  @AfterEach
  void stop() throws Exception {
    await(vertx.close(), LONG_SECONDS);
  }

  private AuthSettings settings(Map<String, String> flags) throws Exception {
    var all = new HashMap<>(flags);
    all.put("auth.policy-file", "policy.yaml");
    return Settings.read(all, Map.of(), Optional.empty()).auth();
  }

  private Authenticators read(Map<String, String> flags) throws Exception {
    return Authenticators.read(settings(flags), vertx, InstantSource.system());
  }

  private String fault(Map<String, String> flags) {
    return catchThrowableOfType(StartFault.class, () -> read(flags)).line();
  }

  private Path tokens(String token) throws Exception {
    return Files.writeString(
        temp.resolve("tokens.yaml"),
        "tokens: [{principal: ci, sha256: " + TokenHash.of(token).hex() + "}]");
  }

  private Authentication onLoop(Authenticators callers) throws Exception {
    Promise<Authentication> made = Promise.promise();
    vertx.runOnContext(now -> made.complete(callers.ofThisLoop(vertx, List.of())));
    return await(made.future(), LONG_SECONDS);
  }

  private static Future<Identity> show(Authentication to, String token) {
    return to.identify("Bearer " + token, Optional::empty);
  }

  @Test
  void without_a_mode_nobody_is_asked() throws Exception {
    var none = Settings.read(Map.of(), Map.of(), Optional.empty()).auth();
    var callers = Authenticators.read(none, vertx, InstantSource.system());

    assertThat(onLoop(callers)).isSameAs(Authentication.NONE);
    callers.check(true);
    callers.stop();
  }

  @Test
  void a_file_of_tokens_is_read_again_for_all_event_loops() throws Exception {
    var callers = read(Map.of("auth.tokens-file", tokens("first").toString()));
    var first = onLoop(callers);
    var second = onLoop(callers);
    assertThat(show(first, "first").result().principal()).isEqualTo("token:ci");

    tokens("second");
    callers.check(false);

    assertThat(show(first, "first").failed()).isTrue();
    assertThat(show(second, "second").result().principal()).isEqualTo("token:ci");
  }

  @Test
  void a_start_does_not_wait_for_an_issuer_and_goes_on_without_it() throws Exception {
    var flags = Map.of("auth.oidc.issuer", "http://localhost:1/", "auth.oidc.audience", "a");

    var callers = read(flags);

    Promise<Identity> answer = Promise.promise();
    vertx.runOnContext(
        now -> show(callers.ofThisLoop(vertx, List.of()), header()).onComplete(answer));
    var failure =
        await(answer.future().<Throwable>mapEmpty().recover(Future::succeededFuture), LONG_SECONDS);
    assertThat(failure)
        .isInstanceOfSatisfying(
            Problem.class, it -> assertThat(it.reason()).isEqualTo("ISSUER_UNAVAILABLE"));
    assertThat(callers.keys().orElseThrow().failures()).isEqualTo(1);
    callers.stop();
  }

  /** A token of no issuer, in the right form. */
  private static String header() {
    var header = "{\"alg\":\"RS256\",\"kid\":\"a\"}".getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(header) + ".e30.AAAA";
  }

  @Test
  void a_start_fails_with_every_fault_of_the_files() throws Exception {
    var bad = Files.writeString(temp.resolve("bad.yaml"), "tokens: [{sha256: x}]");
    assertThat(fault(Map.of("auth.tokens-file", bad.toString())).lines()).hasSize(2);
    assertThat(fault(Map.of("auth.tokens-file", temp.resolve("none").toString())))
        .startsWith("auth.tokens-file: got ");

    var issuer = new HashMap<>(Map.of("auth.oidc.issuer", "https://a", "auth.oidc.audience", "a"));
    issuer.put("auth.oidc.ca", temp.resolve("none").toString());
    assertThat(fault(issuer)).endsWith("allowed a file that can be read");
    issuer.put("auth.oidc.ca", bad.toString());
    assertThat(fault(issuer)).endsWith("allowed certificates in PEM");
  }
}
