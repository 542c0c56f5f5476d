package dev.longrunning.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CheckTimeTest {
  private static final long MILLI = 1_000_000;

  private long nanos = 7;
  private final CheckTime time = new CheckTime(() -> nanos);

  /** Checks as long as it may, a millisecond each, with a pause after each; answers how often. */
  private int checksWithin(Duration duration, long pauseNanos) {
    long end = nanos + duration.toNanos();
    int checks = 0;
    while (nanos < end) {
      if (time.isThere()) {
        nanos += MILLI;
        time.spend();
        checks++;
        nanos += pauseNanos;
      } else {
        nanos += MILLI;
      }
    }
    return checks;
  }

  @Test
  void half_a_second_is_there_at_once_and_half_of_the_time_later() {
    assertThat(checksWithin(Duration.ofSeconds(1), 0)).isBetween(999, 1_000);
    assertThat(checksWithin(Duration.ofSeconds(10), 0)).isBetween(4_999, 5_001);
  }

  @Test
  void who_takes_less_than_half_is_never_refused() {
    assertThat(checksWithin(Duration.ofSeconds(100), MILLI)).isEqualTo(50_000);
  }

  @Test
  void what_is_not_taken_is_not_saved_up() {
    nanos += Duration.ofHours(1).toNanos();

    assertThat(checksWithin(Duration.ofSeconds(1), 0)).isBetween(999, 1_000);
    assertThat(checksWithin(Duration.ofSeconds(1), 0)).isBetween(499, 501);
  }

  @Test
  void a_check_that_takes_long_is_made_up_for() {
    assertThat(time.isThere()).isTrue();
    nanos += 2_000 * MILLI;
    time.spend();

    nanos += 2_999 * MILLI;
    assertThat(time.isThere()).isFalse();
    nanos += 2 * MILLI;
    assertThat(time.isThere()).isTrue();
  }
}
