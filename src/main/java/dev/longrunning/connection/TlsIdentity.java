package dev.longrunning.connection;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * A certificate with its key, as they were read together.
 *
 * <p><b>Promise.</b> The key is that of the certificate, and the certificate is in force.
 *
 * <p><b>Bounds.</b> {@value #FILE_BYTES_MAX} bytes a file.
 */
final class TlsIdentity {
  private static final int FILE_BYTES_MAX = 1_048_576;
  private static final String CERTIFICATE = "tls.certificate";
  private static final String KEY = "tls.key";
  private static final String CLIENT_CA = "tls.client-ca";
  private static final String PEM_CERTIFICATE = "-----BEGIN CERTIFICATE-----";
  private static final Set<String> VERSIONS = Set.of("TLSv1.2", "TLSv1.3");
  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private final Buffer certificate;
  private final Buffer key;
  private final Optional<Buffer> clientCa;
  private final boolean clientRequired;
  private final X509Certificate own;

  private TlsIdentity(
      Buffer certificate,
      Buffer key,
      Optional<Buffer> clientCa,
      boolean clientRequired,
      X509Certificate own) {
    this.certificate = certificate;
    this.key = key;
    this.clientCa = clientCa;
    this.clientRequired = clientRequired;
    this.own = own;
  }

  /** Reads and checks the files; blocks. */
  static TlsIdentity read(TlsFiles files, Vertx vertx, Instant now) throws TlsFault {
    var certificate = bytes(CERTIFICATE, files.certificate());
    var key = bytes(KEY, files.key());
    Optional<Buffer> clientCa = Optional.empty();
    if (files.clientCa().isPresent()) {
      clientCa = Optional.of(bytes(CLIENT_CA, files.clientCa().get()));
      certificates(CLIENT_CA, files.clientCa().get(), clientCa.get());
    }
    var own = certificates(CERTIFICATE, files.certificate(), certificate).get(0);
    checkTime(files.certificate(), own, now);
    var read = new TlsIdentity(certificate, key, clientCa, files.clientRequired(), own);
    read.checkKey(files, vertx);
    return read;
  }

  private static Buffer bytes(String setting, Path file) throws TlsFault {
    try {
      if (Files.size(file) <= FILE_BYTES_MAX) {
        return Buffer.buffer(Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new TlsFault(setting, file, "", "a file that can be read");
    }
    throw new TlsFault(setting, file, ", which is larger", "a file of at most 1 MiB");
  }

  private static List<X509Certificate> certificates(String setting, Path file, Buffer pem)
      throws TlsFault {
    try {
      var read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes()))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      // That factory reads DER as well, which the port does not.
      if (!read.isEmpty() && pem.toString(StandardCharsets.US_ASCII).contains(PEM_CERTIFICATE)) {
        return read;
      }
    } catch (CertificateException e) {
      throw new TlsFault(setting, file, ", which cannot be understood", "certificates in PEM");
    }
    throw new TlsFault(setting, file, ", which has none", "certificates in PEM");
  }

  private static void checkTime(Path file, X509Certificate own, Instant now) throws TlsFault {
    var begin = own.getNotBefore().toInstant();
    var end = own.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      throw new TlsFault(
          CERTIFICATE, file, ", which expired at " + end, "a certificate that is in force");
    }
    if (now.isBefore(begin)) {
      throw new TlsFault(
          CERTIFICATE, file, ", which begins at " + begin, "a certificate that is in force");
    }
  }

  private void checkKey(TlsFiles files, Vertx vertx) throws TlsFault {
    Optional<PrivateKey> found;
    try {
      found =
          Stream.of(keyCertificate().getKeyManagerFactory(vertx).getKeyManagers())
              .flatMap(TlsIdentity::keys)
              .findFirst();
    } catch (Exception e) {
      throw new TlsFault(
          KEY,
          files.key(),
          ", which cannot be understood",
          "one private key in PEM, not encrypted, of RSA or EC");
    }
    if (found.isEmpty() || !isPair(found.get())) {
      throw new TlsFault(
          KEY,
          files.key(),
          ", which is another's",
          "the private key of the certificate in " + files.certificate());
    }
  }

  private static Stream<PrivateKey> keys(KeyManager manager) {
    if (!(manager instanceof X509KeyManager x509)) {
      return Stream.empty();
    }
    return KEY_TYPES.stream()
        .flatMap(type -> Stream.ofNullable(x509.getServerAliases(type, null)).flatMap(Stream::of))
        .flatMap(alias -> Stream.ofNullable(x509.getPrivateKey(alias)));
  }

  /** What the one signs the other recognises. */
  private boolean isPair(PrivateKey secret) {
    var something = new byte[] {1, 2, 3};
    try {
      var signature = Signature.getInstance(algorithm(secret));
      signature.initSign(secret);
      signature.update(something);
      var signed = signature.sign();
      signature.initVerify(own.getPublicKey());
      signature.update(something);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String algorithm(PrivateKey secret) {
    return switch (secret.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> secret.getAlgorithm();
    };
  }

  /** Whether nothing is new. */
  boolean isSame(TlsIdentity other) {
    return certificate.equals(other.certificate)
        && key.equals(other.key)
        && clientCa.equals(other.clientCa);
  }

  /** When it is no longer in force. */
  Instant expires() {
    return own.getNotAfter().toInstant();
  }

  /** How a server is to use it. */
  ServerSSLOptions options() {
    var options = new ServerSSLOptions();
    options
        .setKeyCertOptions(keyCertificate())
        .setEnabledSecureTransportProtocols(VERSIONS)
        .setUseAlpn(true);
    clientCa.ifPresent(
        pem ->
            options
                .setTrustOptions(new PemTrustOptions().addCertValue(pem))
                .setClientAuth(clientRequired ? ClientAuth.REQUIRED : ClientAuth.REQUEST));
    return options;
  }

  private PemKeyCertOptions keyCertificate() {
    return new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
  }
}
