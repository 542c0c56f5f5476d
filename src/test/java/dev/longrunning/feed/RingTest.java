package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.longrunning.store.Cursors;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RingTest {
  private static final int LANE = 3;
  private static final int OTHER = 2;

  private final Ring ring = new Ring(1 << 20);
  private Cursors applied = Cursors.NONE;

  /** The next batch of a lane. */
  private AppliedBatch batch(int lane) {
    var before = applied;
    long revision = before.at(lane) + 1;
    applied = before.with(lane, revision);
    return new AppliedBatch(lane, revision, before, 0, List.of());
  }

  /** What is there from some cursors on, by revision; empty: not all of it is. */
  private List<Long> from(Cursors cursors) {
    long first = ring.find(cursors);
    if (first < 0) {
      return List.of();
    }
    return LongStream.range(first, ring.end())
        .mapToObj(number -> ring.at(number).revision())
        .toList();
  }

  @Test
  void who_is_behind_finds_everything_from_its_place_on() {
    ring.add(batch(LANE));
    var place = applied;
    ring.add(batch(LANE));
    ring.add(batch(OTHER));

    assertThat(from(Cursors.NONE)).containsExactly(1L, 2L, 1L);
    assertThat(from(place)).containsExactly(2L, 1L);
    assertThat(ring.find(applied)).as("nothing is missing").isEqualTo(ring.end());
  }

  @Test
  void who_is_ahead_in_one_lane_finds_what_it_lacks_in_another() {
    ring.add(batch(LANE));
    ring.add(batch(LANE));
    ring.add(batch(OTHER));

    assertThat(from(Cursors.NONE.with(LANE, 2))).containsExactly(1L);
    assertThat(from(Cursors.NONE.with(OTHER, 1))).containsExactly(1L, 2L, 1L);
  }

  @Test
  void where_a_batch_is_missing_nothing_before_it_is_left() {
    ring.add(batch(LANE));
    var place = applied;
    batch(LANE);
    ring.add(batch(LANE));

    assertThat(ring.find(Cursors.NONE)).isNegative();
    assertThat(ring.find(place)).isNegative();
    assertThat(from(place.with(LANE, 2))).containsExactly(3L);
  }

  @Test
  void where_the_newest_are_missing_nothing_is_left() {
    ring.add(batch(LANE));
    var place = applied;
    batch(LANE);
    ring.beAt(applied);

    assertThat(ring.find(place)).isNegative();
    assertThat(ring.find(applied)).isEqualTo(ring.end());
  }

  @Test
  void an_empty_one_has_all_that_comes_after_its_position() {
    ring.beAt(Cursors.NONE.with(LANE, 7));

    assertThat(ring.find(Cursors.NONE.with(LANE, 7))).isEqualTo(ring.end());
    assertThat(ring.find(Cursors.NONE.with(LANE, 6))).isNegative();
  }

  @Test
  void beyond_its_number_of_batches_the_oldest_go() {
    for (int i = 0; i < Ring.BATCHES_MAX; i++) {
      ring.add(batch(LANE));
    }
    assertThat(ring.find(Cursors.NONE)).isZero();

    ring.add(batch(LANE));

    assertThat(ring.find(Cursors.NONE)).isNegative();
    assertThat(ring.find(Cursors.NONE.with(LANE, 1))).isEqualTo(1);
    assertThat(ring.size()).isEqualTo(Ring.BATCHES_MAX);
    assertThatIllegalStateException().isThrownBy(() -> ring.at(0));
  }
}
