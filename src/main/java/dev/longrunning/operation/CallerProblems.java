package dev.longrunning.operation;

import dev.longrunning.operation.Problem.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why a caller is turned away, whatever it asks for.
 *
 * <p><b>Promise.</b> Reasons are those of {@code google.api.ErrorReason} where there is one. A
 * message never holds any part of a credential.
 */
public final class CallerProblems {
  private static final String HEADER = "authorization: ";

  private CallerProblems() {}

  /** Nothing came that would say who calls. */
  public static Problem credentialsMissing(String accepted) {
    return unauthenticated("CREDENTIALS_MISSING", "got none, allowed " + accepted);
  }

  /** What came does not prove who calls. */
  public static Problem credentialsInvalid(String why) {
    return unauthenticated("CREDENTIALS_INVALID", why);
  }

  /** What came did prove it, and does so no longer. */
  public static Problem credentialsExpired() {
    return unauthenticated("ACCESS_TOKEN_EXPIRED", "the credentials have expired; get new ones");
  }

  /** No key of the issuer is known yet, so that no token of its can be checked. */
  public static Problem issuerUnavailable() {
    return Problem.unavailable(
        "ISSUER_UNAVAILABLE", "the keys of the tokens' issuer cannot be had; repeat the call");
  }

  private static Problem unauthenticated(String reason, String what) {
    return Problem.of(Kind.UNAUTHENTICATED, reason, HEADER + what, Map.of());
  }

  /** The credentials were not given for this. */
  public static Problem scopeInsufficient(String method, List<String> scopes) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("method", method);
    facts.put("scopes", String.join(" ", scopes));
    return Problem.of(
        Kind.DENIED,
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        HEADER + "the token lacks a scope; allowed one of " + String.join(", ", scopes),
        facts);
  }

  /** A stream shows other collections than its caller may see now. */
  public static Problem viewChanged() {
    return Problem.unavailable(
        "PERMISSIONS_CHANGED",
        "what the caller may see has changed; reconnect with the last resume_token");
  }

  /**
   * The caller may not do this there, whether it exists or not.
   *
   * @param resource {@code service/path}
   */
  public static Problem permissionDenied(String permission, String resource) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("permission", permission);
    facts.put("resource", resource);
    return Problem.of(
        Kind.DENIED,
        "IAM_PERMISSION_DENIED",
        "permission "
            + permission
            + " denied on "
            + Problem.shown(resource)
            + " (or it may not exist)",
        facts);
  }
}
