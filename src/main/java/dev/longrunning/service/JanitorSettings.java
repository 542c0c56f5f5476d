package dev.longrunning.service;

import java.time.Duration;

/**
 * What the janitor forgets.
 *
 * @param resumeWindow how long the log and tombstones are kept: watchers that were away for less
 *     miss nothing, and deletions are remembered for as long
 */
public record JanitorSettings(Duration resumeWindow) {
  /** Less would break what retries and resumed watches rely on. */
  public static final Duration RESUME_WINDOW_MIN = Duration.ofMinutes(10);

  public static final JanitorSettings DEFAULT = new JanitorSettings(Duration.ofHours(1));

  public JanitorSettings {
    if (resumeWindow.compareTo(RESUME_WINDOW_MIN) < 0) {
      throw new IllegalStateException("the resume window is below 10 min: " + resumeWindow);
    }
  }
}
