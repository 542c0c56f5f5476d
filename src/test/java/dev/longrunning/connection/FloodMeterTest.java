package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class FloodMeterTest {
  private static final long WINDOW = 1_000;

  private final AtomicLong now = new AtomicLong();
  private final FloodMeter meter = new FloodMeter(now::get, WINDOW, 3);

  private void countThree() {
    for (int i = 0; i < 3; i++) {
      assertThat(meter.counts()).isTrue();
    }
  }

  @Test
  void as_many_as_allowed_are_none_too_many_and_one_more_is() {
    countThree();

    assertThat(meter.counts()).isFalse();
  }

  @Test
  void a_new_window_begins_with_nothing() {
    countThree();

    now.set(WINDOW);

    countThree();
    assertThat(meter.counts()).isFalse();
  }

  @Test
  void the_last_moment_of_a_window_belongs_to_it() {
    countThree();

    now.set(WINDOW - 1);

    assertThat(meter.counts()).isFalse();
  }

  @Test
  void what_is_forgiven_makes_room_for_one() {
    countThree();

    meter.forgive();

    assertThat(meter.counts()).isTrue();
    assertThat(meter.counts()).isFalse();
  }

  @Test
  void forgiveness_is_not_saved_up() {
    for (int i = 0; i < 10; i++) {
      meter.forgive();
    }

    countThree();
    assertThat(meter.counts()).isFalse();
  }
}
