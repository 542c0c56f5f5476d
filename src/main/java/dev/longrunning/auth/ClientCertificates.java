package dev.longrunning.auth;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who calls, by the certificate that TLS has verified.
 *
 * <p><b>Promise.</b> The SPIFFE id if it has one, else its first DNS name; never the common name,
 * which nobody has to check. It ends with the certificate.
 *
 * <p><b>Threads.</b> Any.
 */
public final class ClientCertificates {
  private static final int NAME_DNS = 2;
  private static final int NAME_URI = 6;
  private static final String SPIFFE = "spiffe://";
  private static final int SPIFFE_CHARACTERS_MAX = 256;

  /** As the standard has it: a trust domain, and a path without empty and dotted segments. */
  private static final Pattern SPIFFE_ID =
      Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+");

  private static final Pattern DNS =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
              + "(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  private ClientCertificates() {}

  /**
   * Who has opened a connection.
   *
   * @return empty: nobody has shown a certificate that was verified
   * @throws Problem UNAUTHENTICATED if it names nobody
   */
  public static Optional<Identity> of(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate leaf
          ? Optional.of(of(leaf))
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /**
   * Whose certificate it is.
   *
   * @throws Problem UNAUTHENTICATED if it names nobody
   */
  static Identity of(X509Certificate leaf) {
    var uris = names(leaf, NAME_URI);
    boolean spiffe = uris.stream().anyMatch(uri -> uri.toLowerCase(Locale.ROOT).startsWith(SPIFFE));
    String name = spiffe ? spiffeId(leaf, uris) : dnsName(leaf);
    return new Identity(
        "cert:" + name, Set.of(), Optional.empty(), new Dated(leaf.getNotAfter().toInstant()));
  }

  private static String spiffeId(X509Certificate leaf, List<String> uris) {
    boolean isAuthority = leaf.getBasicConstraints() >= 0;
    String id = uris.get(0);
    if (uris.size() > 1 || isAuthority || id.length() > SPIFFE_CHARACTERS_MAX) {
      throw invalid(
          "the certificate is no SPIFFE one, allowed exactly one URI of up to "
              + SPIFFE_CHARACTERS_MAX
              + " characters, and no authority");
    }
    if (!SPIFFE_ID.matcher(id).matches()) {
      throw invalid("the certificate's SPIFFE id is of another form, allowed spiffe://DOMAIN/PATH");
    }
    return id;
  }

  private static String dnsName(X509Certificate leaf) {
    return names(leaf, NAME_DNS).stream()
        .findFirst()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .filter(name -> DNS.matcher(name).matches())
        .orElseThrow(
            () ->
                invalid(
                    "the certificate names nobody, allowed a SPIFFE id or first a DNS name without"
                        + " * among its alternative names"));
  }

  private static List<String> names(X509Certificate leaf, int type) {
    var names = new ArrayList<String>();
    try {
      var all = leaf.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.get(0).equals(type) && name.get(1) instanceof String text) {
            names.add(text);
          }
        }
      }
    } catch (CertificateParsingException e) {
      throw invalid("the certificate's alternative names cannot be understood");
    }
    return names;
  }

  private static Problem invalid(String why) {
    return CallerProblems.credentialsInvalid(why);
  }

  private record Dated(Instant end) implements Credential {
    @Override
    public Optional<Problem> fault(Instant now) {
      return now.isAfter(end) ? Optional.of(CallerProblems.credentialsExpired()) : Optional.empty();
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.of(end);
    }
  }
}
