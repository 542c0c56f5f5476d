package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Await;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import dev.longrunning.store.Written;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the feed makes of the batches that this replica wrote itself. */
@Timeout(30)
final class OwnBatchesTest {
  private final VirtualTime time = new VirtualTime();
  private final MemoryStore store = new MemoryStore(time);
  private final OperationKey key = Samples.freshKey();
  private final List<Long> heard = new ArrayList<>();
  private Vertx vertx;
  private Feed feed;
  private States states;

  /** The operation runs, is known, and is followed. */
  @BeforeEach
  void start() {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    states =
        call(
            () -> {
              var loop = VertxLoop.current(vertx);
              feed =
                  new Feed(
                      loop,
                      store,
                      FeedSettings.DEFAULT,
                      time,
                      snapshot -> Bytes.EMPTY,
                      new Metrics(System::nanoTime));
              return feed.start().map(started -> feed.view(loop, store).states());
            });
    write(Samples.start(key));
    call(states::sync);
    call(() -> states.strong(key));
    call(() -> Future.succeededFuture(states.follow(key, listening())));
    settle();
    heard.clear();
  }

  @AfterEach
  void stop() {
    feed.stop();
    Await.await(vertx.close());
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

  private void settle() {
    for (int turn = 0; turn < 20; turn++) {
      call(Future::succeededFuture);
    }
  }

  private <T> T call(Supplier<Future<T>> work) {
    return Await.await(begin(work));
  }

  private <T> Future<T> begin(Supplier<Future<T>> work) {
    return Future.future(promise -> vertx.runOnContext(now -> work.get().onComplete(promise)));
  }
}
