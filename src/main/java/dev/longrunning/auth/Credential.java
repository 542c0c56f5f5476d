package dev.longrunning.auth;

import dev.longrunning.operation.Problem;
import java.time.Instant;
import java.util.Optional;

/**
 * What proved who calls, as long as a call or a stream goes on.
 *
 * <p><b>Threads.</b> Any.
 */
@FunctionalInterface
public interface Credential {
  /** Never expires, and is never taken back. */
  Credential LASTING = now -> Optional.empty();

  /** Why it proves nothing any more, as UNAUTHENTICATED: expired, or taken back; empty: it does. */
  Optional<Problem> fault(Instant now);

  /** When it expires; empty: not by itself. */
  default Optional<Instant> expires() {
    return Optional.empty();
  }
}
