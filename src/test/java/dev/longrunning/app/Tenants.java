package dev.longrunning.app;

import com.nimbusds.jose.jwk.JWK;
import dev.longrunning.auth.TestIssuer;
import dev.longrunning.testing.Calls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A server whose callers are known: by tokens of a file, and by those of an issuer of this test's
 * own; two tenants, {@code projects/a} and {@code projects/b}, of every service.
 */
final class Tenants implements AutoCloseable {
  static final String TRANSFER = "storage-transfer-v1";
  static final String PLATFORM = "https://www.googleapis.com/auth/cloud-platform";
  private static final int SECONDS = 30;

  private static final String POLICY =
      """
      groups:
        a: ['token:a', 'oidc:a']
        b: ['token:b', 'oidc:b']
      bindings:
      """;

  final Vertx vertx = Vertx.vertx();
  final Path policy;
  final Path tokens;
  private final HttpServer issuer;
  private final String issuerUrl;
  private final AutoCloseable server;
  final int port;
  final CallerClient client;

  /** What runs a server on these settings, by key. */
  @FunctionalInterface
  interface Starter {
    Started start(Map<String, String> settings) throws Exception;
  }

  /** A server that was started. */
  record Started(AutoCloseable server, int port) {}

  private Tenants(Path directory, Starter starter) throws Exception {
    policy = directory.resolve("policy.yaml");
    tokens = directory.resolve("tokens.yaml");
    Files.writeString(policy, policy("a", "b"));
    Files.writeString(tokens, tokens("a", "b", "root", "nobody"));
    issuer = Calls.await(issuer(), SECONDS);
    issuerUrl = "http://127.0.0.1:" + issuer.actualPort();
    var settings = new HashMap<String, String>();
    settings.put("data", directory.resolve("data").toString());
    settings.put("services.active", "default,storage-transfer-v1,contact-center-insights-v1");
    settings.put("auth.policy-file", policy.toString());
    settings.put("auth.tokens-file", tokens.toString());
    settings.put("auth.oidc.issuer", issuerUrl);
    settings.put("auth.oidc.clock-skew", "0s");
    settings.put("auth.oidc.audience", TestIssuer.AUDIENCE);
    var started = starter.start(settings);
    server = started.server();
    port = started.port();
    client = new CallerClient(vertx, port);
  }

  /** One in this JVM, without an audit log. */
  static Tenants start(Path directory) throws Exception {
    return start(
        directory,
        settings -> {
          settings.put("log.audit", "off");
          var made = InProcessServer.start(settings);
          return new Started(made, made.port);
        });
  }

  static Tenants start(Path directory, Starter starter) throws Exception {
    return new Tenants(directory, starter);
  }

  /** Who is in a tenant may do everything with its project, of every service. */
  static String policy(String... tenants) {
    var text = new StringBuilder(POLICY);
    text.append("- {role: administrator, members: ['token:root'], resources: ['*']}\n");
    for (String tenant : tenants) {
      for (String role : new String[] {"operator", "producer"}) {
        text.append(
            String.format(
                "- {role: %s, members: ['group:%s'], resources: [default/projects/%s,"
                    + " storage-transfer-v1/projects/%s, contact-center-insights-v1/projects/%s]}%n",
                role, tenant, tenant, tenant, tenant));
      }
    }
    return text.toString();
  }

  static String tokens(String... names) {
    var text = new StringBuilder("tokens:\n");
    for (String name : names) {
      text.append(
          String.format("- principal: %s%n  sha256: %s%n", name, sha256("secret-of-" + name)));
    }
    return text.toString();
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Future<HttpServer> issuer() {
    var keys = TestIssuer.published(new JWK[] {TestIssuer.RSA});
    return vertx
        .createHttpServer()
        .requestHandler(
            request -> {
              String self = "http://127.0.0.1:" + request.localAddress().port();
              request
                  .response()
                  .putHeader("content-type", "application/json")
                  .end(
                      request.path().endsWith("openid-configuration")
                          ? new JsonObject()
                              .put("issuer", self)
                              .put("jwks_uri", self + "/keys")
                              .encode()
                          : keys);
            })
        .listen(0, "127.0.0.1");
  }

  /** The header of one of the tokens of the file. */
  static Map<String, String> token(String name) {
    return Map.of("authorization", "Bearer secret-of-" + name);
  }

  /** The header of a token of the issuer's, changed in some way. */
  Map<String, String> jwt(String subject, UnaryOperator<TestIssuer.Draft> change) {
    var draft =
        TestIssuer.draft(Instant.now())
            .claim("iss", issuerUrl)
            .claim("sub", subject)
            .claim("scope", PLATFORM);
    return Map.of("authorization", "Bearer " + change.apply(draft).signed(TestIssuer.RSA));
  }

  @Override
  public void close() throws Exception {
    client.close();
    server.close();
    Calls.await(issuer.close(), SECONDS);
    Calls.await(vertx.close(), SECONDS);
  }
}
