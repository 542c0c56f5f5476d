package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets, real certificates. */
@Timeout(120)
final class CertificatesTest {
  private static final int PATIENCE_MILLIS = 20_000;

  @TempDir static Path shared;

  @TempDir Path temp;
  private final Connections connections = new Connections(Limits.DEFAULT);
  private Vertx vertx;
  private HttpServer server;
  private Certificates certificates;

  @BeforeAll
  static void sign() throws Exception {
    var authority = new Authority(shared, "ca");
    authority.sign("one");
    authority.sign("two");
    new Authority(shared, "stranger").sign("unknown");
  }

  @BeforeEach
  void begin() throws Exception {
    connections.encrypted();
    var transport = GuardedTransport.ofThisMachine();
    transport.guard(connections);
    vertx = Vertx.builder().withTransport(transport).build();
    install("one", "one");
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void install(String certificate, String key) throws IOException {
    Files.writeString(temp.resolve("cert"), Files.readString(shared.resolve(certificate + ".pem")));
    Files.writeString(temp.resolve("key"), Files.readString(shared.resolve(key + ".key")));
  }

  private TlsFiles files(Optional<Path> clientCa, boolean required) {
    return new TlsFiles(temp.resolve("cert"), temp.resolve("key"), clientCa, required);
  }

  private void serve() throws Exception {
    serve(files(Optional.empty(), true));
  }

  private void serve(TlsFiles files) throws Exception {
    certificates = Certificates.read(files, vertx, InstantSource.system());
    var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
    certificates.secure(options);
    server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connections::speaks)
            .exceptionHandler(connections::failed)
            .requestHandler(request -> request.response().end("ok"));
    server.listen().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    certificates.keepUpToDate(server);
  }

  private void check() throws Exception {
    certificates.check().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static SSLContext trust(String... identity) throws Exception {
    var known = KeyStore.getInstance(KeyStore.getDefaultType());
    known.load(null);
    known.setCertificateEntry("ca", certificate("ca"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    var own = KeyStore.getInstance(KeyStore.getDefaultType());
    own.load(null);
    for (String name : identity) {
      var pem = Files.readString(shared.resolve(name + ".key")).replaceAll("-----[A-Z ]+-----", "");
      var key = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem));
      var secret = KeyFactory.getInstance("EC").generatePrivate(key);
      own.setKeyEntry(name, secret, new char[0], new Certificate[] {certificate(name)});
    }
    keys.init(own, new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Certificate certificate(String name) throws Exception {
    var pem = Files.readAllBytes(shared.resolve(name + ".pem"));
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem));
  }

  private SSLSocket connect(SSLContext context, String... protocols) throws Exception {
    var socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static String shown(SSLSocket socket) throws Exception {
    var own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return own.getSubjectX500Principal().getName();
  }

  private static String answer(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return all(socket.getInputStream());
  }

  private static String all(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void a_client_chooses_its_protocol() throws Exception {
    serve();

    try (var http2 = connect(trust(), "h2", "http/1.1");
        var http1 = connect(trust(), "http/1.1");
        var neither = connect(trust())) {
      assertThat(http2.getApplicationProtocol()).isEqualTo("h2");
      var peer = new Http2Peer(http2);
      peer.get("/");
      peer.flush();
      assertThat(peer.next(Http2Peer.DATA).payload().remaining()).isEqualTo(2);
      assertThat(http1.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(answer(http1)).endsWith("ok");
      assertThat(answer(neither)).endsWith("ok");
    }
  }

  @Test
  void one_that_speaks_without_tls_is_told_so() throws Exception {
    serve();

    try (var plain = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      plain.setSoTimeout(PATIENCE_MILLIS);
      assertThat(answer(plain))
          .startsWith("HTTP/1.1 400 Bad Request")
          .contains("\"message\":\"request: got one without TLS, allowed TLS 1.2 or newer\"");
    }
  }

  @Test
  void a_new_certificate_is_shown_to_new_connections_and_the_others_go_on() throws Exception {
    serve();
    try (var before = connect(trust())) {
      assertThat(shown(before)).isEqualTo("CN=one");
      install("two", "two");

      check();

      try (var after = connect(trust())) {
        assertThat(shown(after)).isEqualTo("CN=two");
      }
      assertThat(answer(before)).endsWith("ok");
    }
  }

  @Test
  void a_certificate_behind_a_link_that_is_swapped_is_found() throws Exception {
    for (String name : new String[] {"one", "two"}) {
      var directory = Files.createDirectory(temp.resolve("..data-" + name));
      Files.copy(shared.resolve(name + ".pem"), directory.resolve("tls.crt"));
      Files.copy(shared.resolve(name + ".key"), directory.resolve("tls.key"));
    }
    var data = temp.resolve("..data");
    Files.createSymbolicLink(data, Path.of("..data-one"));
    Files.createSymbolicLink(temp.resolve("tls.crt"), Path.of("..data/tls.crt"));
    Files.createSymbolicLink(temp.resolve("tls.key"), Path.of("..data/tls.key"));
    serve(new TlsFiles(temp.resolve("tls.crt"), temp.resolve("tls.key"), Optional.empty(), true));

    Files.delete(data);
    Files.createSymbolicLink(data, Path.of("..data-two"));
    check();

    try (var socket = connect(trust())) {
      assertThat(shown(socket)).isEqualTo("CN=two");
    }
  }

  @Test
  void a_bad_new_one_changes_nothing_and_a_good_one_after_it_is_taken() throws Exception {
    serve();
    install("two", "one");
    check();
    try (var socket = connect(trust())) {
      assertThat(shown(socket)).isEqualTo("CN=one");
    }
    Files.delete(temp.resolve("cert"));
    check();
    try (var socket = connect(trust())) {
      assertThat(shown(socket)).isEqualTo("CN=one");
    }

    install("two", "two");
    check();

    try (var socket = connect(trust())) {
      assertThat(shown(socket)).isEqualTo("CN=two");
    }
  }

  @Test
  void one_that_a_port_could_not_take_is_tried_again_until_it_does() throws Exception {
    serve();
    var failing = new AtomicBoolean(true);
    var tries = new AtomicInteger();
    certificates.keepUpToDate(failing(failing, tries));
    install("two", "two");
    assertThatThrownBy(this::check).hasMessageContaining("no update");

    failing.set(false);
    check();
    check();

    assertThat(tries).hasValue(2);
  }

  @Test
  void one_that_is_taken_back_after_only_some_ports_took_it_is_shown_by_all() throws Exception {
    serve();
    var failing = new AtomicBoolean(true);
    certificates.keepUpToDate(failing(failing, new AtomicInteger()));
    install("two", "two");
    assertThatThrownBy(this::check).hasMessageContaining("no update");
    failing.set(false);

    install("one", "one");
    check();

    try (var socket = connect(trust())) {
      assertThat(shown(socket)).isEqualTo("CN=one");
    }
  }

  /** A port that takes no certificate while told so. */
  private static HttpServer failing(AtomicBoolean fails, AtomicInteger tries) {
    return (HttpServer)
        Proxy.newProxyInstance(
            HttpServer.class.getClassLoader(),
            new Class<?>[] {HttpServer.class},
            (self, method, arguments) -> {
              tries.incrementAndGet();
              return fails.get() ? Future.failedFuture("no update") : Future.succeededFuture(true);
            });
  }

  @Test
  void a_client_without_a_certificate_is_refused_where_one_is_required() throws Exception {
    serve(files(Optional.of(shared.resolve("ca.pem")), true));

    try (var known = connect(trust("two"))) {
      assertThat(answer(known)).endsWith("ok");
    }
    assertThatThrownBy(() -> answer(connect(trust()))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> answer(connect(trust("unknown")))).isInstanceOf(IOException.class);
    assertThat(connections.handshakesFailed()).isPositive();
  }

  @Test
  void a_client_without_a_certificate_is_let_in_where_it_is_optional() throws Exception {
    serve(files(Optional.of(shared.resolve("ca.pem")), false));

    try (var anybody = connect(trust());
        var known = connect(trust("two"))) {
      assertThat(answer(anybody)).endsWith("ok");
      assertThat(answer(known)).endsWith("ok");
    }
  }

  private String fault(TlsFiles files, Instant now) {
    return catchThrowableOfType(
            TlsFault.class, () -> Certificates.read(files, vertx, InstantSource.fixed(now)))
        .line();
  }

  @Test
  void what_is_wrong_is_said_with_its_file() throws Exception {
    var now = Instant.now();
    var usual = files(Optional.empty(), true);
    Path cert = temp.resolve("cert");
    Path key = temp.resolve("key");

    assertThat(fault(usual, now.plus(Duration.ofDays(3))))
        .startsWith("tls.certificate: got " + cert + ", which expired at ")
        .endsWith(", allowed a certificate that is in force");
    assertThat(fault(usual, now.minus(Duration.ofDays(3))))
        .startsWith("tls.certificate: got " + cert + ", which begins at ");
    assertThat(fault(files(Optional.of(temp.resolve("none")), true), now))
        .isEqualTo(
            "tls.client-ca: got " + temp.resolve("none") + ", allowed a file that can be read");
    install("one", "two");
    assertThat(fault(usual, now))
        .isEqualTo(
            "tls.key: got "
                + key
                + ", which is another's, allowed the private key of the certificate in "
                + cert);
    Files.writeString(key, "secret");
    assertThat(fault(usual, now))
        .isEqualTo(
            "tls.key: got "
                + key
                + ", which cannot be understood, allowed one private key in PEM, not encrypted,"
                + " of RSA or EC");
    Files.writeString(cert, "");
    assertThat(fault(usual, now))
        .isEqualTo(
            "tls.certificate: got " + cert + ", which has none, allowed certificates in PEM");
    Files.writeString(cert, "-----BEGIN CERTIFICATE-----\nx\n");
    assertThat(fault(usual, now))
        .isEqualTo(
            "tls.certificate: got "
                + cert
                + ", which cannot be understood, allowed certificates in PEM");
    Files.write(cert, certificate("one").getEncoded());
    assertThat(fault(usual, now))
        .isEqualTo(
            "tls.certificate: got " + cert + ", which has none, allowed certificates in PEM");
    install("one", "one");
    var binary = Files.write(temp.resolve("ca.der"), certificate("ca").getEncoded());
    assertThat(fault(files(Optional.of(binary), true), now))
        .isEqualTo(
            "tls.client-ca: got " + binary + ", which has none, allowed certificates in PEM");
    Files.delete(cert);
    assertThat(fault(usual, now))
        .isEqualTo("tls.certificate: got " + cert + ", allowed a file that can be read");
  }
}
