package dev.longrunning.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one producer's hold on a running operation, as it is stored.
 *
 * @param token names the producer; never shown to anyone else
 * @param request the call that obtained it; a repeat of that call is shown the lease again
 */
public record Lease(
    UUID token,
    Instant expireTime,
    Duration duration,
    Duration adoptionWindow,
    @Nullable UUID request) {
  public static final Duration DURATION_MIN = Duration.ofSeconds(1);
  public static final Duration DURATION_MAX = Duration.ofHours(24);
  public static final Duration ADOPTION_WINDOW_MAX = Duration.ofHours(24);

  public boolean isAlive(Instant now) {
    return expireTime.isAfter(now);
  }

  /** Whether nobody may adopt the operation any more. */
  public boolean isLost(Instant now) {
    return expireTime.plus(adoptionWindow).isBefore(now);
  }

  Lease renewed(Instant now, @Nullable Duration newDuration) {
    var lasting = newDuration == null ? duration : newDuration;
    return new Lease(token, now.plus(lasting), lasting, adoptionWindow, request);
  }

  Answer.Lease shown() {
    return new Answer.Lease(token, expireTime);
  }
}
