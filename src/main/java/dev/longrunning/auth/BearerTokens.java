package dev.longrunning.auth;

import io.vertx.core.Future;
import java.util.Optional;

/** One kind of bearer tokens. */
public interface BearerTokens {
  /** Of any kind; longer ones are refused unread. */
  int TOKEN_CHARACTERS_MAX = 8_192;

  /**
   * Who shows this token.
   *
   * @return empty: it is none of this kind; else a future that fails UNAUTHENTICATED, or
   *     UNAVAILABLE if it cannot be checked now, and is complete at once wherever it can be
   */
  Optional<Future<Identity>> identify(String token);
}
