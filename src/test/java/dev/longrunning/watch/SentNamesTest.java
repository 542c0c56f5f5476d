package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SentNamesTest {
  private static final NameHash HASH = new NameHash(1, 2);

  private final SentNames fresh = new SentNames(HASH, true);
  private final SentNames resumed = new SentNames(HASH, false);

  @Test
  void a_name_that_was_never_sent_does_not_leave() {
    fresh.sent("a");

    assertThat(fresh.leaves("b")).isFalse();
  }

  @Test
  void a_name_leaves_once_each_time_that_it_was_sent() {
    fresh.sent("a");
    fresh.sent("a");
    assertThat(fresh.leaves("a")).isTrue();
    assertThat(fresh.leaves("a")).isFalse();

    fresh.sent("a");
    assertThat(fresh.leaves("a")).isTrue();
  }

  @Test
  void a_name_that_is_gone_does_not_leave_any_more() {
    fresh.sent("a");
    fresh.removed("a");

    assertThat(fresh.leaves("a")).isFalse();
  }

  @Test
  void after_a_resume_every_name_may_have_been_sent_and_leaves_once() {
    assertThat(resumed.leaves("a")).isTrue();
    assertThat(resumed.leaves("a")).isFalse();
    assertThat(resumed.leaves("b")).isTrue();
  }

  @Test
  void after_a_resume_sending_a_name_forgets_that_it_left() {
    assertThat(resumed.leaves("a")).isTrue();
    resumed.sent("a");

    assertThat(resumed.leaves("a")).isTrue();
  }

  @Test
  void as_many_names_as_are_remembered_are_told_apart_from_all_others() {
    send(SentNames.NAMES_MAX);

    assertThat(fresh.leaves("never")).isFalse();
    assertThat(fresh.leaves("o0")).isTrue();
  }

  @Test
  void with_one_name_more_every_name_may_have_been_sent() {
    send(SentNames.NAMES_MAX + 1);

    assertThat(fresh.leaves("o0")).isTrue();
    assertThat(fresh.leaves("o0")).isFalse();
    assertThat(fresh.leaves("never")).isTrue();
  }

  @Test
  void of_those_that_left_the_oldest_are_forgotten() {
    for (int i = 0; i <= SentNames.NAMES_MAX; i++) {
      assertThat(resumed.leaves("o" + i)).isTrue();
    }

    assertThat(resumed.leaves("o1")).as("remembered").isFalse();
    assertThat(resumed.leaves("o0")).as("forgotten").isTrue();
  }

  private void send(int names) {
    for (int i = 0; i < names; i++) {
      fresh.sent("o" + i);
    }
  }
}
