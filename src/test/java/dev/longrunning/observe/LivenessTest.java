package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LivenessTest {
  private long nanos = 7;
  private final Liveness liveness = new Liveness(() -> nanos);

  @Test
  void a_server_without_threads_to_watch_is_alive() {
    assertThat(liveness.isAlive()).isTrue();
  }

  @Test
  void one_thread_that_has_not_turned_for_the_limit_is_enough_to_be_dead() {
    var beating = liveness.pulse();
    liveness.pulse();

    nanos += Liveness.STUCK.toNanos() - 1;
    beating.beat();
    assertThat(liveness.isAlive()).isTrue();

    nanos += 1;
    assertThat(liveness.isAlive()).isFalse();
  }

  @Test
  void a_thread_that_turns_again_is_alive_again() {
    var pulse = liveness.pulse();
    nanos += Liveness.STUCK.toNanos();
    assertThat(liveness.isAlive()).isFalse();

    pulse.beat();

    assertThat(liveness.isAlive()).isTrue();
  }
}
