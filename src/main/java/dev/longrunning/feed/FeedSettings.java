package dev.longrunning.feed;

import java.time.Duration;

/**
 * How the log is followed.
 *
 * @param idle between polls when nothing happens; what a lost doorbell costs
 * @param hot between polls right after a change
 * @param patience how long a reader waits for the database
 * @param cacheBytes weight of the states that are kept
 * @param ringBytes weight of the states that each event loop keeps for those who are behind
 */
public record FeedSettings(
    Duration idle, Duration hot, Duration patience, long cacheBytes, long ringBytes) {
  public static final FeedSettings DEFAULT =
      new FeedSettings(
          Duration.ofMillis(25),
          Duration.ofMillis(2),
          Duration.ofMillis(1_900),
          256L << 20,
          64L << 20);
}
