package dev.longrunning.app;

import dev.longrunning.auth.IssuerUrl;
import dev.longrunning.auth.JwtAlgorithm;
import dev.longrunning.auth.OidcSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * How callers show who they are, and where it says what they may do.
 *
 * @param policy what callers may do; there if any of the others is
 * @param tokens a file of tokens' hashes
 * @param oidc an issuer of tokens
 * @param issuerAuthorities who signs the certificate of that issuer; empty: whom Java trusts
 * @param clientCertificates whether a client certificate says who calls
 */
record AuthSettings(
    Optional<Path> policy,
    Optional<Path> tokens,
    Optional<OidcSettings> oidc,
    Optional<Path> issuerAuthorities,
    boolean clientCertificates) {
  private static final int ISSUER_CHARACTERS_MAX = 1_024;
  private static final Pattern ISSUER = Pattern.compile("[!-~]{1," + ISSUER_CHARACTERS_MAX + "}");
  private static final Pattern AUDIENCE = Pattern.compile("[ -~]{1,1024}");
  private static final Pattern CLAIM = Pattern.compile("[A-Za-z0-9._:/-]{1,128}");
  private static final String CLAIM_ALLOWED = "up to 128 letters, digits and ._:/-";

  static final Setting<Optional<Path>> POLICY =
      new Setting<>("auth.policy-file", "", "a file of YAML", SettingParsers::file);
  static final Setting<Optional<Path>> TOKENS =
      new Setting<>("auth.tokens-file", "", "a file of YAML", SettingParsers::file);
  static final Setting<Optional<String>> ISSUER_NAME =
      new Setting<>(
          "auth.oidc.issuer",
          "",
          "an https URL, or an http URL of this machine; any name with auth.oidc.jwks-url",
          optional(text -> matched(ISSUER, text)));
  static final Setting<Optional<URI>> JWKS_URL =
      new Setting<>("auth.oidc.jwks-url", "", IssuerUrl.ALLOWED, optional(IssuerUrl::parse));
  static final Setting<Optional<Path>> ISSUER_CA =
      new Setting<>("auth.oidc.ca", "", "a file of certificates in PEM", SettingParsers::file);
  static final Setting<Optional<String>> AUDIENCE_NAME =
      new Setting<>(
          "auth.oidc.audience",
          "",
          "up to 1024 visible characters of ASCII",
          optional(text -> matched(AUDIENCE, text)));
  static final Setting<Set<JwtAlgorithm>> ALGORITHMS =
      new Setting<>(
          "auth.oidc.algorithms",
          "RS256,ES256",
          "one or more of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
          AuthSettings::algorithms);
  static final Setting<String> PRINCIPAL_CLAIM =
      new Setting<>(
          "auth.oidc.principal-claim", "sub", CLAIM_ALLOWED, text -> matched(CLAIM, text));
  static final Setting<String> GROUPS_CLAIM =
      new Setting<>(
          "auth.oidc.groups-claim", "groups", CLAIM_ALLOWED, text -> matched(CLAIM, text));
  static final Setting<Duration> CLOCK_SKEW =
      new Setting<>(
          "auth.oidc.clock-skew",
          "30s",
          "0s..5m",
          SettingParsers.duration(Duration.ZERO, Duration.ofMinutes(5)));
  static final Setting<Boolean> CLIENT_CERTIFICATES =
      new Setting<>("auth.client-certificates", "false", "true or false", SettingParsers::flag);

  static final List<Setting<?>> ALL =
      List.of(
          POLICY,
          TOKENS,
          ISSUER_NAME,
          JWKS_URL,
          ISSUER_CA,
          AUDIENCE_NAME,
          ALGORITHMS,
          PRINCIPAL_CLAIM,
          GROUPS_CLAIM,
          CLOCK_SKEW,
          CLIENT_CERTIFICATES);

  private static final String MODES =
      "auth.tokens-file, auth.oidc.issuer or auth.client-certificates";

  /** Whether callers must say who they are. */
  boolean asks() {
    return tokens.isPresent() || oidc.isPresent() || clientCertificates;
  }

  private static <T> Function<String, Optional<Optional<T>>> optional(
      Function<String, Optional<T>> parser) {
    return text ->
        text.isEmpty()
            ? Optional.of(Optional.empty())
            : parser.apply(text).flatMap(SettingParsers::present);
  }

  private static Optional<String> matched(Pattern pattern, String text) {
    return Optional.of(text).filter(it -> pattern.matcher(it).matches());
  }

  private static Optional<Set<JwtAlgorithm>> algorithms(String text) {
    var all = EnumSet.noneOf(JwtAlgorithm.class);
    for (String name : text.split(",", -1)) {
      var algorithm = JwtAlgorithm.of(name.strip());
      if (algorithm.isEmpty()) {
        return Optional.empty();
      }
      all.add(algorithm.get());
    }
    return Optional.of(all);
  }

  static AuthSettings read(SettingSources sources, TlsSettings tls) {
    var faults = new ArrayList<String>();
    var read =
        new AuthSettings(
            sources.get(POLICY),
            sources.get(TOKENS),
            oidc(sources, faults),
            sources.get(ISSUER_CA),
            sources.get(CLIENT_CERTIFICATES));
    boolean verified = tls.files().filter(files -> files.clientCa().isPresent()).isPresent();
    if (read.clientCertificates && !verified) {
      faults.add("auth.client-certificates: got true, allowed only with tls.client-ca");
    }
    if (read.policy.isPresent() && !read.asks() && faults.isEmpty()) {
      faults.add("auth.policy-file: got a file, allowed only with " + MODES);
    }
    if (read.policy.isEmpty() && read.asks()) {
      faults.add("auth.policy-file: got none, allowed a file: it says what callers may do");
    }
    faults.forEach(sources::fault);
    return read;
  }

  private static Optional<OidcSettings> oidc(SettingSources sources, List<String> faults) {
    var issuer = sources.get(ISSUER_NAME);
    var keys = sources.get(JWKS_URL);
    var audience = sources.get(AUDIENCE_NAME);
    var algorithms = sources.get(ALGORITHMS);
    String principal = sources.get(PRINCIPAL_CLAIM);
    String groups = sources.get(GROUPS_CLAIM);
    var skew = sources.get(CLOCK_SKEW);
    if (issuer.isEmpty()) {
      for (var setting : List.of(JWKS_URL, ISSUER_CA, AUDIENCE_NAME)) {
        if (!sources.text(setting).isEmpty()) {
          faults.add(setting.key() + ": got a value, allowed only with auth.oidc.issuer");
        }
      }
      return Optional.empty();
    }
    if (audience.isEmpty()) {
      faults.add("auth.oidc.audience: got none, allowed the name (aud) that tokens are issued for");
    }
    boolean discovered = keys.isEmpty();
    if (discovered
        && IssuerUrl.parse(issuer.get()).filter(url -> url.getQuery() == null).isEmpty()) {
      faults.add("auth.oidc.issuer: got another name, allowed " + ISSUER_NAME.allowed());
    }
    return Optional.of(
        new OidcSettings(
            issuer.get(), keys, audience.orElse(""), algorithms, principal, groups, skew));
  }
}
