package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Await;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FeedTest extends FeedHarness {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Test
  void a_strong_read_sees_what_was_acknowledged_elsewhere_although_no_doorbell_rang() {
    apply(Samples.start(key));
    assertThat(strong().version()).isEqualTo(strong().version());
    long second = apply(update());

    assertThat(strong().version()).isEqualTo(second);
  }

  @Test
  void a_cached_read_does_not_ask_the_database() {
    apply(Samples.start(key));
    var first = strong();
    int reads = store.switches().count(Call.FIND);

    assertThat(call(() -> states.cached(key))).isSameAs(first);
    assertThat(store.switches().count(Call.FIND)).isEqualTo(reads);
  }

  @Test
  void a_repeated_strong_read_asks_only_the_log() {
    apply(Samples.start(key));
    var first = strong();
    int reads = store.switches().count(Call.FIND);

    assertThat(strong()).isSameAs(first);
    assertThat(store.switches().count(Call.FIND)).isEqualTo(reads);
  }

  @Test
  void an_absent_operation_is_known_to_be_absent_until_it_is_started() {
    assertThat(strong().snapshot()).isEmpty();
    int reads = store.switches().count(Call.FIND);
    assertThat(strong().snapshot()).isEmpty();
    assertThat(store.switches().count(Call.FIND)).isEqualTo(reads);

    long version = apply(Samples.start(key));

    assertThat(strong().snapshot().orElseThrow().version()).isEqualTo(version);
  }

  @Test
  void a_sync_is_not_completed_by_a_poll_that_began_before_it() {
    apply(Samples.start(key));
    strong();
    store.switches().holdAnswers(Call.POLL);
    // This poll looked before the change; its answer comes after it.
    var early = begin(states::sync);
    settle();
    long changed = apply(update());
    var late = begin(() -> states.strong(key));
    settle();
    answerOnly(early);
    settle();
    assertThat(late.isComplete()).isFalse();
    store.switches().release(Call.POLL);

    assertThat(Await.await(late).version()).isEqualTo(changed);
  }

  /** Answers the poll whose answer is held, and holds the next one back. */
  private void answerOnly(Future<Void> early) {
    call(
        () -> {
          store.switches().release(Call.POLL);
          store.switches().holdRequests(Call.POLL);
          return early;
        });
  }

  @Test
  void a_read_that_waits_too_long_for_a_database_that_answers_says_who_is_slow() {
    apply(Samples.start(key));
    strong();
    store.switches().holdAnswers(Call.POLL);
    var early = begin(states::sync);
    settle();
    var late = begin(() -> states.strong(key));
    settle();
    answerOnly(early);

    pass(FeedSettings.DEFAULT.patience());

    assertThatThrownBy(() -> Await.await(late))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.reason()).isEqualTo("OVERLOADED"));
    store.switches().release(Call.POLL);
  }

  @Test
  void strong_reads_that_wait_are_bounded_also_those_that_share_a_poll() {
    store.switches().holdRequests(Call.POLL);

    assertThat(call(() -> Future.succeededFuture(refusedOf(FeedStates.SYNCS_MAX)))).isZero();
    assertThat(call(() -> Future.succeededFuture(refusedOf(2)))).isEqualTo(2);
    assertThat(feed.peaks().get(0).peak()).isEqualTo(FeedStates.SYNCS_MAX);

    pass(FeedSettings.DEFAULT.patience());
    assertThat(call(() -> Future.succeededFuture(refusedOf(1)))).isZero();
    store.switches().release(Call.POLL);
    Await.await(begin(states::sync));
    assertThat(call(() -> Future.succeededFuture(refusedOf(FeedStates.SYNCS_MAX)))).isZero();
  }

  /** Runs the task for whatever a follower is told. */
  private static Follower telling(Runnable task) {
    return new Follower() {
      @Override
      public void changed(State state) {
        task.run();
      }

      @Override
      public void removed(long version, boolean purged) {
        task.run();
      }

      @Override
      public void changedApart() {
        task.run();
      }

      @Override
      public void restarted() {
        task.run();
      }
    };
  }

  /** Begins as many syncs; answers how many were refused at once. */
  private int refusedOf(int syncs) {
    int refused = 0;
    for (int i = 0; i < syncs; i++) {
      refused += states.sync().failed() ? 1 : 0;
    }
    return refused;
  }

  @Test
  void a_sync_waits_for_everything_that_its_poll_saw_not_only_for_what_it_returned() {
    apply(Samples.start(key));
    strong();
    // More than one poll returns of a lane, while the feed cannot look.
    store.switches().holdRequests(Call.POLL);
    var waiting = begin(() -> states.strong(key));
    settle();
    for (int i = 0; i < ChangeLog.LANE_BATCHES_MAX + 10; i++) {
      apply(elsewhere());
    }
    // Only what the poll's limit cuts off concerns the operation that is read.
    long last = apply(update());
    store.switches().release(Call.POLL);

    assertThat(Await.await(waiting).version()).isEqualTo(last);
  }

  @Test
  void the_answer_of_a_read_that_a_change_overtook_is_not_kept() {
    apply(Samples.start(key));
    store.switches().holdAnswers(Call.FIND);
    var slow = begin(() -> states.cached(key));
    settle();
    long changed = apply(update());
    // The feed applies the change while the read is under way.
    call(states::sync);
    store.switches().release(Call.FIND);

    assertThat(Await.await(slow).version()).isLessThan(changed);
    assertThat(strong().version()).isEqualTo(changed);
  }

  @Test
  void an_own_write_is_found_at_once_and_stays_when_the_feed_comes_to_it() {
    long started = apply(Samples.start(key));
    var snapshot = strong().snapshot().orElseThrow();
    var change = update();
    var answer = Await.await(store.apply(change, PATIENCE));
    var own = call(() -> Future.succeededFuture(states.own(change.composed(snapshot, answer))));
    int reads = store.switches().count(Call.FIND);

    assertThat(call(() -> states.cached(key))).isSameAs(own);
    assertThat(strong()).isSameAs(own);
    assertThat(store.switches().count(Call.FIND)).isEqualTo(reads);
    assertThat(own.version()).isGreaterThan(started);
  }

  @Test
  void an_own_write_that_the_feed_has_passed_is_not_kept() {
    apply(Samples.start(key));
    var snapshot = strong().snapshot().orElseThrow();
    var change = update();
    var answer = Await.await(store.apply(change, PATIENCE));
    long newer = apply(update());
    call(states::sync);

    call(() -> Future.succeededFuture(states.own(change.composed(snapshot, answer))));

    assertThat(call(() -> states.cached(key)).version()).isEqualTo(newer);
  }

  @Test
  void a_lost_doorbell_costs_no_more_than_the_idle_interval() {
    apply(Samples.start(key));
    call(states::sync);
    var changes = new AtomicInteger();
    call(() -> Future.succeededFuture(states.follow(key, telling(changes::incrementAndGet))));
    settle();

    apply(update());
    pass(FeedSettings.DEFAULT.idle());

    assertThat(changes).hasValue(1);
  }

  @Test
  void a_waiter_hears_of_each_change_until_it_leaves() {
    apply(Samples.start(key));
    call(states::sync);
    var changes = new AtomicInteger();
    var interest =
        call(() -> Future.succeededFuture(states.follow(key, telling(changes::incrementAndGet))));
    apply(update());
    ring();
    assertThat(changes).hasValue(1);

    apply(new Delete(key));
    ring();
    assertThat(changes).hasValue(2);
    call(
        () -> {
          interest.close();
          return Future.succeededFuture();
        });

    apply(Samples.start(key));
    ring();

    assertThat(changes).hasValue(2);
  }

  @Test
  void an_adoption_changes_nothing_for_who_reads_or_waits() {
    apply(Samples.start(key));
    ring();
    var first = strong();
    var heard = new AtomicInteger();
    call(() -> Future.succeededFuture(states.follow(key, telling(heard::incrementAndGet))));
    int reads = store.switches().count(Call.FIND);
    var token = UUID.randomUUID();

    apply(new Adopt(key, null, token, Duration.ofMinutes(1), false));
    ring();

    assertThat(strong()).isSameAs(first);
    assertThat(store.switches().count(Call.FIND)).isEqualTo(reads);
    assertThat(heard).hasValue(0);
    var update = Samples.update(key, Samples.leased(token), Samples.metadata("second"));
    long second = apply(update);
    ring();
    assertThat(strong().version()).isEqualTo(second).isGreaterThan(first.version());
    assertThat(heard).hasValue(1);
  }

  @Test
  void a_missing_revision_starts_everything_over() {
    apply(Samples.start(key));
    call(states::sync);
    strong();
    var changes = new AtomicInteger();
    call(() -> Future.succeededFuture(states.follow(key, telling(changes::incrementAndGet))));
    store.switches().holdRequests(Call.POLL);
    var waiting = begin(states::sync);
    settle();
    // All that was logged of the operation is trimmed before the feed gets to look.
    long last = apply(update());
    time.pass(Duration.ofHours(2));
    apply(elsewhere());
    assertThat(Await.await(store.trim(Duration.ofHours(1), 1_000))).isPositive();
    store.switches().release(Call.POLL);

    assertThatThrownBy(() -> Await.await(waiting)).isInstanceOf(Problem.class);
    ring();
    assertThat(strong().version()).isEqualTo(last);
    assertThat(changes).hasPositiveValue();
  }

  @Test
  void a_failover_begins_a_new_epoch_and_nothing_old_is_served_as_strong() {
    apply(Samples.start(key));
    long before = strong().version();
    store.promote();

    ring();
    var reopened = strong();
    assertThat(reopened.version()).isEqualTo(before);

    long after = apply(update());
    assertThat(strong().version()).isEqualTo(after);
  }

  @Test
  void a_standby_is_not_followed() {
    apply(Samples.start(key));
    strong();
    store.recover(true);
    var waiting = begin(states::sync);
    settle();
    assertThat(waiting.isComplete()).isFalse();

    store.recover(false);
    pass(Duration.ofSeconds(1));

    Await.await(waiting);
  }

  @Test
  void a_restored_database_is_noticed_by_its_heads() {
    apply(Samples.start(key));
    var backup = store.backup();
    long lost = apply(update());
    assertThat(strong().version()).isEqualTo(lost);
    store.restore(backup);

    ring();
    assertThat(strong().snapshot().orElseThrow().version()).isLessThan(lost);

    long next = apply(update());
    assertThat(next).as("no version comes again").isGreaterThan(lost);
    assertThat(strong().version()).isEqualTo(next);
  }

  @Test
  void a_database_restored_to_an_older_epoch_writes_no_version_twice() {
    apply(Samples.start(key));
    var backup = store.backup();
    var known = Await.await(store.poll(Cursors.NONE, Selection.NONE)).epoch();
    Await.await(store.openEpoch(known, 0));
    ring();
    long lost = apply(update());
    store.restore(backup);

    ring();

    assertThat(apply(update())).isGreaterThan(lost);
  }

  @Test
  void a_waiter_that_fails_does_not_keep_others_from_hearing() {
    apply(Samples.start(key));
    call(states::sync);
    var changes = new AtomicInteger();
    Runnable failing =
        () -> {
          throw new IllegalStateException("a waiter failed, as the test wants");
        };
    call(() -> Future.succeededFuture(states.follow(key, telling(failing))));
    call(() -> Future.succeededFuture(states.follow(key, telling(changes::incrementAndGet))));

    apply(update());
    ring();

    assertThat(changes).hasValue(1);
  }

  @Test
  void reads_that_wait_fail_in_time_when_the_database_is_away_and_cached_ones_go_on() {
    apply(Samples.start(key));
    var first = strong();
    store.switches().failAll(Problem.databaseUnavailable());
    var waiting = begin(() -> states.strong(key));
    settle();

    pass(FeedSettings.DEFAULT.patience());

    assertThatThrownBy(() -> Await.await(waiting))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.UNAVAILABLE));
    assertThat(call(() -> states.cached(key))).isSameAs(first);
    store.switches().releaseAll();
    pass(Duration.ofSeconds(1));
    assertThat(strong().version()).isEqualTo(first.version());
  }

  private Change.Update update() {
    return Samples.update(key, Samples.request(UUID.randomUUID()), Samples.metadata("next"));
  }

  /** A change of another operation in the same lane. */
  private Change elsewhere() {
    return Samples.start(Samples.freshKeyBeside(key));
  }

  private long apply(Change change) {
    return Await.await(store.apply(change, PATIENCE)).version();
  }

  private State strong() {
    return call(() -> states.strong(key));
  }

  /** Rings the doorbell, and waits until the feed has looked and told its loops. */
  private void ring() {
    store.ringDoorbell();
    settle();
    call(states::sync);
    settle();
  }
}
