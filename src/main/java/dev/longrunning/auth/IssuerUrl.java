package dev.longrunning.auth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URLs that keys may be fetched from.
 *
 * <p><b>Promise.</b> Encrypted, or of this machine: keys that somebody in between can change are
 * worth nothing. None holds a user or a password.
 *
 * <p><b>Bounds.</b> {@value #CHARACTERS_MAX} characters.
 */
public final class IssuerUrl {
  /** For the part of a message that says what is allowed. */
  public static final String ALLOWED =
      "an https URL, or an http URL of this machine, without user and fragment";

  static final int CHARACTERS_MAX = 2_048;
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\]");

  private IssuerUrl() {}

  /** Reads one; empty if keys may not be fetched from it. */
  public static Optional<URI> parse(String text) {
    if (text.length() > CHARACTERS_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.of(new URI(text)).filter(IssuerUrl::isAllowed);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isAllowed(URI url) {
    if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      return false;
    }
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = url.getHost().toLowerCase(Locale.ROOT);
    return scheme.equals("https") || (scheme.equals("http") && LOOPBACK.matcher(host).matches());
  }

  /** Where an issuer says where its keys are. */
  static String discovery(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return base + "/.well-known/openid-configuration";
  }

  /** For logs: what stands behind a question mark may be nobody's business. */
  static String shown(URI url) {
    return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
  }
}
