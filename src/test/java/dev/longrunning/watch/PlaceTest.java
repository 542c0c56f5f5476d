package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.store.Cursors;
import org.junit.jupiter.api.Test;

final class PlaceTest {
  private static final int LANE = 3;
  private static final int OTHER = 2;
  private static final Cursors CURSORS = Cursors.NONE.with(LANE, 10).with(OTHER, 20);

  /** Two changes of batch 11 were told. */
  private static final Place WITHIN = Place.within(CURSORS, LANE, 2);

  @Test
  void what_lies_before_the_cursors_is_past() {
    var place = Place.at(CURSORS);

    assertThat(place.isPast(LANE, 10)).isTrue();
    assertThat(place.isPast(LANE, 11)).isFalse();
    assertThat(place.isPast(OTHER, 11)).isTrue();
    assertThat(place.isPast(LANE, 11, 0)).isFalse();
  }

  @Test
  void within_a_batch_its_first_changes_are_past_and_nothing_else_of_it() {
    assertThat(WITHIN.isPast(LANE, 11)).as("the whole batch").isFalse();
    assertThat(WITHIN.isPast(LANE, 11, 0)).isTrue();
    assertThat(WITHIN.isPast(LANE, 11, 1)).isTrue();
    assertThat(WITHIN.isPast(LANE, 11, 2)).isFalse();
  }

  @Test
  void other_batches_are_not_the_one_that_it_is_within() {
    assertThat(WITHIN.isPast(LANE, 12, 0)).isFalse();
    assertThat(WITHIN.isPast(OTHER, 21, 0)).isFalse();
    assertThat(WITHIN.isPast(OTHER, 11, 0)).isFalse();
  }

  @Test
  void a_batch_of_which_nothing_was_told_is_no_place_within_it() {
    assertThat(Place.within(CURSORS, LANE, 0)).isEqualTo(Place.at(CURSORS));
    assertThat(Place.at(CURSORS).isWithin()).isFalse();
  }

  @Test
  void who_is_within_a_batch_knows_that_there_is_one() {
    assertThat(WITHIN.known()).isEqualTo(CURSORS.with(LANE, 11));
    assertThat(Place.at(CURSORS).known()).isEqualTo(CURSORS);
  }

  @Test
  void the_rest_of_a_batch_is_read_before_anything_else() {
    assertThat(Place.at(CURSORS).readFrom()).isEqualTo(CURSORS);
    assertThat(WITHIN.readFrom().at(LANE)).isEqualTo(10);
    assertThat(WITHIN.readFrom().at(OTHER)).isEqualTo(Long.MAX_VALUE);
  }
}
