package dev.longrunning.service;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.Producer.Beginning;
import dev.longrunning.service.Producer.LeaseWish;
import dev.longrunning.service.Producer.Written;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReportsTest {
  private static final DemandRoom ROOM =
      new DemandRoom() {
        @Override
        public boolean take() {
          return true;
        }

        @Override
        public void give() {}
      };

  private final Fixture fixture = new Fixture();
  private final SteppedStore store = new SteppedStore(fixture.store);
  private final AtomicLong random = new AtomicLong();
  private final Producer producer =
      new Producer(
          fixture.states,
          store,
          fixture.clock,
          () -> new UUID(7, random.incrementAndGet()),
          ProducerSettings.DEFAULT);

  private final Reports.Service service =
      new Reports.Service(
          producer, fixture.states, fixture.clock, WriteTurns.ofOneLoopOf(1, () -> 0));

  private final Reports reports = open();

  private Reports open() {
    return service.open(new Reports.Source("a", Optional.empty(), ROOM, new Heard()));
  }

  private Composable starting(String name) {
    return starting(Optional.of("operations/" + name), Optional.empty());
  }

  private Composable starting(Optional<String> name, Optional<LeaseWish> lease) {
    return producer.starting(
        new Beginning(
            OperationKey.DEFAULT_SERVICE,
            "",
            name.orElseGet(
                () -> producer.freshName(OperationKey.DEFAULT_SERVICE, "", Optional.empty())),
            Optional.empty(),
            Samples.metadata("first"),
            Optional.empty(),
            lease));
  }

  private static OperationKey key(String name) {
    return OperationKey.of("operations/" + name);
  }

  private static Composable updating(String name, Guard guard, Contents contents) {
    return Producer.updating(key(name), guard, contents, Optional.empty());
  }

  /** One that is not merged. */
  private static Composable updating(String name, String metadata) {
    return updating(name, Samples.request(UUID.randomUUID()), Samples.metadata(metadata));
  }

  private static Composable progressing(String name, long done) {
    var progress = new Progress(done, 0, "", "", Instant.EPOCH);
    return updating(name, Guard.NONE, Samples.progress(progress));
  }

  private static Composable completing(String name) {
    return Producer.completing(
        key(name), Guard.NONE, Outcome.RESPONSE, Samples.bytes("r"), Contents.NONE);
  }

  private void start(String name) {
    reports.apply(starting(name));
    store.answerAll();
  }

  private Snapshot stored(String name) {
    return Objects.requireNonNull(await(fixture.store.find(key(name))).snapshot());
  }

  private static Snapshot snapshot(Future<Written> report) {
    return await(report).snapshot();
  }

  private static void assertFails(Future<?> report, String reason) {
    assertThat(report.failed()).isTrue();
    assertThat(((Problem) report.cause()).reason()).isEqualTo(reason);
  }

  @Test
  void reports_of_different_operations_are_under_way_at_the_same_time() {
    var all = new ArrayList<Future<Written>>();
    for (int i = 0; i < 100; i++) {
      all.add(reports.apply(starting("o" + i)));
    }
    assertThat(store.held()).isEqualTo(100);

    store.answerAll();

    for (int i = 0; i < 100; i++) {
      assertThat(snapshot(all.get(i))).isEqualTo(stored("o" + i));
    }
  }

  @Test
  void starts_whose_names_the_server_chooses_wait_for_nothing() {
    for (int i = 0; i < 10; i++) {
      reports.apply(starting(Optional.empty(), Optional.empty()));
    }

    assertThat(store.held()).isEqualTo(10);
  }

  @Test
  void of_one_operation_the_next_is_given_to_the_store_once_the_last_is_answered() {
    var changes =
        List.of(
            starting("a"),
            updating("a", "x"),
            updating("a", "y"),
            updating("a", "x"),
            completing("a"));
    var all = changes.stream().map(reports::apply).toList();

    for (int answered = 1; answered <= changes.size(); answered++) {
      assertThat(store.given).isEqualTo(changes.subList(0, answered));
      store.answer();
      assertThat(all.stream().filter(Future::isComplete)).hasSize(answered);
    }

    var states = all.stream().map(ReportsTest::snapshot).toList();
    assertThat(states).extracting(Snapshot::version).isSorted().doesNotHaveDuplicates();
    assertThat(states)
        .extracting(Snapshot::metadata)
        .containsExactly(
            Samples.bytes("first"),
            Samples.bytes("x"),
            Samples.bytes("y"),
            Samples.bytes("x"),
            Samples.bytes("x"));
    assertThat(stored("a").isDone()).isTrue();
  }

  @Test
  void updates_that_wait_behind_one_under_way_become_one_and_all_have_its_state() {
    start("a");
    var first = reports.apply(progressing("a", 1));
    var second = reports.apply(progressing("a", 2));
    var third = reports.apply(updating("a", Guard.NONE, Samples.labels(Map.of("k", "v"))));
    var fourth = reports.apply(progressing("a", 4));
    var renewal = reports.apply(updating("a", Guard.NONE, Contents.NONE));
    store.given.clear();

    store.answer();
    assertThat(first.isComplete()).isTrue();
    assertThat(second.isComplete()).isFalse();
    assertThat(store.held()).isOne();
    store.answer();

    assertThat(store.given).hasSize(1);
    assertThat(snapshot(first).progress()).isEqualTo(new Progress(1, 0, "", "", Instant.EPOCH));
    for (var merged : List.of(second, third, fourth, renewal)) {
      assertThat(snapshot(merged)).isEqualTo(stored("a"));
    }
    assertThat(stored("a").progress()).isEqualTo(new Progress(4, 0, "", "", Instant.EPOCH));
    assertThat(stored("a").labels()).isEqualTo(Map.of("k", "v"));
    assertThat(stored("a").metadata()).isEqualTo(Samples.bytes("first"));
  }

  @Test
  void nothing_is_merged_into_a_change_that_was_given_to_the_store() {
    start("a");
    reports.apply(progressing("a", 1));
    var given = store.given.get(1);

    reports.apply(progressing("a", 2));

    assertThat(store.given.get(1)).isEqualTo(given);
    assertThat(store.given).hasSize(2);
    store.answerAll();
    assertThat(store.given).hasSize(3);
  }

  @Test
  void what_asks_for_a_version_or_can_be_repeated_is_a_barrier() {
    start("a");
    reports.apply(progressing("a", 1));
    for (var barrier :
        List.of(
            updating("a", "x"),
            updating("a", Samples.version(7), Samples.metadata("x")),
            starting("a"))) {
      store.given.clear();
      reports.apply(progressing("a", 2));
      reports.apply(progressing("a", 3));
      reports.apply(barrier);
      reports.apply(progressing("a", 4));
      reports.apply(progressing("a", 5));

      store.answerAll();

      assertThat(store.given).hasSize(3).element(1).isEqualTo(barrier);
      reports.apply(progressing("a", 6));
    }
  }

  @Test
  void an_error_of_one_report_is_its_own() {
    var early = reports.apply(progressing("a", 1));
    var start = reports.apply(starting("a"));
    var other = reports.apply(starting("b"));
    var again = reports.apply(starting("a"));
    var late = reports.apply(progressing("a", 2));

    store.answerAll();

    assertFails(early, "OPERATION_NOT_FOUND");
    assertThat(start.succeeded()).isTrue();
    assertThat(other.succeeded()).isTrue();
    assertFails(again, "OPERATION_EXISTS");
    assertThat(late.succeeded()).isTrue();
  }

  @Test
  void what_waits_behind_a_report_that_the_database_did_not_answer_was_not_begun() {
    for (var problem : List.of(Problem.outcomeUnknown(), Problem.databaseExhausted("53100"))) {
      var start = reports.apply(starting("a"));
      var update = reports.apply(progressing("a", 1));
      var end = reports.apply(completing("a"));
      var other = reports.apply(starting("b" + problem.reason()));
      store.given.clear();

      store.fail(problem);
      store.answerAll();

      assertFails(start, problem.reason());
      boolean isUnknown = problem.reason().equals("OUTCOME_UNKNOWN");
      String behind = isUnknown ? "DATABASE_UNAVAILABLE" : problem.reason();
      assertFails(update, behind);
      assertFails(end, behind);
      assertThat(other.succeeded()).isTrue();
      assertThat(store.given).isEmpty();
    }
    // What comes later is begun again.
    var again = reports.apply(starting("a"));
    store.answerAll();
    assertThat(again.succeeded()).isTrue();
  }

  @Test
  void what_the_store_had_no_room_for_is_given_to_it_again_some_times() {
    var start = reports.apply(starting("a"));
    var first = reports.apply(progressing("a", 1));
    for (int i = 1; i < ReportQueue.ATTEMPTS_MAX; i++) {
      store.fail(Problem.overloaded("writes"));
    }
    assertThat(store.given).hasSize(ReportQueue.ATTEMPTS_MAX).containsOnly(starting("a"));
    store.answerAll();
    assertThat(start.succeeded()).isTrue();
    assertThat(first.succeeded()).isTrue();

    var second = reports.apply(progressing("a", 2));
    store.fail(Problem.overloaded("writes"));
    // It waits again, so what comes is merged with it.
    var third = reports.apply(progressing("a", 3));
    for (int i = 1; i < ReportQueue.ATTEMPTS_MAX; i++) {
      assertThat(second.isComplete()).isFalse();
      store.fail(Problem.overloaded("writes"));
    }

    assertFails(second, "OVERLOADED");
    assertFails(third, "OVERLOADED");
    assertThat(store.held()).isZero();
  }

  @Test
  void what_the_store_had_no_room_for_is_not_begun_again_after_a_stop() {
    var start = reports.apply(starting("a"));
    reports.stop(Problem.stopping());

    store.fail(Problem.overloaded("writes"));

    assertFails(start, "OVERLOADED");
    assertThat(store.held()).isZero();
  }

  @Test
  void a_stop_refuses_what_is_not_at_the_store_and_what_comes_later() {
    var start = reports.apply(starting("a"));
    var update = reports.apply(progressing("a", 1));

    reports.stop(Problem.stopping());

    assertFails(update, "STOPPING");
    assertThat(start.isComplete()).isFalse();
    store.answerAll();
    assertThat(start.succeeded()).isTrue();
    assertFails(reports.apply(progressing("a", 2)), "STOPPING");
    assertThat(store.given).hasSize(1);
  }

  @Test
  void of_a_stream_that_is_closed_nothing_more_is_given_to_the_store() {
    reports.apply(starting("a"));
    reports.apply(progressing("a", 1));

    reports.close();
    store.answerAll();

    assertThat(store.given).hasSize(1);
    assertThat(fixture.states.watches()).isZero();
  }

  @Test
  void what_waits_for_a_turn_is_merged_and_let_go_too() {
    var turns = WriteTurns.ofOneLoopOf(WriteTurns.ALL_CHANGES_MAX, () -> 0);
    var narrow =
        new Reports.Service(producer, fixture.states, fixture.clock, turns)
            .open(new Reports.Source("a", Optional.empty(), ROOM, new Heard()));
    narrow.apply(starting("a"));
    var first = narrow.apply(starting("b"));
    var second = narrow.apply(progressing("c", 1));
    narrow.apply(progressing("c", 2));
    store.given.clear();

    store.answer();
    store.answer();
    narrow.close();
    store.answerAll();

    assertThat(first.succeeded()).isTrue();
    assertThat(store.given).containsExactly(starting("b"), progressing("c", 2));
    assertThat(second.failed()).isTrue();
    assertThat(turns.changes()).isZero();
  }

  @Test
  void a_cancellation_between_a_change_and_its_answer_is_told() {
    start("a");
    var heard = new Heard();
    var other = fixture.reports.open(new Reports.Source("a", Optional.empty(), ROOM, heard));
    fixture.switches().holdAnswers(Call.APPLY);
    var update = other.apply(progressing("a", 1));
    fixture.operations.cancel(key("a"), Optional.empty());
    fixture.states.hear(key("a"));

    fixture.switches().release(Call.APPLY);

    assertThat(snapshot(update).cancelRequestTime()).isNull();
    assertThat(heard.cancelled).containsExactly(key("a"));
  }

  @Test
  void thousands_of_reports_of_one_operation_make_no_stack_deep() {
    var quick = fixture.reports.open(new Reports.Source("a", Optional.empty(), ROOM, new Heard()));
    fixture.switches().holdAnswers(Call.APPLY);
    quick.apply(starting("a"));
    var all = new ArrayList<Future<Written>>();
    for (int i = 0; i < 10_000; i++) {
      all.add(quick.apply(updating("a", "m" + i)));
    }

    fixture.switches().release(Call.APPLY);

    assertThat(all).allMatch(Future::succeeded);
    assertThat(snapshot(all.get(9_999)).metadata()).isEqualTo(Samples.bytes("m9999"));
  }

  @Test
  void a_renewal_touches_neither_the_log_nor_the_version() {
    var lease = Optional.of(new LeaseWish(Duration.ofMinutes(1), Duration.ZERO));
    var start = reports.apply(starting(Optional.of(key("a").name()), lease));
    store.answer();
    var started = await(start);
    var token = started.lease().orElseThrow().token();
    var heads = await(fixture.store.poll(Cursors.NONE, Selection.NONE)).heads();
    fixture.clock.pass(Duration.ofSeconds(1));

    var first = reports.apply(updating("a", Samples.leased(token), Contents.NONE));
    var merged =
        List.of(
            reports.apply(updating("a", Samples.leased(token), Contents.NONE)),
            reports.apply(updating("a", Samples.leased(token), Contents.NONE)));
    store.answerAll();

    assertThat(store.given).hasSize(3);
    for (var renewal : List.of(first, merged.get(0), merged.get(1))) {
      assertThat(snapshot(renewal)).isEqualTo(started.snapshot());
      assertThat(await(renewal).lease().orElseThrow().expireTime())
          .isEqualTo(fixture.clock.instant().plusSeconds(60));
    }
    assertThat(await(fixture.store.poll(Cursors.NONE, Selection.NONE)).heads()).isEqualTo(heads);
    assertThat(stored("a")).isEqualTo(started.snapshot());
  }
}
