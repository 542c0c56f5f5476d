package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Reading;
import dev.longrunning.store.Samples;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which own writes are kept: answers and the feed come in any order. */
final class StateCacheTest {
  private static final Epoch OLD = new Epoch(3, UUID.randomUUID(), "1");
  private static final Epoch NEW = new Epoch(4, UUID.randomUUID(), "2");

  private final OperationKey key = Samples.freshKey();
  private final StateCache cache = new StateCache(1 << 20, snapshot -> Bytes.EMPTY, () -> {});
  private final long first = OLD.firstRevision() + 1;

  @BeforeEach
  void follow() {
    cache.reset(OLD, Cursors.NONE.with(key.lane(), OLD.firstRevision()));
    cache.putOwn(snapshot(first));
    fed(first);
  }

  @Test
  void one_that_the_feed_saw_first_is_kept() {
    fed(first + 1);
    assertThat(cache.get(key)).isNull();

    var own = cache.putOwn(snapshot(first + 1));

    assertThat(cache.get(key)).isSameAs(own);
  }

  @Test
  void one_that_the_feed_has_passed_is_not_kept() {
    fed(first + 1);
    fed(first + 2);

    cache.putOwn(snapshot(first + 1));

    assertThat(cache.get(key)).isNull();
  }

  @Test
  void one_that_the_feed_saw_first_is_dropped_once_there_is_a_newer_one() {
    fed(first + 1);
    cache.putOwn(snapshot(first + 1));

    fed(first + 2);

    assertThat(cache.get(key)).isNull();
  }

  @Test
  void one_of_an_operation_that_nobody_knew_is_not_kept_behind_the_feed() {
    var other = Samples.freshKeyBeside(key);
    cache.apply(batch(other, first + 1));

    cache.putOwn(snapshot(other, first + 1));

    assertThat(cache.get(other)).isNull();
  }

  @Test
  void one_of_a_lost_history_is_not_kept_however_new_it_looks() {
    cache.reset(NEW, Cursors.NONE.with(key.lane(), NEW.firstRevision()));
    var survived =
        cache.endRead(cache.beginRead(key), new Reading(key, NEW.nonce(), snapshot(first), null));

    cache.putOwn(snapshot(first + 1));

    assertThat(cache.get(key)).isSameAs(survived);
  }

  private void fed(long revision) {
    cache.apply(batch(key, revision));
  }

  private static Batch batch(OperationKey key, long revision) {
    var entry = new Entry(key, Change.Update.KIND, null);
    return new Batch(key.lane(), revision, Instant.EPOCH, List.of(entry));
  }

  private Snapshot snapshot(long version) {
    return snapshot(key, version);
  }

  private static Snapshot snapshot(OperationKey key, long version) {
    var answer = new Answer(Answer.Verdict.APPLIED, version, 0, Instant.EPOCH, null, null, null);
    return Samples.start(key).composed(null, answer);
  }
}
