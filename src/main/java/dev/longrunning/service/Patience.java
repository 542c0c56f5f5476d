package dev.longrunning.service;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long a write may be tried: until its caller's deadline, and never longer than the most. */
final class Patience {
  /** After this a caller hears UNAVAILABLE rather than wait for a database that is away. */
  static final Duration MOST = Duration.ofSeconds(2);

  private Patience() {}

  /** Fails with a {@link Problem} DEADLINE once the deadline is over. */
  static Future<Duration> until(Optional<Instant> deadline, Instant now) {
    var left = deadline.map(end -> Duration.between(now, end)).orElse(MOST);
    if (left.isNegative() || left.isZero()) {
      return Future.failedFuture(Problem.deadline());
    }
    return Future.succeededFuture(left.compareTo(MOST) < 0 ? left : MOST);
  }
}
