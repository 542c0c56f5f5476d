package dev.longrunning.service;

import java.time.Duration;

/**
 * How operations are read and waited for.
 *
 * @param waitMax the longest that one WaitOperation waits
 * @param waitersMax WaitOperation calls that wait at once on one event loop; each holds about 2 KB
 *     beside its stream of HTTP/2, which has 6: 50,000 are 400 MB
 */
public record OperationsSettings(Duration waitMax, int waitersMax) {
  public static final OperationsSettings DEFAULT =
      new OperationsSettings(Duration.ofMinutes(10), 50_000);
}
