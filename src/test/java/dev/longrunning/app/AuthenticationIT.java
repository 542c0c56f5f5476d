package dev.longrunning.app;

import static dev.longrunning.testing.Calls.LONG_SECONDS;
import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.auth.TestIssuer;
import dev.longrunning.auth.TokenHash;
import dev.longrunning.connection.Authority;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.Scrape;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole server that asks callers who they are, in each way; an answer of 200 proves it. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AuthenticationIT {
  private static final String POLICY =
      """
      bindings:
      - role: viewer
        members: ['token:ci', 'oidc:alice', 'cert:spiffe://example.org/ns/a']
        resources: ['*']
      """;
  private static final int TRIES_MAX = 100_000;

  @TempDir static Path temp;
  private final Vertx vertx = Vertx.vertx();
  private TestPostgres postgres;
  private InProcessServer server;
  private HttpServer issuer;
  private String issuerName;
  private volatile String published = TestIssuer.published(TestIssuer.RSA);

  private record Answer(int status, String body) {}

  @BeforeAll
  void start() throws Exception {
    var authority = new Authority(temp, "authority");
    authority.sign("server");
    authority.sign("caller", "subjectAltName=URI:spiffe://example.org/ns/a");
    issuer =
        await(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end(document(request.path())))
                .listen(0, "localhost"),
            LONG_SECONDS);
    issuerName = "http://localhost:" + issuer.actualPort();
    Files.writeString(temp.resolve("policy.yaml"), POLICY);
    tokens("first");
    postgres = TestPostgres.start(TestPostgres.bundled());
    var settings = new HashMap<String, String>();
    settings.putAll(Map.of("database", postgres.url(), "management", "127.0.0.1:0"));
    settings.put("tls.certificate", temp.resolve("server.pem").toString());
    settings.put("tls.key", temp.resolve("server.key").toString());
    settings.put("tls.client-ca", temp.resolve("authority.pem").toString());
    settings.put("tls.client-certificate", "optional");
    settings.put("auth.policy-file", temp.resolve("policy.yaml").toString());
    settings.put("auth.tokens-file", temp.resolve("tokens.yaml").toString());
    settings.put("auth.client-certificates", "true");
    settings.put("auth.oidc.issuer", issuerName);
    settings.put("auth.oidc.audience", TestIssuer.AUDIENCE);
    server = InProcessServer.start(settings);
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), LONG_SECONDS);
    server.close();
    postgres.close();
  }

  private String document(String path) {
    return path.equals("/keys")
        ? published
        : new JsonObject().put("issuer", issuerName).put("jwks_uri", issuerName + "/keys").encode();
  }

  private static void tokens(String token) throws Exception {
    var file = Files.writeString(temp.resolve("next.yaml"), "tokens:\n" + entry("ci", token));
    Files.move(
        file,
        temp.resolve("tokens.yaml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String entry(String principal, String token) {
    return "- {principal: " + principal + ", sha256: " + TokenHash.of(token).hex() + "}\n";
  }

  private TestIssuer.Draft draft() {
    return TestIssuer.draft(InstantSource.system().instant()).claim("iss", issuerName);
  }

  private Answer list(HttpVersion version, Optional<String> header, boolean certificate)
      throws Exception {
    var options =
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(version)
            .setTrustOptions(
                new PemTrustOptions().addCertPath(temp.resolve("authority.pem").toString()));
    if (certificate) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .setCertPath(temp.resolve("caller.pem").toString())
              .setKeyPath(temp.resolve("caller.key").toString()));
    }
    var client = vertx.createHttpClient(options);
    try {
      return await(
          client
              .request(HttpMethod.GET, server.port, "localhost", "/v1/operations")
              .compose(
                  request -> {
                    header.ifPresent(value -> request.putHeader("authorization", value));
                    return request.send();
                  })
              .compose(
                  response ->
                      response
                          .body()
                          .map(body -> new Answer(response.statusCode(), body.toString()))),
          LONG_SECONDS);
    } finally {
      await(client.close(), LONG_SECONDS);
    }
  }

  private Answer byToken(String token) throws Exception {
    return list(HttpVersion.HTTP_1_1, Optional.of("Bearer " + token), false);
  }

  /** Reads its files again, and takes what is new a moment later. */
  private void until(int status, String token) throws Exception {
    server.reload();
    for (int i = 0; i < TRIES_MAX; i++) {
      if (byToken(token).status() == status) {
        return;
      }
    }
    throw new AssertionError("never came");
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void each_way_proves_who_calls_over_both_versions(HttpVersion version) throws Exception {
    assertThat(list(version, Optional.of("Bearer first"), false).status()).isEqualTo(200);
    assertThat(list(version, Optional.of("Bearer " + draft().signed(TestIssuer.RSA)), false))
        .extracting(Answer::status)
        .isEqualTo(200);
    assertThat(list(version, Optional.empty(), true).status()).isEqualTo(200);
  }

  @Test
  void who_proves_nothing_is_told_how_and_hears_nothing_of_a_token() throws Exception {
    var nothing = list(HttpVersion.HTTP_1_1, Optional.empty(), false);
    assertThat(nothing.status()).isEqualTo(401);
    assertThat(nothing.body()).contains("CREDENTIALS_MISSING", "Bearer TOKEN, or a client cert");

    String wrong = draft().signed(TestIssuer.OTHER_RSA);
    for (String token : new String[] {"canary", wrong}) {
      var answer = byToken(token);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.body()).contains("CREDENTIALS_INVALID").doesNotContain(token);
    }
    // A certificate does not help who sends a wrong token.
    assertThat(list(HttpVersion.HTTP_2, Optional.of("Bearer canary"), true).status())
        .isEqualTo(401);
    var expired = byToken(draft().claim("exp", 1_000_000).signed(TestIssuer.RSA));
    assertThat(expired.body()).contains("ACCESS_TOKEN_EXPIRED");
    var stranger = byToken(draft().claim("sub", "bob").signed(TestIssuer.RSA));
    assertThat(stranger.status()).isEqualTo(403);
  }

  @Test
  void a_token_that_is_taken_out_of_the_file_is_refused_and_the_new_one_taken() throws Exception {
    tokens("second");
    until(200, "second");
    assertThat(byToken("first").status()).isEqualTo(401);

    tokens("first");
    until(200, "first");
    assertThat(byToken("second").status()).isEqualTo(401);
  }

  @Test
  void tokens_of_known_keys_are_taken_while_the_issuer_is_down() throws Exception {
    assertThat(byToken(draft().signed(TestIssuer.RSA)).status()).isEqualTo(200);
    int port = issuer.actualPort();
    await(issuer.close(), LONG_SECONDS);

    assertThat(byToken(draft().claim("jti", "new").signed(TestIssuer.RSA)).status()).isEqualTo(200);

    issuer =
        await(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end(document(request.path())))
                .listen(port, "localhost"),
            LONG_SECONDS);
    var scrape = Scrape.of(server.management());
    assertThat(scrape.sum("longrunning_auth_issuer_keys_known")).isEqualTo(1);
    assertThat(scrape.sum("longrunning_auth_issuer_keys_age_seconds")).isNotNegative();
    assertThat(scrape.sum("longrunning_auth_tokens_known")).isEqualTo(1);
    assertThat(scrape.sum("longrunning_auth_tokens_refused")).isZero();
  }
}
