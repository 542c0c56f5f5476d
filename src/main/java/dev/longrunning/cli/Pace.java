package dev.longrunning.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How fast a folder is read: work that is over at once shows nothing to whoever looks on. */
@FunctionalInterface
interface Pace {
  /** As fast as it goes. */
  Pace UNLIMITED = bytesDone -> {};

  /** Returns once that many bytes in all may have been read. */
  void await(long bytesDone) throws InterruptedException;

  /** What lets time pass: {@code Thread.sleep}, but for tests. */
  @FunctionalInterface
  interface Sleep {
    void millis(long millis) throws InterruptedException;
  }

  /** At most {@code bytesPerSecond}, counted from now on. */
  static Pace of(long bytesPerSecond, InstantSource clock, Sleep sleep) {
    Instant begun = clock.instant();
    return bytesDone -> {
      double due = 1_000.0 * bytesDone / bytesPerSecond;
      long ahead = (long) due - Duration.between(begun, clock.instant()).toMillis();
      if (ahead > 0) {
        sleep.millis(ahead);
      }
    };
  }
}
