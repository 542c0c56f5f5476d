package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenStreamsTest {
  private final Problem stopping = Problem.stopping();

  private final OpenStreams all =
      new OpenStreams(
          new StreamSettings(1_000, Duration.ofSeconds(30), Duration.ofSeconds(30)),
          new HeldCalls(() -> 1_000));

  private final List<Integer> warned = new ArrayList<>();
  private final List<Integer> ended = new ArrayList<>();

  /** One that says what it is told, and is gone at once or later. */
  private class Told extends OpenStreams.Member {
    final int number;
    boolean goesAtOnce = true;
    Runnable whenWarned = () -> {};

    Told(int number) {
      super("caller");
      this.number = number;
    }

    @Override
    void drain(Problem problem) {
      assertThat(problem).isSameAs(stopping);
      warned.add(number);
      whenWarned.run();
    }

    @Override
    void stop(Problem problem) {
      assertThat(problem).isSameAs(stopping);
      ended.add(number);
      if (goesAtOnce) {
        all.remove(this);
      }
    }
  }

  private Told opened(int number) {
    var stream = new Told(number);
    assertThat(all.add(stream)).isEmpty();
    return stream;
  }

  private List<Told> opened(int... numbers) {
    return IntStream.of(numbers).mapToObj(this::opened).toList();
  }

  @Test
  void one_that_comes_after_the_refusal_is_not_taken_in() {
    opened(1, 2);
    all.refuse(stopping);

    assertThat(all.add(new Told(3))).containsSame(stopping);

    assertThat(all.count()).isEqualTo(2);
    assertThat(all.tellDraining(10)).isFalse();
    assertThat(warned).containsExactly(1, 2);
  }

  @Test
  void the_oldest_hears_first_and_ends_first() {
    opened(1, 2, 3);
    all.refuse(stopping);

    assertThat(all.tellDraining(2)).isTrue();
    assertThat(warned).containsExactly(1, 2);
    assertThat(all.tellDraining(2)).isFalse();
    assertThat(warned).containsExactly(1, 2, 3);
    assertThat(all.unstopped()).isEqualTo(3);

    all.stopOldest();
    assertThat(ended).containsExactly(1);
    assertThat(all.unstopped()).isEqualTo(2);
    all.stopOldest();
    all.stopOldest();
    all.stopOldest();

    assertThat(ended).containsExactly(1, 2, 3);
    assertThat(all.unstopped()).isZero();
    assertThat(all.count()).isZero();
  }

  @Test
  void one_whose_last_bytes_have_not_left_has_had_its_turn_and_is_still_there() {
    var streams = opened(1, 2);
    streams.get(0).goesAtOnce = false;
    all.refuse(stopping);
    all.tellDraining(10);

    all.stopOldest();

    assertThat(all.unstopped()).isOne();
    assertThat(all.count()).isEqualTo(2);
    all.remove(streams.get(0));
    assertThat(all.unstopped()).isOne();
    assertThat(all.count()).isOne();
    all.stopOldest();
    assertThat(ended).containsExactly(1, 2);
  }

  @Test
  void the_warning_of_one_may_be_the_end_of_it_and_of_the_next() {
    var streams = opened(1, 2, 3);
    streams.get(0).whenWarned =
        () -> {
          all.remove(streams.get(0));
          all.remove(streams.get(1));
        };
    all.refuse(stopping);

    assertThat(all.tellDraining(10)).isFalse();

    assertThat(warned).containsExactly(1, 3);
    all.stopOldest();
    assertThat(ended).containsExactly(3);
    assertThat(all.unstopped()).isZero();
  }

  @Test
  void without_a_refusal_none_has_a_turn() {
    opened(1);

    all.stopOldest();

    assertThat(ended).isEmpty();
    assertThat(all.unstopped()).isOne();
  }

  /** Streams that come, go, are warned and ended in any order, against a plain list. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatever_comes_and_goes_each_is_warned_and_ended_once_in_order(long seed) {
    var random = new Random(seed);
    var there = new ArrayList<Told>();
    for (int i = 0; i < 300; i++) {
      there.add(opened(i));
      if (random.nextInt(3) == 0) {
        all.remove(there.remove(random.nextInt(there.size())));
      }
    }
    assertThat(all.count()).isEqualTo(there.size());
    all.refuse(stopping);

    boolean more = true;
    while (more) {
      more = all.tellDraining(1 + random.nextInt(5));
      for (int i = random.nextInt(3); i > 0 && !there.isEmpty(); i--) {
        all.remove(there.remove(random.nextInt(there.size())));
      }
    }
    assertThat(warned).isSorted().doesNotHaveDuplicates();
    assertThat(warned).containsAll(there.stream().map(stream -> stream.number).toList());
    var untold = new ArrayList<>(there);
    var lingering = new ArrayList<Told>();
    var gone = new HashSet<Integer>();
    while (all.unstopped() > 0) {
      assertThat(all.unstopped()).isEqualTo(untold.size());
      var next = untold.remove(0);
      next.goesAtOnce = random.nextBoolean();
      if (!next.goesAtOnce) {
        lingering.add(next);
      }
      all.stopOldest();
      assertThat(ended.get(ended.size() - 1)).isEqualTo(next.number);
      if (random.nextInt(4) == 0 && !untold.isEmpty()) {
        var left = untold.remove(random.nextInt(untold.size()));
        gone.add(left.number);
        all.remove(left);
      }
      if (random.nextInt(3) == 0 && !lingering.isEmpty()) {
        all.remove(lingering.remove(0));
      }
    }
    assertThat(untold).isEmpty();
    assertThat(ended).doesNotContainAnyElementsOf(gone);
    lingering.forEach(all::remove);
    assertThat(all.count()).isZero();
    assertThat(all.unstopped()).isZero();
  }
}
