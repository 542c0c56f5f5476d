package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.feed.Timers;
import dev.longrunning.feed.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When what is held open ends; in a time that passes when the test says so. */
final class RollingDrainTest {
  private static final long TICK_MILLIS = RollingDrain.TICK.toMillis();

  /** No test needs as many: one that does goes in a circle. */
  private static final int TURNS_MAX = 100_000;

  private final VirtualTime time = new VirtualTime();
  private final long begun = time.instant().toEpochMilli();
  private int turn;

  /** Time that has gone by without a timer: the event loop was busy. */
  private long stalledMillis;

  /** Counts the turns of the event loop. */
  private final Timers turns =
      (delay, task) ->
          time.after(
              delay,
              () -> {
                turn++;
                assertThat(turn).isLessThan(TURNS_MAX);
                task.run();
              });

  /** Some of one kind; tells when each was warned and ended. */
  private final class Kind implements RollingDrain.Held {
    final List<Long> ends = new ArrayList<>();
    final List<Integer> turnsOfEnds = new ArrayList<>();
    final List<Integer> turnsOfWarnings = new ArrayList<>();
    int left;

    Kind(int left) {
      this.left = left;
    }

    @Override
    public boolean warn(int max) {
      int now = Math.min(max, left - turnsOfWarnings.size());
      for (int i = 0; i < now; i++) {
        turnsOfWarnings.add(turn);
      }
      return turnsOfWarnings.size() < left;
    }

    @Override
    public int left() {
      return left;
    }

    @Override
    public void endOldest() {
      assertThat(left).isPositive();
      left--;
      ends.add(millis());
      turnsOfEnds.add(turn);
    }

    /** How many ended at which time. */
    NavigableMap<Long, Integer> shares() {
      return counted(ends);
    }
  }

  private static <T extends Comparable<T>> NavigableMap<T, Integer> counted(List<T> all) {
    var counts = new TreeMap<T, Integer>();
    all.forEach(each -> counts.merge(each, 1, Integer::sum));
    return counts;
  }

  private long millis() {
    return time.instant().toEpochMilli() - begun + stalledMillis;
  }

  private void begin(Duration within, double phase, Kind... kinds) {
    new RollingDrain(turns, this::millis, () -> phase, Arrays.asList(kinds)).begin(within);
  }

  @AfterEach
  void no_timer_is_left() {
    time.pass(Duration.ofDays(1));
    assertThat(time.pending()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1000, 5, 20", "1010, 5, 21", "12000, 5, 240", "49, 5, 1", "2000, 1, 200"})
  void each_tick_ends_an_equal_share_and_the_last_one_the_rest(int count, int seconds, int most) {
    var streams = new Kind(count);
    int ticks = 10 * seconds;

    begin(Duration.ofSeconds(seconds), 0.5, streams);
    time.pass(Duration.ofSeconds(seconds));

    assertThat(streams.left).isZero();
    assertThat(streams.shares().values()).allMatch(share -> share <= most);
    assertThat(streams.shares().keySet()).allMatch(at -> at % TICK_MILLIS == 0);
    assertThat(streams.shares()).hasSize(Math.min(count, ticks));
    assertThat(streams.shares().firstKey()).isPositive();
    for (int tick = 1; tick <= ticks; tick++) {
      long end = tick * TICK_MILLIS;
      long ended = streams.ends.stream().filter(at -> at <= end).count();
      assertThat(Math.abs(ended - (double) count * tick / ticks)).isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.5, 0.999_999})
  void a_few_are_spread_over_the_whole_time(double phase) {
    var streams = new Kind(4);

    begin(Duration.ofSeconds(4), phase, streams);
    time.pass(Duration.ofSeconds(4));

    assertThat(streams.ends).hasSize(4);
    for (int i = 1; i < 4; i++) {
      assertThat(streams.ends.get(i) - streams.ends.get(i - 1)).isBetween(900L, 1_100L);
    }
    long first = Math.round(1_000 * (1 - phase));
    assertThat(streams.ends.get(0)).isBetween(first, first + TICK_MILLIS);
  }

  @Test
  void single_ones_of_many_event_loops_end_at_many_times() {
    var ends = new ArrayList<Long>();
    for (int loop = 0; loop < 50; loop++) {
      var stream = new Kind(1);
      new RollingDrain(turns, this::millis, sequence(loop), List.of(stream))
          .begin(Duration.ofSeconds(5));
      long from = millis();
      time.pass(Duration.ofSeconds(5));
      ends.add(stream.ends.get(0) - from);
    }

    assertThat(counted(ends).values()).allMatch(share -> share <= 2);
  }

  private static DoubleSupplier sequence(int loop) {
    return () -> loop / 50.0;
  }

  @Test
  void each_kind_is_spread_by_itself() {
    var streams = new Kind(100);
    var waits = new Kind(10);

    begin(Duration.ofSeconds(1), 0.5, streams, waits);
    time.pass(Duration.ofSeconds(1));

    assertThat(streams.shares())
        .hasSize(10)
        .allSatisfy((at, share) -> assertThat(share).isEqualTo(10));
    assertThat(waits.shares()).hasSize(10).allSatisfy((at, share) -> assertThat(share).isOne());
  }

  @Test
  void those_that_leave_by_themselves_make_the_shares_smaller() {
    var streams = new Kind(1_000);
    begin(Duration.ofSeconds(2), 0.5, streams);
    time.pass(Duration.ofSeconds(1));
    assertThat(streams.left).isEqualTo(500);

    streams.left = 100;
    int before = streams.ends.size();
    time.pass(Duration.ofSeconds(1));

    assertThat(streams.left).isZero();
    assertThat(counted(streams.ends.subList(before, streams.ends.size())).values())
        .hasSize(10)
        .allMatch(share -> share <= 11);
  }

  @Test
  void a_large_share_is_ended_in_turns_between_which_the_event_loop_does_other_things() {
    var streams = new Kind(10_000);
    var waits = new Kind(10_000);

    begin(Duration.ofSeconds(1), 0.5, streams, waits);
    time.pass(Duration.ofSeconds(1));

    assertThat(streams.shares()).hasSize(10);
    assertThat(waits.shares()).hasSize(10);
    var both = new ArrayList<>(streams.turnsOfEnds);
    both.addAll(waits.turnsOfEnds);
    assertThat(counted(both).values()).allMatch(ended -> ended <= RollingDrain.ENDED_A_TURN);
  }

  @Test
  void all_are_warned_before_the_first_is_ended() {
    var streams = new Kind(RollingDrain.WARNED_A_TURN + 1);

    begin(Duration.ofSeconds(1), 0.5, streams);
    time.pass(Duration.ofSeconds(1));

    assertThat(counted(streams.turnsOfWarnings).values())
        .containsExactly(RollingDrain.WARNED_A_TURN, 1);
    assertThat(streams.turnsOfEnds.get(0)).isGreaterThan(streams.turnsOfWarnings.get(1_000));
  }

  @Test
  void ticks_that_come_late_end_more_and_none_comes_twice() {
    var streams = new Kind(1_000);
    begin(Duration.ofSeconds(2), 0.5, streams);
    time.pass(Duration.ofSeconds(1));

    stalledMillis = 550;
    time.pass(Duration.ofMillis(450));

    assertThat(streams.left).isZero();
    assertThat(streams.shares().tailMap(1_001L).values())
        .hasSizeBetween(4, 5)
        .allMatch(share -> share <= 125);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 30})
  void without_time_to_spread_over_all_end_at_once(long within) {
    var streams = new Kind(5 * RollingDrain.ENDED_A_TURN);

    begin(Duration.ofMillis(within), 0.5, streams);
    time.pass(Duration.ofMillis(within));

    assertThat(streams.shares()).containsExactly(Map.entry(within, 5 * RollingDrain.ENDED_A_TURN));
    assertThat(counted(streams.turnsOfEnds)).hasSize(5);
  }

  @Test
  void those_that_leave_between_two_turns_of_a_tick_are_not_waited_for() {
    var streams = new Kind(3 * RollingDrain.ENDED_A_TURN);
    begin(Duration.ZERO, 0.5, streams);
    // Behind the tick, and before its second turn.
    time.after(Duration.ZERO, () -> streams.left = 0);

    time.pass(Duration.ZERO);

    assertThat(streams.ends).hasSize(RollingDrain.ENDED_A_TURN);
    assertThat(time.pending()).isZero();
  }

  @Test
  void with_nothing_held_open_nothing_is_waited_for_beyond_the_first_tick() {
    begin(Duration.ofSeconds(5), 0.5, new Kind(0), new Kind(0));

    time.pass(RollingDrain.TICK);

    assertThat(time.pending()).isZero();
  }
}
