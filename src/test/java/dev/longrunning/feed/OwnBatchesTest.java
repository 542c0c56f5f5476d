package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.store.Await;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import dev.longrunning.store.Written;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the feed makes of the batches that this replica wrote itself. */
@Timeout(30)
final class OwnBatchesTest extends FeedHarness {
  private final List<Long> heard = new ArrayList<>();

  /** The operation runs, is known, and is followed. */
  @BeforeEach
  void follow() {
    write(Samples.start(key));
    call(states::sync);
    call(() -> states.strong(key));
    call(() -> Future.succeededFuture(states.follow(key, listening())));
    settle();
    heard.clear();
  }

  @Test
  void one_that_comes_next_is_told_and_cached_without_a_look_at_the_log() {
    int looks = looks();
    var written = write(update());

    tell(written);

    assertThat(heard).containsExactly(written.batch().revision());
    assertThat(call(() -> states.cached(key)).version()).isEqualTo(written.batch().revision());
    assertThat(looks()).isEqualTo(looks);
    assertThat(store.switches().count(Call.FIND)).isEqualTo(1);
  }

  @Test
  void one_behind_a_change_of_somebody_else_is_found_by_a_look() {
    var beside = Samples.freshKeyBeside(key);
    call(() -> Future.succeededFuture(states.follow(beside, listening())));
    var theirs = write(Samples.start(beside));
    var own = write(update());

    tell(own);

    assertThat(heard).containsExactly(theirs.batch().revision(), own.batch().revision());
    tell(own);
    assertThat(heard).as("what was told already").hasSize(2);
  }

  @Test
  void one_whose_state_is_not_known_from_its_answer_is_found_by_a_look() {
    var written = write(new Change.Delete(key));

    tell(written);
    settle();

    assertThat(heard).containsExactly(-written.batch().revision());
  }

  @Test
  void one_that_a_look_under_way_has_seen_too_is_told_once() {
    store.switches().holdAnswers(Call.POLL);
    var written = write(update());
    var sync = begin(states::sync);
    settle();

    tell(written);
    assertThat(heard).containsExactly(written.batch().revision());
    store.switches().release(Call.POLL);
    Await.await(sync);

    assertThat(heard).containsExactly(written.batch().revision());
  }

  @Test
  void one_of_a_history_that_is_over_is_not_told() {
    var lost = write(update());
    var stale = new Written(UUID.randomUUID(), lost.batch(), lost.made());

    store.switches().holdRequests(Call.POLL);
    tell(stale);
    settle();

    assertThat(heard).isEmpty();
  }

  private Change.Update update() {
    return Samples.update(key, Guard.NONE, Samples.metadata(UUID.randomUUID().toString()));
  }

  /** Writes, and says what its writer is told. */
  private Written write(Change change) {
    var changes = List.of(change);
    return store.written(changes, store.applyTogether(changes));
  }

  private void tell(Written written) {
    call(
        () -> {
          feed.written(written);
          return Future.succeededFuture();
        });
    settle();
  }

  private int looks() {
    return store.switches().count(Call.POLL);
  }

  /** Remembers versions; a removal as the negative one. */
  private Follower listening() {
    return new Follower() {
      @Override
      public void changed(State state) {
        heard.add(state.version());
      }

      @Override
      public void changedApart() {
        heard.add(0L);
      }

      @Override
      public void removed(long revision, boolean purged) {
        heard.add(-revision);
      }

      @Override
      public void restarted() {
        heard.add(Long.MIN_VALUE);
      }
    };
  }
}
