package dev.longrunning.service;

import java.time.Duration;

/**
 * What producers get that do not ask for something else.
 *
 * @param retention how long an operation is kept once done
 */
public record ProducerSettings(Duration retention) {
  public static final Duration RETENTION_MIN = Duration.ofSeconds(1);
  public static final Duration RETENTION_MAX = Duration.ofDays(365);

  public static final ProducerSettings DEFAULT = new ProducerSettings(Duration.ofDays(30));

  public ProducerSettings {
    if (retention.compareTo(RETENTION_MIN) < 0 || retention.compareTo(RETENTION_MAX) > 0) {
      throw new IllegalStateException("retention is outside of 1 s to 365 days: " + retention);
    }
  }
}
