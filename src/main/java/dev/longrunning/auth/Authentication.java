package dev.longrunning.auth;

import dev.longrunning.operation.CallerProblems;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, on one event loop.
 *
 * <p><b>Promise.</b> Of several credentials the header counts: whoever sends one means it, and is
 * not taken for somebody else if it is wrong. An answer comes at once unless keys must be fetched
 * first. No answer holds any part of a credential, and none takes a time that tells more of one
 * than it says: tokens are looked up by their hashes.
 *
 * <p><b>Threads.</b> Confined to the event loop of its tokens.
 */
public final class Authentication {
  private static final String SCHEME = "Bearer";
  private static final String BEARER = "Bearer TOKEN";
  private static final String CERTIFICATE = "a client certificate";

  /** Asks nobody. */
  public static final Authentication NONE =
      new Authentication(List.of(), false, () -> Instant.EPOCH);

  private final List<BearerTokens> tokens;
  private final boolean certificates;
  private final InstantSource clock;

  /**
   * Takes what is given here, and nothing else.
   *
   * @param tokens asked in this order
   * @param certificates whether a client certificate says who calls
   */
  public Authentication(List<BearerTokens> tokens, boolean certificates, InstantSource clock) {
    this.tokens = List.copyOf(tokens);
    this.certificates = certificates;
    this.clock = clock;
  }

  /** Whether anybody is asked. */
  public boolean asks() {
    return certificates || !tokens.isEmpty();
  }

  /**
   * Who calls.
   *
   * @param authorization the header; null: there is none
   * @param certificate who opened the connection, as {@link ClientCertificates} says; called only
   *     if it counts
   * @return fails UNAUTHENTICATED, or UNAVAILABLE if it cannot be checked now
   */
  public Future<Identity> identify(
      @Nullable String authorization, Supplier<Optional<Identity>> certificate) {
    if (!asks()) {
      return Future.succeededFuture(Identity.ANYBODY);
    }
    try {
      return authorization == null ? byCertificate(certificate) : byToken(token(authorization));
    } catch (Problem problem) {
      return Future.failedFuture(problem);
    }
  }

  private Future<Identity> byCertificate(Supplier<Optional<Identity>> certificate) {
    var shown = certificates ? certificate.get() : Optional.<Identity>empty();
    return shown
        .orElseThrow(() -> CallerProblems.credentialsMissing(accepted()))
        .at(clock.instant());
  }

  private Future<Identity> byToken(String token) {
    for (var kind : tokens) {
      var answer = kind.identify(token);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    throw invalid("the token is not known; get a valid one");
  }

  private String token(String authorization) {
    if (tokens.isEmpty()) {
      throw invalid("got a header, allowed " + accepted() + " without one");
    }
    int blank = authorization.indexOf(' ');
    if (blank < 0 || !authorization.substring(0, blank).equalsIgnoreCase(SCHEME)) {
      throw invalid("got another scheme, allowed " + BEARER);
    }
    String token = authorization.substring(blank + 1).strip();
    if (token.length() > BearerTokens.TOKEN_CHARACTERS_MAX) {
      throw invalid(
          "the token is longer than " + BearerTokens.TOKEN_CHARACTERS_MAX + " characters");
    }
    if (token.isEmpty() || !hasTokenCharactersOnly(token)) {
      throw invalid("got no token or one of another form, allowed " + BEARER);
    }
    return token;
  }

  /** As RFC 6750 has them. */
  private static boolean hasTokenCharactersOnly(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && "-._~+/=".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private String accepted() {
    if (tokens.isEmpty()) {
      return CERTIFICATE;
    }
    return certificates ? BEARER + ", or " + CERTIFICATE : BEARER;
  }

  private static Problem invalid(String why) {
    return CallerProblems.credentialsInvalid(why);
  }
}
