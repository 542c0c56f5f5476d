package dev.longrunning.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CallerTurnsTest {
  private final CallerTurns<String> turns = new CallerTurns<>();

  private List<String> all() {
    var all = new ArrayList<String>();
    while (!turns.isEmpty()) {
      String first = turns.first();
      all.add(turns.remove());
      assertThat(all).last().isEqualTo(first);
    }
    return all;
  }

  @Test
  void callers_take_turns_and_what_is_of_one_leaves_in_its_order() {
    for (int i = 0; i < 4; i++) {
      turns.add("a", "a" + i);
    }
    turns.add("b", "b0");
    turns.add("c", "c0");
    turns.add("c", "c1");

    assertThat(all()).containsExactly("a0", "b0", "c0", "a1", "c1", "a2", "a3");
  }

  @Test
  void whoever_comes_back_is_behind_those_who_wait() {
    turns.add("a", "a0");
    turns.add("b", "b0");
    assertThat(turns.remove()).isEqualTo("a0");
    turns.add("a", "a1");

    assertThat(all()).containsExactly("b0", "a1");
  }
}
