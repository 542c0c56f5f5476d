package dev.longrunning.auth;

import static dev.longrunning.auth.TestIssuer.P256;
import static dev.longrunning.auth.TestIssuer.RSA;
import static dev.longrunning.auth.TestIssuer.published;
import static dev.longrunning.testing.Calls.LONG_SECONDS;
import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.connection.Authority;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.feed.VirtualTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real issuer on this machine, well and otherwise. */
final class IssuerClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final VirtualTime time = new VirtualTime();
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private volatile Consumer<HttpServerRequest> behaviour = this::well;
  private HttpServer server;
  private String issuer;

  @BeforeEach
  void start() throws Exception {
    start(new HttpServerOptions(), "http://localhost");
  }

  private void start(HttpServerOptions options, String host) throws Exception {
    server =
        await(
            vertx
                .createHttpServer(options)
                .requestHandler(
                    request -> {
                      paths.add(request.uri());
                      behaviour.accept(request);
                    })
                .listen(0, "localhost"),
            LONG_SECONDS);
    issuer = host + ":" + server.actualPort() + "/realms/test";
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close(), LONG_SECONDS);
  }

  private void well(HttpServerRequest request) {
    boolean discovery = request.path().endsWith("/openid-configuration");
    request.response().end(discovery ? discovery(issuer, issuer + "/keys") : published(RSA, P256));
  }

  private static String discovery(String issuer, String keys) {
    return new JsonObject().put("issuer", issuer).put("jwks_uri", keys).encode();
  }

  private Future<KeySet> fetch(Optional<URI> keys, Optional<Buffer> authorities) {
    var settings =
        new OidcSettings(
            issuer, keys, "a", Set.of(JwtAlgorithm.RS256), "sub", "groups", Duration.ZERO);
    Promise<KeySet> answer = Promise.promise();
    var context = vertx.getOrCreateContext();
    context.runOnContext(
        now -> {
          var loop = VertxLoop.current(vertx);
          new IssuerClient(vertx, settings, authorities, loop, time)
              .fetch()
              .onComplete(
                  result -> {
                    if (vertx.getOrCreateContext() == context) {
                      answer.handle(result);
                    } else {
                      answer.fail("on another event loop");
                    }
                  });
        });
    return answer.future();
  }

  private KeySet keys() throws Exception {
    return await(fetch(Optional.empty(), Optional.empty()), LONG_SECONDS);
  }

  private String fault(Optional<URI> keys) throws Exception {
    return fault(fetch(keys, Optional.empty()));
  }

  private static String fault(Future<KeySet> fetch) throws Exception {
    var failure = await(fetch.<Throwable>mapEmpty().recover(Future::succeededFuture), LONG_SECONDS);
    assertThat(failure).isInstanceOf(KeyFault.class);
    return ((KeyFault) failure).line();
  }

  private String discoveryUrl() {
    return issuer + "/.well-known/openid-configuration";
  }

  @Test
  void the_keys_are_where_the_issuer_says() throws Exception {
    assertThat(keys().size()).isEqualTo(2);

    assertThat(paths)
        .containsExactly("/realms/test/.well-known/openid-configuration", "/realms/test/keys");
    assertThat(time.pending()).isZero();
  }

  @Test
  void or_where_the_settings_say() throws Exception {
    var url = URI.create(issuer + "/others?p=1");

    var keys = await(fetch(Optional.of(url), Optional.empty()), LONG_SECONDS);

    assertThat(keys.size()).isEqualTo(2);
    assertThat(paths).containsExactly("/realms/test/others?p=1");
  }

  @Test
  void a_document_of_another_issuer_is_refused() throws Exception {
    behaviour = request -> request.response().end(discovery(issuer + "/", issuer + "/keys"));

    assertThat(fault(Optional.empty()))
        .isEqualTo(
            discoveryUrl() + ": got another issuer, allowed " + issuer + ", letter for letter");
    assertThat(paths).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://issuer.example.com/keys", "file:///etc/passwd", "/keys", ""})
  void keys_elsewhere_than_encrypted_are_not_fetched(String keys) throws Exception {
    behaviour = request -> request.response().end(discovery(issuer, keys));

    assertThat(fault(Optional.empty()))
        .isEqualTo(discoveryUrl() + ": jwks_uri: allowed " + IssuerUrl.ALLOWED);
    assertThat(paths).hasSize(1);
  }

  @Test
  void a_redirect_is_not_followed() throws Exception {
    behaviour =
        request ->
            request.response().setStatusCode(302).putHeader("location", issuer + "/keys").end();

    assertThat(fault(Optional.empty())).isEqualTo(discoveryUrl() + ": got status 302, allowed 200");
    assertThat(paths).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"404", "500", "204"})
  void another_status_is_no_answer(int status) throws Exception {
    behaviour = request -> request.response().setStatusCode(status).end();

    assertThat(fault(Optional.of(URI.create(issuer + "/keys?secret=canary"))))
        .isEqualTo(issuer + "/keys: got status " + status + ", allowed 200");
  }

  @Test
  void a_document_that_is_no_json_is_refused() throws Exception {
    behaviour = request -> request.response().end("<html>");

    assertThat(fault(Optional.empty()))
        .isEqualTo(discoveryUrl() + ": got no JSON, allowed a discovery document");
    assertThat(fault(Optional.of(URI.create(issuer + "/keys"))))
        .isEqualTo(issuer + "/keys: got no key set, allowed JSON with a list of keys");
  }

  @Test
  void the_largest_document_is_read_and_one_byte_more_is_not() throws Exception {
    String keys = published(RSA);
    String largest = keys + " ".repeat(IssuerClient.DOCUMENT_BYTES_MAX - keys.length());
    var url = Optional.of(URI.create(issuer + "/keys"));
    behaviour = request -> request.response().end(largest);
    assertThat(await(fetch(url, Optional.empty()), LONG_SECONDS).size()).isEqualTo(1);

    var closed = new CopyOnWriteArrayList<String>();
    // Without an end: nothing may wait for it.
    behaviour =
        request -> {
          request.connection().closeHandler(now -> closed.add("closed"));
          request.response().setChunked(true).write(largest + " ");
        };
    assertThat(fault(url)).isEqualTo(issuer + "/keys: got more, allowed 262144 bytes");
  }

  @Test
  void an_issuer_that_does_not_answer_is_left_alone_after_a_while() throws Exception {
    Promise<Void> asked = Promise.promise();
    Promise<Void> left = Promise.promise();
    behaviour =
        request -> {
          request.connection().closeHandler(now -> left.complete());
          asked.complete();
        };

    var fetch = fetch(Optional.empty(), Optional.empty());
    await(asked.future(), LONG_SECONDS);
    time.pass(IssuerClient.DOCUMENT_WITHIN.minusMillis(1));
    assertThat(left.future().isComplete()).isFalse();
    time.pass(Duration.ofMillis(1));

    assertThat(fault(fetch)).isEqualTo(discoveryUrl() + ": got no answer within 10 s");
    await(left.future(), LONG_SECONDS);
  }

  @Test
  void an_issuer_that_stops_in_between_is_left_alone_too() throws Exception {
    Promise<Void> begun = Promise.promise();
    behaviour =
        request ->
            request.response().setChunked(true).write("{").onSuccess(now -> begun.complete());

    var fetch = fetch(Optional.empty(), Optional.empty());
    await(begun.future(), LONG_SECONDS);
    time.pass(IssuerClient.DOCUMENT_WITHIN);

    assertThat(fault(fetch)).endsWith(": got no answer within 10 s");
  }

  @Test
  void a_connection_that_breaks_is_a_fault() throws Exception {
    behaviour = request -> request.connection().close();

    assertThat(fault(Optional.empty())).startsWith(discoveryUrl() + ": cannot be reached: ");
  }

  @Test
  void an_issuer_that_is_down_is_a_fault() throws Exception {
    await(server.close(), LONG_SECONDS);

    assertThat(fault(Optional.empty())).startsWith(discoveryUrl() + ": cannot be reached: ");
  }

  @Test
  void the_certificate_of_the_issuer_must_be_signed_by_whom_the_settings_or_java_trust(
      @TempDir Path temp) throws Exception {
    new Authority(temp, "own").sign("localhost");
    new Authority(temp, "others");
    await(server.close(), LONG_SECONDS);
    var certificate =
        new PemKeyCertOptions()
            .setCertPath(temp.resolve("localhost.pem").toString())
            .setKeyPath(temp.resolve("localhost.key").toString());
    start(new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate), "https://localhost");
    var answers = new ArrayList<String>();

    for (String trusted : List.of("own", "others")) {
      var pem = Buffer.buffer(Files.readAllBytes(temp.resolve(trusted + ".pem")));
      var fetch = fetch(Optional.empty(), Optional.of(pem));
      answers.add(
          await(
              fetch.map(keys -> "keys").recover(it -> Future.succeededFuture(it.getMessage())),
              LONG_SECONDS));
    }

    assertThat(answers.get(0)).isEqualTo("keys");
    assertThat(answers.get(1)).contains("cannot be reached");
    assertThat(fault(Optional.empty())).contains("cannot be reached");
  }
}
