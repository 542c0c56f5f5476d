package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every TLS mode of libpq against a server whose certificate is for {@code localhost} only. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class TlsIT {
  @TempDir static Path directory;

  private final Vertx vertx = Vertx.vertx();
  private TestPostgres postgres;
  private TestPostgres plain;

  @BeforeAll
  void start() throws Exception {
    authority("ca");
    authority("other");
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=server",
        "-keyout",
        "server.key",
        "-out",
        "server.csr");
    Files.writeString(directory.resolve("names"), "subjectAltName=DNS:localhost");
    openssl(
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        "names",
        "-out",
        "server.pem");
    Files.setPosixFilePermissions(
        directory.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
    postgres =
        TestPostgres.start(
            TestPostgres.bundled(),
            "ssl = on",
            "ssl_cert_file = '" + directory.resolve("server.pem") + "'",
            "ssl_key_file = '" + directory.resolve("server.key") + "'");
    plain = TestPostgres.start(TestPostgres.bundled());
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close());
    postgres.close();
    plain.close();
  }

  @Test
  void require_encrypts_whoever_the_server_is() throws Exception {
    assertThat(isEncrypted("127.0.0.1", "sslmode=require")).isTrue();
  }

  @Test
  void prefer_encrypts_where_the_server_can() throws Exception {
    assertThat(isEncrypted("127.0.0.1", "sslmode=prefer")).isTrue();
    assertThat(isEncrypted("127.0.0.1", "sslmode=disable")).isFalse();
  }

  @Test
  void verify_ca_asks_who_signed_and_not_for_whom() throws Exception {
    assertThat(isEncrypted("127.0.0.1", "sslmode=verify-ca&sslrootcert=" + file("ca"))).isTrue();
  }

  @Test
  void require_with_an_authority_verifies_as_libpq_does() {
    assertThatThrownBy(
            () -> isEncrypted("127.0.0.1", "sslmode=require&sslrootcert=" + file("other")))
        .hasRootCauseInstanceOf(DatabaseTls.Refused.class)
        .hasStackTraceContaining("signed by an authority of sslrootcert");
  }

  @Test
  void verify_full_takes_the_name_that_the_certificate_has() throws Exception {
    assertThat(isEncrypted("localhost", "sslmode=verify-full&sslrootcert=" + file("ca"))).isTrue();
  }

  @Test
  void verify_full_refuses_another_name() {
    assertThatThrownBy(
            () -> isEncrypted("127.0.0.1", "sslmode=verify-full&sslrootcert=" + file("ca")))
        .hasRootCauseMessage(
            "the server's certificate was not accepted with sslmode=verify-full: it must be signed"
                + " by an authority of sslrootcert, and for the host name in the URL");
  }

  @Test
  void an_authority_that_did_not_sign_is_refused() {
    for (var mode : List.of("verify-ca", "verify-full")) {
      assertThatThrownBy(
              () -> isEncrypted("localhost", "sslmode=" + mode + "&sslrootcert=" + file("other")))
          .as(mode)
          .hasRootCauseInstanceOf(DatabaseTls.Refused.class)
          .hasStackTraceContaining("signed by an authority of sslrootcert");
    }
  }

  @Test
  void a_server_without_tls_is_refused_where_it_is_required() {
    assertThatThrownBy(() -> isEncrypted(plain, "127.0.0.1", "sslmode=require"))
        .hasRootCauseMessage("the server offers no TLS, and sslmode=require demands it");
  }

  private boolean isEncrypted(String host, String parameters) throws Exception {
    return isEncrypted(postgres, host, parameters);
  }

  private boolean isEncrypted(TestPostgres server, String host, String parameters)
      throws Exception {
    var url = "postgres://postgres@" + host + ":" + server.port() + "/postgres?" + parameters;
    var connector = new Connector(vertx, DatabaseUrl.parse(url).connectOptions());
    var connection = await(connector.open());
    boolean encrypted = connection.isSSL();
    await(connection.close());
    return encrypted;
  }

  private static Path file(String authority) {
    return directory.resolve(authority + ".pem");
  }

  private static void authority(String name) throws IOException, InterruptedException {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".pem");
  }

  private static void openssl(String... arguments) throws IOException, InterruptedException {
    var words = new java.util.ArrayList<>(List.of("openssl"));
    words.addAll(List.of(arguments));
    var log = directory.resolve("openssl.log").toFile();
    int code =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start()
            .waitFor();
    assertThat(code).as(Files.readString(log.toPath())).isZero();
  }
}
