package dev.longrunning.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PollIntervalTest {
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

  private static long seconds(@Nullable Progress progress, long updatedAt, long now) {
    var running =
        new Snapshot(
            OperationKey.of("operations/o"),
            "",
            1,
            CREATED,
            CREATED.plusSeconds(updatedAt),
            Duration.ofDays(30),
            Outcome.RUNNING,
            Bytes.EMPTY,
            null,
            progress,
            Map.of(),
            null,
            null,
            ReceivedSignals.NONE,
            null);
    return PollInterval.of(running, CREATED.plusSeconds(now)).toSeconds();
  }

  @ParameterizedTest
  @CsvSource({"-5,1", "0,1", "10,1", "19,1", "20,2", "100,10", "300,30", "31536000,30"})
  void without_progress_it_grows_with_age(long age, long interval) {
    assertThat(seconds(null, 0, age)).isEqualTo(interval);
    assertThat(seconds(new Progress(0, 0, "", "", null), 0, age)).isEqualTo(interval);
    assertThat(seconds(new Progress(5, 0, "", "", null), 0, age)).isEqualTo(interval);
  }

  @ParameterizedTest
  @CsvSource({"101,1", "104,2", "140,20", "200,30", "90,10"})
  void it_is_half_of_what_is_left_by_the_producers_estimate(long estimate, long interval) {
    var progress = new Progress(0, 0, "", "", CREATED.plusSeconds(estimate));

    assertThat(seconds(progress, 50, 100)).isEqualTo(interval);
  }

  @Test
  void it_is_half_of_what_is_left_by_the_rate_so_far() {
    // 30 of 50 in a minute: 40 s more, of which 20 have passed.
    assertThat(seconds(new Progress(30, 50, "", "", null), 60, 80)).isEqualTo(10);
    assertThat(seconds(new Progress(1, Long.MAX_VALUE, "", "", null), 60, 80)).isEqualTo(30);
    assertThat(seconds(new Progress(50, 50, "", "", null), 60, 80)).isEqualTo(8);
  }

  @Test
  void extreme_estimates_are_no_harm() {
    assertThat(seconds(new Progress(0, 0, "", "", Instant.MAX), 0, 100)).isEqualTo(30);
    assertThat(seconds(new Progress(0, 0, "", "", Instant.MIN), 0, 100)).isEqualTo(10);
  }
}
