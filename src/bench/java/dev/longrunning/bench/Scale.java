package dev.longrunning.bench;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param rounds how often each case is measured, in turn with the others of its stage
 * @param each how long a case is measured in a round
 * @param warmUp how long a case runs before the first round
 * @param divisor what counts are divided by: operations, watchers, changes
 */
public record Scale(int rounds, Duration each, Duration warmUp, int divisor) {
  static final int ROUNDS = 5;
  static final int SECONDS = 2;
  static final int WARM_UP_SECONDS = 20;

  static final Scale FULL =
      new Scale(ROUNDS, Duration.ofSeconds(SECONDS), Duration.ofSeconds(WARM_UP_SECONDS), 1);

  /** Everything once, and as little as possible: shows that it works, not how fast. */
  static final Scale SMOKE = new Scale(1, Duration.ofMillis(100), Duration.ZERO, 400);

  /** A count at this scale, at least 1. */
  public int of(int count) {
    return Math.max(1, count / divisor);
  }

  /** The first round: 0 is the warm-up, of which nothing is kept, and there may be none. */
  public int firstRound() {
    return warmUp.isZero() ? 1 : 0;
  }

  /** How long a case takes in a round. */
  public Duration time(int round) {
    return round == 0 ? warmUp : each;
  }

  /** Only a glance. */
  public boolean isSmoke() {
    return divisor > 1 && warmUp.isZero();
  }
}
