package dev.longrunning.connection;

import java.time.Duration;

/**
 * What a connection may be.
 *
 * @param ageMax how old it grows, give or take {@value #JITTER_PERCENT} %; zero: as old as it likes
 * @param idleMax how long it may be without a call in flight
 * @param grace how long the calls in flight have once it leaves
 * @param connectionsMax of all callers
 * @param callerMax of one caller
 */
public record Limits(
    Duration ageMax, Duration idleMax, Duration grace, int connectionsMax, int callerMax) {
  /** So that connections that were made together do not come back together. */
  public static final int JITTER_PERCENT = 10;

  /** What holds unless something else is set. */
  public static final Limits DEFAULT =
      new Limits(Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofMinutes(11), 16_384, 1_024);
}
