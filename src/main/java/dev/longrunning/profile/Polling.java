package dev.longrunning.profile;

import java.time.Duration;

/**
 * How often a service wants to be asked: the delays that its client libraries are built with.
 *
 * @param first before the first poll
 * @param multiplier by which each delay is longer than the one before; at least 1
 * @param max the longest
 */
public record Polling(Duration first, double multiplier, Duration max) {
  /** The delay of a poll of an operation that has run for so long. */
  public Duration after(Duration age) {
    double delay = first.toMillis();
    double longest = max.toMillis();
    double polled = delay;
    while (polled < age.toMillis() && delay < longest && multiplier > 1) {
      delay = Math.min(longest, delay * multiplier);
      polled += delay;
    }
    return Duration.ofMillis(Math.round(delay));
  }
}
