package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BreakagesTest {
  private final AtomicInteger ids = new AtomicInteger();
  private Instant now = Instant.EPOCH;
  private final Breakages breakages = new Breakages(() -> now, () -> "id-" + ids.incrementAndGet());

  private static IllegalStateException failure() {
    return new IllegalStateException("always the same line");
  }

  @Test
  void repeats_of_a_minute_get_the_id_of_the_line_that_was_logged() {
    assertThat(breakages.idOf("Get", failure())).isEqualTo("id-1");

    now = now.plus(Breakages.REPEATED_AFTER).minusMillis(1);
    assertThat(breakages.idOf("Get", failure())).isEqualTo("id-1");

    now = now.plusMillis(1);
    assertThat(breakages.idOf("Get", failure())).isEqualTo("id-2");
  }

  @Test
  void other_failures_and_other_methods_are_lines_of_their_own() {
    assertThat(breakages.idOf("Get", failure())).isEqualTo("id-1");
    assertThat(breakages.idOf("List", failure())).isEqualTo("id-2");
    assertThat(breakages.idOf("Get", new IllegalArgumentException())).isEqualTo("id-3");
    assertThat(breakages.idOf("Get", new IllegalStateException("thrown elsewhere")))
        .isEqualTo("id-4");
    assertThat(breakages.idOf("Get", failure())).isEqualTo("id-1");
  }

  @Test
  void what_is_wrapped_is_told_by_its_root() {
    String first = breakages.idOf("Get", new IllegalStateException(failure()));

    assertThat(breakages.idOf("Get", new IllegalStateException(failure()))).isEqualTo(first);
  }

  @Test
  void only_so_many_kinds_are_remembered() {
    for (int i = 0; i <= Breakages.KINDS_MAX; i++) {
      breakages.idOf("method-" + i, failure());
    }

    assertThat(breakages.idOf("method-1", failure())).isEqualTo("id-2");
    assertThat(breakages.idOf("method-0", failure())).isEqualTo("id-66");
  }
}
