package dev.longrunning.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WriteTurnsTest {
  private final List<String> begun = new ArrayList<>();
  private final Map<String, Promise<Void>> atStore = new HashMap<>();

  private long nanos = -7;

  private WriteTurns.Claim claim(String name, int weight) {
    return new WriteTurns.Claim() {
      @Override
      public int weight() {
        return weight;
      }

      @Override
      public Future<?> begin() {
        begun.add(name);
        Promise<Void> answered = Promise.promise();
        atStore.put(name, answered);
        return answered.future();
      }
    };
  }

  private void answer(String name) {
    atStore.remove(name).complete();
  }

  /** As many as there can be. */
  private WriteTurns grown(int loops) {
    var turns = WriteTurns.ofOneLoopOf(loops, () -> nanos);
    for (int i = 0; i < WriteTurns.CHANGES_MAX; i++) {
      turns.claim("first", claim("first", 0));
      atStore.get("first").complete();
    }
    atStore.clear();
    begun.clear();
    return turns;
  }

  @Test
  void so_many_are_at_the_store_at_a_time_and_no_more() {
    var turns = grown(1);
    for (int i = 0; i <= WriteTurns.CHANGES_MAX; i++) {
      turns.claim("a", claim("a" + i, 0));
    }
    assertThat(begun).hasSize(WriteTurns.CHANGES_MAX);

    answer("a7");

    assertThat(begun).last().isEqualTo("a" + WriteTurns.CHANGES_MAX);
    assertThat(turns.changes()).isEqualTo(WriteTurns.CHANGES_MAX);
  }

  @Test
  void all_loops_together_leave_room_to_calls() {
    for (int loops : new int[] {1, 2, 3, 4, 16, 64}) {
      var turns = grown(loops);
      for (int i = 0; i <= WriteTurns.CHANGES_MAX; i++) {
        turns.claim("a", claim("a" + i, 0));
      }
      assertThat(loops * begun.size()).isLessThanOrEqualTo(WriteTurns.ALL_CHANGES_MAX);
      assertThat(begun).hasSizeGreaterThanOrEqualTo(192);
    }
  }

  @Test
  void bytes_are_bounded_and_one_that_is_larger_goes_alone() {
    var turns = WriteTurns.ofOneLoopOf(4, () -> nanos);
    int half = WriteTurns.ALL_BYTES_MAX / 8;
    turns.claim("a", claim("first", half));
    turns.claim("a", claim("second", half));
    turns.claim("a", claim("third", 1));
    turns.claim("a", claim("large", 3 * half));
    turns.claim("a", claim("last", 0));
    assertThat(begun).containsExactly("first", "second");

    answer("first");
    assertThat(begun).containsExactly("first", "second", "third");
    answer("second");
    assertThat(begun).hasSize(3);
    answer("third");
    assertThat(begun).endsWith("large");
    answer("large");
    assertThat(begun).endsWith("last");
  }

  @Test
  void callers_take_turns() {
    var turns = WriteTurns.ofOneLoopOf(WriteTurns.ALL_CHANGES_MAX, () -> nanos);
    for (int i = 0; i < 3; i++) {
      turns.claim("a", claim("a" + i, 0));
    }
    turns.claim("b", claim("b0", 0));

    for (int i = 0; i < 4; i++) {
      answer(begun.get(i));
    }

    assertThat(begun).containsExactly("a0", "a1", "b0", "a2");
  }

  @Test
  void what_is_answered_at_once_makes_no_stack_deep() {
    var turns = WriteTurns.ofOneLoopOf(1, () -> nanos);
    var again =
        new WriteTurns.Claim() {
          private int left = 100_000;

          @Override
          public int weight() {
            return 1;
          }

          @Override
          public Future<?> begin() {
            if (left-- > 0) {
              turns.claim("a", this);
            }
            return Future.succeededFuture();
          }
        };

    turns.claim("a", again);

    assertThat(again.left).isNegative();
    assertThat(turns.changes()).isZero();
  }

  /** Answers all that are at the store, each after that time, and lets as many others begin. */
  private void answerAllAfter(WriteTurns turns, Duration time, Optional<Problem> failure) {
    nanos += time.toNanos();
    var all = List.copyOf(begun);
    begun.clear();
    // Some more wait than can begin.
    for (int i = 0; i < WriteTurns.CHANGES_MAX; i++) {
      turns.claim("a", claim("a" + number++, 0));
    }
    for (String name : all) {
      var answered = atStore.remove(name);
      failure.ifPresentOrElse(answered::fail, answered::complete);
    }
  }

  private int number;

  @Test
  void a_slow_store_has_fewer_and_a_quick_one_more_again() {
    var turns = WriteTurns.ofOneLoopOf(1, () -> nanos);
    answerAllAfter(turns, Duration.ZERO, Optional.empty());
    assertThat(turns.changes()).isEqualTo(WriteTurns.WINDOW_FIRST);
    for (int i = 0; i < 10; i++) {
      answerAllAfter(turns, Duration.ZERO, Optional.empty());
    }
    assertThat(turns.changes()).isEqualTo(WriteTurns.CHANGES_MAX);

    for (int half = WriteTurns.CHANGES_MAX / 2; half >= WriteTurns.WINDOW_MIN; half /= 2) {
      answerAllAfter(turns, WriteTurns.SLOW, Optional.empty());
      assertThat(turns.changes()).isEqualTo(half);
    }
    answerAllAfter(turns, WriteTurns.SLOW, Optional.empty());
    assertThat(turns.changes()).isEqualTo(WriteTurns.WINDOW_MIN);

    // Neither slow nor quick.
    answerAllAfter(turns, WriteTurns.SLOW.dividedBy(2), Optional.empty());
    assertThat(turns.changes()).isEqualTo(WriteTurns.WINDOW_MIN);
    answerAllAfter(turns, WriteTurns.SLOW.dividedBy(2).minusNanos(1), Optional.empty());
    assertThat(turns.changes()).isEqualTo(2 * WriteTurns.WINDOW_MIN);
  }

  @Test
  void a_store_that_is_overloaded_is_slow_and_one_that_does_not_answer_is_not() {
    var turns = WriteTurns.ofOneLoopOf(1, () -> nanos);
    answerAllAfter(turns, Duration.ZERO, Optional.empty());
    for (var problem : List.of(Problem.databaseUnavailable(), Problem.outcomeUnknown())) {
      answerAllAfter(turns, Duration.ofSeconds(2), Optional.of(problem));
      assertThat(turns.changes()).isEqualTo(WriteTurns.WINDOW_FIRST);
    }

    answerAllAfter(turns, Duration.ofSeconds(2), Optional.of(Problem.overloaded("writes")));

    assertThat(turns.changes()).isEqualTo(WriteTurns.WINDOW_FIRST / 2);
  }
}
