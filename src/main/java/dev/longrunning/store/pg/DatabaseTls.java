package dev.longrunning.store.pg;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.SslMode;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** libpq's TLS modes in Vert.x's terms. */
final class DatabaseTls {
  private DatabaseTls() {}

  /** As libpq does: with a list of authorities at hand, {@code require} verifies against it. */
  static SslMode mode(DatabaseUrl.Tls tls) {
    return tls.mode() == SslMode.REQUIRE && tls.trusted().isPresent()
        ? SslMode.VERIFY_CA
        : tls.mode();
  }

  static ClientSSLOptions options(DatabaseUrl.Tls tls) {
    SslMode mode = mode(tls);
    boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
    var options =
        new ClientSSLOptions()
            .setTrustAll(!verifies)
            .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    if (verifies) {
      tls.trusted().map(DatabaseTls::trust).ifPresent(options::setTrustOptions);
    }
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertPath(tls.certificate().get().toString())
              .addKeyPath(tls.key().get().toString()));
    }
    return options;
  }

  /** What the driver says of TLS, in words that tell what to do. */
  static Throwable explained(Throwable failure, SslMode mode) {
    String said = String.valueOf(failure.getMessage());
    if (said.equals("SSL handshake failed")) {
      return new Refused(
          "the server's certificate was not accepted with sslmode="
              + mode.value
              + ": it must be signed by an authority of sslrootcert"
              + (mode == SslMode.VERIFY_FULL ? ", and for the host name in the URL" : ""));
    }
    if (said.equals("Postgres Server does not handle SSL connection")) {
      return new Refused("the server offers no TLS, and sslmode=" + mode.value + " demands it");
    }
    return failure;
  }

  /** Thrown when there is no connection as safe as was asked for; the message is for people. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null, false, false);
    }
  }

  private static TrustOptions trust(Path trusted) {
    return trusted.equals(DatabaseUrl.Tls.SYSTEM)
        ? TrustOptions.wrap(platform())
        : new PemTrustOptions().addCertPath(trusted.toString());
  }

  private static X509TrustManager platform() {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore authoritiesOfThePlatform = null;
      factory.init(authoritiesOfThePlatform);
      for (var manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("every Java platform brings X.509 trust");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform brings X.509 trust", e);
    }
  }
}
