package dev.longrunning.auth;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.PlainText;
import dev.longrunning.operation.Problem;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token says, once its signature is known to be right.
 *
 * <p><b>Promise.</b> Each claim that counts is checked here, and a claim of another form than it
 * must have is as good as a wrong one.
 *
 * <p><b>Bounds.</b> {@value #PRINCIPAL_CHARACTERS_MAX} characters of a principal, {@value
 * #GROUPS_MAX} groups and scopes of {@value #ITEM_CHARACTERS_MAX} characters.
 */
final class JwtClaims {
  static final int PRINCIPAL_CHARACTERS_MAX = 256;
  static final int GROUPS_MAX = 512;
  static final int ITEM_CHARACTERS_MAX = 256;

  /** The year 9999: what is later is no time. */
  private static final double SECONDS_MAX = 253_402_300_799d;

  private static final String EMAIL = "email";

  private final OidcSettings settings;
  private final Map<String, Object> claims;

  JwtClaims(OidcSettings settings, Map<String, Object> claims) {
    this.settings = settings;
    this.claims = claims;
  }

  /**
   * Checks whose it is, whom it is for, and when it holds; answers when it ends.
   *
   * @throws Problem UNAUTHENTICATED
   */
  Instant check(Instant now) {
    if (!settings.issuer().equals(claims.get("iss"))) {
      throw invalid("the token is of another issuer (iss), allowed " + settings.issuer());
    }
    if (!isFor(claims.get("aud"))) {
      throw invalid("the token is for others (aud), allowed one for " + settings.audience());
    }
    var skew = settings.clockSkew();
    var end = time("exp").orElseThrow(() -> invalid("the token says no end (exp)")).plus(skew);
    if (!now.isBefore(end)) {
      throw CallerProblems.credentialsExpired();
    }
    for (String begin : List.of("nbf", "iat")) {
      if (time(begin).filter(time -> time.minus(skew).isAfter(now)).isPresent()) {
        throw invalid("the token begins later (" + begin + "); wait, or set the clocks right");
      }
    }
    return end;
  }

  private boolean isFor(@Nullable Object audience) {
    return audience instanceof List<?> several
        ? several.contains(settings.audience())
        : settings.audience().equals(audience);
  }

  private Optional<Instant> time(String claim) {
    if (!claims.containsKey(claim)) {
      return Optional.empty();
    }
    if (claims.get(claim) instanceof Number number) {
      double seconds = number.doubleValue();
      if (seconds >= 0 && seconds <= SECONDS_MAX) {
        return Optional.of(Instant.ofEpochSecond((long) seconds));
      }
    }
    throw invalid("the token's " + claim + " is no time in seconds since 1970");
  }

  /**
   * Who it says calls.
   *
   * @throws Problem UNAUTHENTICATED
   */
  String principal() {
    // Without a subject it is no token about anybody, whatever else it says.
    String subject = name("sub");
    String claim = settings.principalClaim();
    if (claim.equals("sub")) {
      return "oidc:" + subject;
    }
    if (claim.equals(EMAIL) && !Boolean.TRUE.equals(claims.get("email_verified"))) {
      throw invalid("the token's e-mail address is not verified (email_verified)");
    }
    return "oidc:" + name(claim);
  }

  private String name(String claim) {
    if (claims.get(claim) instanceof String text
        && !text.isEmpty()
        && text.length() <= PRINCIPAL_CHARACTERS_MAX
        && PlainText.isPlain(text)
        && text.chars().noneMatch(Character::isWhitespace)) {
      return text;
    }
    throw invalid(
        "the token does not say who calls ("
            + claim
            + "), allowed up to "
            + PRINCIPAL_CHARACTERS_MAX
            + " characters without spaces");
  }

  /**
   * The groups of who calls; none if it says none.
   *
   * @throws Problem UNAUTHENTICATED
   */
  Set<String> groups() {
    var claim = claims.get(settings.groupsClaim());
    return claim == null ? Set.of() : items(settings.groupsClaim(), claim);
  }

  /**
   * What it was given for; nothing if it does not say.
   *
   * @throws Problem UNAUTHENTICATED
   */
  Set<String> scopes() {
    String name = claims.get("scope") == null ? "scp" : "scope";
    var claim = claims.get(name);
    if (claim instanceof String text) {
      return items(name, List.of(text.strip().split(" +", -1)));
    }
    return claim == null ? Set.of() : items(name, claim);
  }

  private static Set<String> items(String name, Object claim) {
    var items = new HashSet<String>();
    if (!(claim instanceof List<?> list) || list.size() > GROUPS_MAX) {
      throw invalid(
          "the token's " + name + " is of another form, allowed a list of up to " + GROUPS_MAX);
    }
    for (Object item : list) {
      if (!(item instanceof String text)
          || text.length() > ITEM_CHARACTERS_MAX
          || !PlainText.isPlain(text)) {
        throw invalid(
            "the token's "
                + name
                + " is of another form, allowed texts of up to "
                + ITEM_CHARACTERS_MAX
                + " characters");
      }
      if (!text.isEmpty()) {
        items.add(text);
      }
    }
    return items;
  }

  private static Problem invalid(String why) {
    return CallerProblems.credentialsInvalid(why);
  }
}
