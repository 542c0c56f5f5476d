package dev.longrunning.auth;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A signed token as it came: its header is checked, its signature and what it says are not yet.
 *
 * <p><b>Promise.</b> Whatever a header says of keys (jwk, jku, x5u, x5c) is not looked at: keys are
 * the issuer's, by their id.
 */
final class Jwt {
  private static final int PARTS = 3;
  private static final int PARTS_ENCRYPTED = 5;
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Set<String> TYPES =
      Set.of("jwt", "at+jwt", "application/jwt", "application/at+jwt");

  private final String[] parts;
  private final JwtAlgorithm algorithm;
  private final String kid;

  private Jwt(String[] parts, JwtAlgorithm algorithm, String kid) {
    this.parts = parts;
    this.algorithm = algorithm;
    this.kid = kid;
  }

  /** Whether it is made of as many parts as these tokens are, signed or encrypted. */
  static boolean hasForm(String token) {
    int dots = 0;
    for (int at = token.indexOf('.'); at >= 0; at = token.indexOf('.', at + 1)) {
      dots++;
    }
    return dots == PARTS - 1 || dots == PARTS_ENCRYPTED - 1;
  }

  /**
   * Reads one, of bounded length.
   *
   * @throws Problem UNAUTHENTICATED
   */
  static Jwt parse(String token, Set<JwtAlgorithm> allowed) {
    var parts = token.split("\\.", -1);
    if (parts.length == PARTS_ENCRYPTED) {
      throw invalid("the token is encrypted, allowed one that is only signed");
    }
    for (String part : parts) {
      if (!PART.matcher(part).matches()) {
        throw broken();
      }
    }
    var header = JsonText.decoded(parts[0]).orElseThrow(Jwt::broken);
    return new Jwt(parts, algorithm(header, allowed), kid(header));
  }

  private static JwtAlgorithm algorithm(Map<String, Object> header, Set<JwtAlgorithm> allowed) {
    var algorithm = JwtAlgorithm.of(String.valueOf(header.get("alg"))).filter(allowed::contains);
    if (algorithm.isEmpty()) {
      String names =
          allowed.stream().map(JwtAlgorithm::text).sorted().collect(Collectors.joining(", "));
      throw invalid("the token is signed by another algorithm (alg), allowed " + names);
    }
    checkForm(header);
    return algorithm.get();
  }

  private static void checkForm(Map<String, Object> header) {
    if (header.containsKey("crit") || header.containsKey("b64")) {
      throw invalid("the token asks for extensions (crit), allowed none");
    }
    if (header.containsKey("cty")) {
      throw invalid("the token holds another one (cty), allowed one that holds claims");
    }
    var type = header.getOrDefault("typ", "JWT");
    if (!TYPES.contains(String.valueOf(type).toLowerCase(Locale.ROOT))) {
      throw invalid("the token is of another type (typ), allowed JWT, at+jwt, or none said");
    }
  }

  private static String kid(Map<String, Object> header) {
    if (header.get("kid") instanceof String kid
        && !kid.isEmpty()
        && kid.length() <= IssuerKey.KID_CHARACTERS_MAX) {
      return kid;
    }
    throw invalid("the token does not say which key signed it (kid); get one that does");
  }

  JwtAlgorithm algorithm() {
    return algorithm;
  }

  String kid() {
    return kid;
  }

  /**
   * What it says, if this key signed it.
   *
   * @throws Problem UNAUTHENTICATED
   */
  Map<String, Object> claims(IssuerKey key) {
    if (!key.fits(algorithm)) {
      throw invalid("the token's key (kid) is not for its algorithm (alg)");
    }
    var signed = (parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII);
    if (!key.signed(algorithm, signed, parts[2])) {
      throw invalid("the token's signature is wrong; send it whole, or get a new one");
    }
    return JsonText.decoded(parts[1]).orElseThrow(Jwt::broken);
  }

  private static Problem broken() {
    return invalid("the token is damaged; send it whole, or get a new one");
  }

  private static Problem invalid(String why) {
    return CallerProblems.credentialsInvalid(why);
  }
}
