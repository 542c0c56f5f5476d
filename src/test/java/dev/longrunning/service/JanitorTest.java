package dev.longrunning.service;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.longrunning.feed.VirtualTime;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class JanitorTest {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration WINDOW = Duration.ofSeconds(5);

  /** What the janitor promises after lease and adoption window. */
  private static final Duration PROMISE = Duration.ofSeconds(2);

  private final VirtualTime time = new VirtualTime();
  private final MemoryStore memory = new MemoryStore(time);
  private final ObservedStore store = new ObservedStore(memory);
  private final Random random = new Random(1);
  private final Janitor janitor = janitor();
  private final OperationKey key = Samples.freshKey();

  private Janitor janitor() {
    return new Janitor(
        store,
        store::lastWriteFailed,
        time,
        time,
        random,
        JanitorSettings.DEFAULT,
        new Metrics(System::nanoTime));
  }

  private Answer apply(Change change) {
    return await(store.apply(change, Patience.MOST));
  }

  private UUID startLeased() {
    var token = UUID.randomUUID();
    apply(Samples.start(key, null, Samples.lease(token, LEASE, WINDOW)));
    return token;
  }

  private Snapshot stored() {
    return Objects.requireNonNull(await(memory.find(key)).snapshot());
  }

  private Status error() {
    assertThat(stored().outcome()).isEqualTo(Outcome.ERROR);
    try {
      return Status.parseFrom(stored().result().array());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_lost_producer_ends_its_operation_in_time_and_not_before() throws Exception {
    janitor.start();
    time.pass(Duration.ofMinutes(1));
    startLeased();

    time.pass(LEASE.plus(WINDOW));
    assertThat(stored().isDone()).isFalse();
    time.pass(PROMISE);

    assertThat(error().getCode()).isEqualTo(10);
    var info = error().getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("PRODUCER_LOST");
    assertThat(info.getDomain()).isEqualTo("longrunning.dev");
  }

  @Test
  void a_lost_producer_that_was_to_cancel_ends_its_operation_with_code_1() throws Exception {
    janitor.start();
    startLeased();
    apply(Endings.cancel(key));
    assertThat(stored().isDone()).isFalse();

    time.pass(LEASE.plus(WINDOW).plus(PROMISE));

    assertThat(error().getCode()).isEqualTo(1);
    assertThat(error().getDetails(0).unpack(ErrorInfo.class).getReason())
        .isEqualTo("PRODUCER_LOST");
  }

  @Test
  void a_producer_that_renews_keeps_its_operation() {
    janitor.start();
    var token = startLeased();

    for (int i = 0; i < 20; i++) {
      time.pass(LEASE.minusSeconds(1));
      apply(Samples.renewal(key, token));
    }

    assertThat(stored().isDone()).isFalse();
  }

  @Test
  void several_janitors_end_an_operation_once() {
    janitor.start();
    janitor().start();
    janitor().start();
    startLeased();
    long before = stored().version();

    time.pass(LEASE.plus(WINDOW).plus(PROMISE).plusSeconds(30));

    assertThat(stored().isDone()).isTrue();
    assertThat(stored().version()).isEqualTo(before + 1);
  }

  @Test
  void no_lease_runs_while_the_database_is_away() {
    janitor.start();
    var token = startLeased();
    time.pass(Duration.ofSeconds(3));
    memory.switches().failAll(Problem.databaseUnavailable());
    store.apply(Samples.renewal(key, token), Patience.MOST);
    time.pass(Duration.ofHours(1));

    memory.switches().releaseAll();
    time.pass(LEASE.minusSeconds(4));

    assertThat(stored().isDone()).isFalse();
    apply(Samples.renewal(key, token));
    time.pass(LEASE.plus(WINDOW).plus(PROMISE));
    assertThat(stored().isDone()).isTrue();
  }

  @Test
  void a_lost_producer_is_noticed_after_an_outage_though_nobody_writes_any_more() {
    janitor.start();
    var token = startLeased();
    time.pass(Duration.ofSeconds(3));
    memory.switches().failAll(Problem.databaseUnavailable());
    store.apply(Samples.renewal(key, token), Patience.MOST);
    assertThat(store.lastWriteFailed()).isTrue();
    time.pass(Duration.ofHours(1));

    memory.switches().releaseAll();
    time.pass(LEASE.plus(WINDOW).multipliedBy(2));

    assertThat(store.lastWriteFailed()).isFalse();
    assertThat(stored().isDone()).isTrue();
  }

  @Test
  void a_replica_whose_writes_fail_does_not_sweep() {
    janitor.start();
    time.pass(Duration.ofSeconds(5));
    memory.switches().fail(Call.APPLY, Problem.databaseUnavailable());
    store.apply(Samples.start(key), Patience.MOST);
    int before = memory.switches().count(Call.SWEEP);

    time.pass(Duration.ofMinutes(1));
    assertThat(memory.switches().count(Call.SWEEP)).isEqualTo(before);

    memory.switches().release(Call.APPLY);
    apply(Samples.start(key));
    time.pass(Duration.ofSeconds(2));
    assertThat(memory.switches().count(Call.SWEEP)).isGreaterThan(before);
  }

  @Test
  void a_refused_or_invalid_write_is_no_failure() {
    apply(Samples.update(key, Guard.NONE, Samples.metadata("x")));
    assertThat(store.lastWriteFailed()).isFalse();

    memory.switches().fail(Call.APPLY, Problem.invalid("metadata", "x", "y"));
    store.apply(Samples.start(key), Patience.MOST);
    assertThat(store.lastWriteFailed()).isFalse();
  }

  @Test
  void done_operations_are_purged_when_their_retention_is_over() {
    janitor.start();
    var running = Samples.freshKey();
    apply(Samples.start(running, null, Duration.ofSeconds(1), null));
    int more = Janitor.CHANGES_MAX + 10;
    for (int i = 0; i < more; i++) {
      var each = Samples.freshKey();
      apply(Samples.start(each, null, Duration.ofMinutes(1), null));
      apply(Samples.completion(each, Guard.NONE, "r"));
    }
    time.pass(Duration.ofSeconds(59));
    assertThat(await(memory.purgeDue(more))).isEmpty();

    // A second for the retention, a period and its jitter for the janitor.
    time.pass(Duration.ofSeconds(13));

    assertThat(await(memory.purgeDue(more))).isEmpty();
    assertThat(memory.switches().count(Call.APPLY)).isEqualTo(1 + 3 * more);
    assertThat(await(memory.find(running)).snapshot()).isNotNull();
  }

  @Test
  void log_and_tombstones_are_forgotten_after_the_resume_window() {
    janitor.start();
    apply(Samples.start(key));
    apply(Samples.update(key, Guard.NONE, Samples.metadata("x")));
    apply(new Change.Delete(key));

    time.pass(JanitorSettings.DEFAULT.resumeWindow());
    assertThat(await(memory.find(key)).tombstone()).isNotNull();
    time.pass(Duration.ofSeconds(12));

    assertThat(await(memory.find(key)).tombstone()).isNull();
    assertThat(await(memory.poll(Cursors.NONE, Selection.NONE)).batches())
        .hasSize(OperationKey.LANES);
  }

  @Test
  void a_window_below_10_minutes_is_refused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new JanitorSettings(Duration.ofSeconds(599)))
        .withMessage("the resume window is below 10 min: PT9M59S");
    assertThat(new JanitorSettings(Duration.ofMinutes(10)).resumeWindow()).hasMinutes(10);
  }

  @Test
  void a_failing_chore_backs_off_and_goes_on_soon_after() {
    janitor.start();
    memory.switches().failAll(Problem.databaseUnavailable());
    time.pass(Duration.ofMinutes(1));
    int before = memory.switches().count(Call.EXPIRY_DUE);

    time.pass(Duration.ofMinutes(1));
    assertThat(memory.switches().count(Call.EXPIRY_DUE) - before).isBetween(13, 17);

    memory.switches().releaseAll();
    before = memory.switches().count(Call.EXPIRY_DUE);
    time.pass(Duration.ofSeconds(5));
    assertThat(memory.switches().count(Call.EXPIRY_DUE)).isGreaterThan(before);
  }

  @Test
  void a_stop_waits_for_the_round_under_way_and_is_the_end() {
    janitor.start();
    memory.switches().holdAnswers(Call.TRIM);
    time.pass(Duration.ofSeconds(12));

    var stopped = janitor.stop();
    assertThat(stopped.isComplete()).isFalse();
    memory.switches().release(Call.TRIM);

    assertThat(stopped.succeeded()).isTrue();
    assertThat(time.pending()).isZero();
  }
}
