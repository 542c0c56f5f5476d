package dev.longrunning.auth;

import static dev.longrunning.testing.Calls.LONG_SECONDS;
import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longrunning.connection.Authority;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientCertificatesTest {
  @TempDir static Path temp;
  private static Authority authority;

  @BeforeAll
  static void found() throws Exception {
    authority = new Authority(temp, "authority");
  }

  private static X509Certificate signed(String extensions) throws Exception {
    authority.sign("caller", extensions);
    try (var pem = Files.newInputStream(temp.resolve("caller.pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "URI:spiffe://example.org/ns/a/sa/b | spiffe://example.org/ns/a/sa/b",
        "DNS:a.example.com,URI:spiffe://example.org/x | spiffe://example.org/x",
        "DNS:First.Example.com,DNS:second.example.com | first.example.com",
        "IP:127.0.0.1,DNS:host | host",
        "URI:https://example.com/,DNS:host | host",
      })
  void a_caller_is_its_spiffe_id_or_else_its_first_dns_name(String names, String expected)
      throws Exception {
    var certificate = signed("subjectAltName=" + names.strip());

    var caller = ClientCertificates.of(certificate);

    assertThat(caller.principal()).isEqualTo("cert:" + expected.strip());
    assertThat(caller.groups()).isEmpty();
    assertThat(caller.scopes()).isEmpty();
    var end = certificate.getNotAfter().toInstant();
    assertThat(caller.credential().expires()).contains(end);
    assertThat(caller.credential().fault(end)).isEmpty();
    assertThat(caller.credential().fault(end.plusMillis(1)).map(Problem::reason))
        .contains("ACCESS_TOKEN_EXPIRED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "basicConstraints=CA:FALSE",
        "subjectAltName=IP:127.0.0.1",
        "subjectAltName=email:caller@example.com",
        "subjectAltName=DNS:*.example.com",
        "subjectAltName=DNS:*.example.com,DNS:host",
        "subjectAltName=DNS:a b",
        "subjectAltName=URI:https://example.com/",
        "subjectAltName=URI:spiffe://example.org/a,URI:spiffe://example.org/b",
        "subjectAltName=URI:spiffe://example.org/a,URI:https://example.com/",
        "subjectAltName=URI:https://example.com/,URI:spiffe://example.org/a",
        "subjectAltName=URI:spiffe://example.org",
        "subjectAltName=URI:spiffe://example.org/",
        "subjectAltName=URI:spiffe://example.org/a/",
        "subjectAltName=URI:spiffe://example.org/a/../b",
        "subjectAltName=URI:spiffe://example.org/a//b",
        "subjectAltName=URI:spiffe://Example.org/a",
        "subjectAltName=URI:SPIFFE://example.org/a,DNS:host",
        "subjectAltName=URI:spiffe://example.org:8443/a",
        "subjectAltName=URI:spiffe://me@example.org/a",
        "subjectAltName=URI:spiffe://example.org/a?b",
        "subjectAltName=URI:spiffe://example.org/a%2fb",
        "subjectAltName=URI:spiffe://example.org/a\nbasicConstraints=CA:TRUE",
      })
  void a_certificate_that_names_nobody_is_refused_whatever_its_common_name(String extensions)
      throws Exception {
    var certificate = signed(extensions);

    var problem = catchThrowableOfType(Problem.class, () -> ClientCertificates.of(certificate));

    assertThat(problem.reason()).isEqualTo("CREDENTIALS_INVALID");
    assertThat(problem.message()).doesNotContain("caller", "example");
  }

  @Test
  void a_spiffe_id_is_bounded() throws Exception {
    String start = "spiffe://example.org/";
    String longest = start + "x".repeat(256 - start.length());

    assertThat(ClientCertificates.of(signed("subjectAltName=URI:" + longest)).principal())
        .isEqualTo("cert:" + longest);
    var larger = signed("subjectAltName=URI:" + longest + "x");
    assertThat(catchThrowableOfType(Problem.class, () -> ClientCertificates.of(larger)).kind())
        .isEqualTo(Problem.Kind.UNAUTHENTICATED);
  }

  @Test
  void a_connection_tells_who_opened_it_and_one_without_a_certificate_nobody() throws Exception {
    authority.sign("server");
    signed("subjectAltName=URI:spiffe://example.org/a");
    var vertx = Vertx.vertx();
    try {
      var options =
          new HttpServerOptions()
              .setSsl(true)
              .setKeyCertOptions(pair("server"))
              .setTrustOptions(trust())
              .setClientAuth(ClientAuth.REQUEST);
      var server =
          await(
              vertx
                  .createHttpServer(options)
                  .requestHandler(
                      request ->
                          request
                              .response()
                              .end(
                                  ClientCertificates.of(request.sslSession())
                                      .map(Identity::principal)
                                      .orElse("nobody")))
                  .listen(0, "localhost"),
              LONG_SECONDS);
      var with = new HttpClientOptions().setSsl(true).setTrustOptions(trust());
      with.setKeyCertOptions(pair("caller"));
      var without = new HttpClientOptions().setSsl(true).setTrustOptions(trust());

      assertThat(await(get(vertx, with, server.actualPort()), LONG_SECONDS))
          .isEqualTo("cert:spiffe://example.org/a");
      assertThat(await(get(vertx, without, server.actualPort()), LONG_SECONDS)).isEqualTo("nobody");
    } finally {
      await(vertx.close(), LONG_SECONDS);
    }
  }

  private static Future<String> get(Vertx vertx, HttpClientOptions options, int port) {
    return vertx
        .createHttpClient(options)
        .request(HttpMethod.GET, port, "localhost", "/")
        .compose(request -> request.send())
        .compose(response -> response.body())
        .map(Object::toString);
  }

  private static PemTrustOptions trust() {
    return new PemTrustOptions().addCertPath(temp.resolve("authority.pem").toString());
  }

  private static PemKeyCertOptions pair(String subject) {
    return new PemKeyCertOptions()
        .setCertPath(temp.resolve(subject + ".pem").toString())
        .setKeyPath(temp.resolve(subject + ".key").toString());
  }
}
