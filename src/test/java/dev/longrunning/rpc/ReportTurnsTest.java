package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.feed.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReportTurnsTest {
  private final VirtualTime time = new VirtualTime();
  private final ReportTurns turns =
      new ReportTurns(
          new Admission.Loop() {
            @Override
            public void next(Runnable task) {
              after(1, task);
            }

            @Override
            public void after(long millis, Runnable task) {
              time.after(Duration.ofMillis(millis), task);
            }
          });

  private final List<String> steps = new ArrayList<>();

  /** One that has so many steps to take. */
  private class Steps implements ReportTurns.Stream {
    private final String name;
    int left;
    Throwable failure;

    Steps(String name, int left) {
      this.name = name;
      this.left = left;
    }

    @Override
    public boolean step() {
      if (left == 0) {
        return false;
      }
      left--;
      steps.add(name);
      return true;
    }

    @Override
    public void fail(Throwable thrown) {
      failure = thrown;
    }
  }

  private ReportTurns.Seat seat(String caller, ReportTurns.Stream stream) {
    return turns.seat(caller, stream);
  }

  private void turn() {
    time.pass(Duration.ofMillis(1));
  }

  @Test
  void a_step_is_taken_at_once() {
    seat("a", new Steps("a", 3)).wake();

    assertThat(steps).hasSize(3);
  }

  @Test
  void a_turn_has_so_many_steps_and_no_more() {
    var stream = new Steps("a", 3 * ReportTurns.STEPS_MAX);
    var seat = seat("a", stream);
    seat.wake();
    seat.wake();
    assertThat(steps).hasSize(ReportTurns.STEPS_MAX);

    turn();
    assertThat(steps).hasSize(2 * ReportTurns.STEPS_MAX);
    turn();
    turn();
    assertThat(stream.left).isZero();
    turn();
    assertThat(time.pending()).isZero();
  }

  @Test
  void callers_take_steps_in_turns_however_many_streams_they_have() {
    for (int i = 0; i < 10; i++) {
      seat("a", new Steps("a" + i, 1_000)).wake();
    }
    seat("b", new Steps("b", 1_000)).wake();
    steps.clear();

    turn();

    assertThat(steps).hasSize(ReportTurns.STEPS_MAX);
    assertThat(steps.stream().filter("b"::equals)).hasSize(ReportTurns.STEPS_MAX / 2);
    assertThat(steps).contains("a0", "a9");
  }

  @Test
  void what_is_woken_within_a_step_has_its_own() {
    var other = seat("b", new Steps("b", 1));
    var first =
        new Steps("a", 1) {
          @Override
          public boolean step() {
            other.wake();
            assertThat(steps).isEmpty();
            return super.step();
          }
        };

    seat("a", first).wake();

    assertThat(steps).containsExactly("a", "b");
  }

  @Test
  void a_step_that_throws_ends_its_own_stream_only() {
    var broken =
        new Steps("a", 1) {
          @Override
          public boolean step() {
            throw new IllegalStateException("broken");
          }
        };
    var first = new Steps("b", 1_000);
    seat("b", first).wake();
    var brokenSeat = seat("a", broken);
    brokenSeat.wake();

    turn();

    assertThat(broken.failure).hasMessage("broken");
    assertThat(first.failure).isNull();
    assertThat(steps).hasSize(2 * ReportTurns.STEPS_MAX - 1);
  }

  @Test
  void one_that_has_to_wait_is_woken_in_a_moment_once() {
    var stream = new Steps("a", 0);
    var seat = seat("a", stream);
    seat.wakeLater();
    seat.wakeLater();
    stream.left = 5;

    time.pass(Duration.ofMillis(ReportTurns.LATER_MILLIS - 1));
    assertThat(steps).isEmpty();
    turn();

    assertThat(steps).hasSize(5);
    turn();
    assertThat(time.pending()).isZero();
    seat.wakeLater();
    assertThat(time.pending()).isOne();
  }
}
