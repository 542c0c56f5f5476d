package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TinyFramesTest {
  private final TinyFrames frames = new TinyFrames();

  private boolean counts(int times, int bytes) {
    boolean counts = true;
    for (int i = 0; i < times && counts; i++) {
      counts = frames.counts(bytes);
    }
    return counts;
  }

  @Test
  void frames_of_a_few_bytes_are_too_many_at_some_time() {
    assertThat(counts(TinyFrames.FRAMES_MAX, 1)).isTrue();
    assertThat(frames.counts(1)).isFalse();
  }

  @Test
  void frames_of_the_average_are_never_too_many() {
    assertThat(counts(10 * TinyFrames.FRAMES_MAX, TinyFrames.AVERAGE_BYTES_MIN)).isTrue();
  }

  @Test
  void small_ones_among_large_ones_are_not_too_many() {
    for (int i = 0; i < 100; i++) {
      assertThat(counts(10_000, 1)).isTrue();
      assertThat(counts(64, 16_384)).isTrue();
    }
  }

  @Test
  void each_call_may_have_a_small_one() {
    for (int i = 0; i < 3 * TinyFrames.FRAMES_MAX; i++) {
      frames.forgive();
      assertThat(frames.counts(5)).isTrue();
    }
  }
}
