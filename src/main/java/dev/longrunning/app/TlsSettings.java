package dev.longrunning.app;

import dev.longrunning.connection.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How connections of callers are encrypted.
 *
 * @param files empty: not at all
 */
record TlsSettings(Optional<TlsFiles> files) {
  /** Whether a client must have a certificate. */
  enum ClientCertificate {
    REQUIRED,
    OPTIONAL
  }

  static final Setting<Optional<Path>> CERTIFICATE =
      new Setting<>("tls.certificate", "", "a file of certificates in PEM", SettingParsers::file);
  static final Setting<Optional<Path>> KEY =
      new Setting<>(
          "tls.key", "", "a file of one private key in PEM, not encrypted", SettingParsers::file);
  static final Setting<Optional<Path>> CLIENT_CA =
      new Setting<>("tls.client-ca", "", "a file of certificates in PEM", SettingParsers::file);
  static final Setting<ClientCertificate> CLIENT_CERTIFICATE =
      new Setting<>(
          "tls.client-certificate",
          "required",
          "required or optional",
          SettingParsers.word(ClientCertificate.class));

  static final List<Setting<?>> ALL = List.of(CERTIFICATE, KEY, CLIENT_CA, CLIENT_CERTIFICATE);

  static TlsSettings read(SettingSources sources) {
    var certificate = sources.get(CERTIFICATE);
    var key = sources.get(KEY);
    var clientCa = sources.get(CLIENT_CA);
    boolean required = sources.get(CLIENT_CERTIFICATE) == ClientCertificate.REQUIRED;
    if (certificate.isPresent() != key.isPresent()) {
      sources.fault(
          "tls: got "
              + (key.isPresent() ? "a key" : "a certificate")
              + " alone, allowed both"
              + " tls.certificate and tls.key, or neither");
    } else if (clientCa.isPresent() && certificate.isEmpty()) {
      sources.fault("tls.client-ca: got a file, allowed only with tls.certificate and tls.key");
    } else if (certificate.isPresent()) {
      return new TlsSettings(
          Optional.of(new TlsFiles(certificate.get(), key.orElseThrow(), clientCa, required)));
    }
    return new TlsSettings(Optional.empty());
  }
}
