package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BodyBudgetTest {
  private final BodyBudget budget = new BodyBudget();

  @Test
  void a_caller_alone_holds_half_and_not_a_byte_more() {
    assertThat(budget.take("a", BodyBudget.BYTES_MAX / 2)).isTrue();
    assertThat(budget.take("a", 1)).isFalse();

    budget.give("a", 1);

    assertThat(budget.take("a", 1)).isTrue();
  }

  @Test
  void whatever_one_holds_another_finds_room() {
    budget.take("greedy", BodyBudget.BYTES_MAX / 2);

    assertThat(budget.take("b", BodyBudget.BYTES_MAX / 4)).isTrue();
    assertThat(budget.take("b", 1)).isFalse();
    // What others hold is not there to be shared, also for one that came before them.
    budget.give("greedy", 1_000);
    assertThat(budget.take("greedy", 1)).isFalse();
    assertThat(budget.take("c", BodyBudget.BYTES_MAX / 8)).isTrue();
  }

  @Test
  void a_caller_is_at_ease_below_half_of_what_it_may_hold() {
    budget.take("a", BodyBudget.BYTES_MAX / 4 - 1);
    assertThat(budget.isAtEase("a")).isTrue();
    budget.take("a", 1);
    assertThat(budget.isAtEase("a")).isFalse();
    assertThat(budget.isAtEase("b")).isTrue();

    budget.give("a", 2);
    budget.take("b", 8);

    // A quarter of what the other leaves.
    assertThat(budget.isAtEase("a")).isFalse();
    budget.give("a", 1);
    assertThat(budget.isAtEase("a")).isTrue();
  }

  @Test
  void callers_that_hold_nothing_take_no_memory() {
    budget.take("a", 10);
    budget.take("b", 0);
    budget.give("a", 10);

    assertThat(budget.callers()).isZero();
    assertThat(budget.held()).isZero();
  }

  @Test
  void nothing_is_given_back_that_was_not_taken() {
    budget.take("b", 1);

    assertThatThrownBy(() -> budget.give("a", 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoever_takes_what_no_more_is_held_than_there_is() {
    var random = new Random(7);
    var taken = new HashMap<String, Integer>();
    for (int i = 0; i < 100_000; i++) {
      String caller = "c" + random.nextInt(20);
      int bytes = random.nextInt(5_000_000);
      if (random.nextInt(3) == 0) {
        int back = Math.min(bytes, taken.getOrDefault(caller, 0));
        budget.give(caller, back);
        taken.merge(caller, -back, Integer::sum);
      } else if (budget.take(caller, bytes)) {
        taken.merge(caller, bytes, Integer::sum);
      }
      assertThat(budget.held()).isBetween(0L, (long) BodyBudget.BYTES_MAX);
      assertThat(budget.held()).isEqualTo(taken.values().stream().mapToLong(n -> n).sum());
    }
  }
}
