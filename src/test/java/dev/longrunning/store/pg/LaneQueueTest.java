package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.store.Samples;
import io.vertx.core.Promise;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LaneQueueTest {
  private final LaneQueue queue = new LaneQueue(0);

  @Test
  void a_caller_in_a_hurry_does_not_end_the_time_of_others() {
    var patient = waits(Samples.start(Samples.freshKey()), 1_900);
    var hurried = waits(Samples.start(Samples.freshKey()), 30);
    var another = waits(Samples.start(Samples.freshKey()), 1_500);

    assertThat(queue.take(0)).containsExactly(patient, another);
    assertThat(queue.take(0)).containsExactly(hurried);
  }

  @Test
  void changes_of_one_operation_keep_their_order_however_hurried_they_are() {
    var key = Samples.freshKey();
    var first = waits(Samples.start(Samples.freshKey()), 1_900);
    var early = waits(Samples.start(key), 30);
    var late = waits(Samples.update(key, Guard.NONE, Samples.metadata("next")), 1_900);

    assertThat(queue.take(0)).containsExactly(first);
    assertThat(queue.take(0)).containsExactly(early);
    assertThat(queue.take(0)).containsExactly(late);
  }

  @Test
  void a_hot_operation_leaves_one_change_a_batch_and_loses_none() {
    var key = Samples.freshKey();
    for (int i = 0; i < 3_000; i++) {
      waits(Samples.update(key, Guard.NONE, Samples.metadata("step " + i)), 1_900);
    }

    for (int i = 0; i < 3_000; i++) {
      var taken = queue.take(0);
      assertThat(taken).hasSize(1);
      assertThat(((Change.Update) taken.get(0).change()).contents())
          .isEqualTo(Samples.metadata("step " + i));
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  private Pending waits(Change change, long millis) {
    var pending = new Pending(change, Duration.ofMillis(millis).toNanos(), Promise.promise());
    queue.add(pending);
    return pending;
  }
}
