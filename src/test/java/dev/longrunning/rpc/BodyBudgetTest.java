package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BodyBudgetTest {
  private final BodyBudget budget = new BodyBudget();

  @Test
  void as_much_as_there_is_can_be_held_and_not_a_byte_more() {
    assertThat(budget.take(BodyBudget.BYTES_MAX)).isTrue();
    assertThat(budget.take(1)).isFalse();

    budget.give(1);

    assertThat(budget.take(1)).isTrue();
  }

  @Test
  void nothing_is_given_back_that_was_not_taken() {
    assertThatThrownBy(() -> budget.give(1)).isInstanceOf(IllegalStateException.class);
  }
}
