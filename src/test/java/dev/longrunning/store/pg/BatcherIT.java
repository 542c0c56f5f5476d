package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Samples;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** How changes travel in batches, and what callers hear when the database does not answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class BatcherIT {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private TestPostgres postgres;
  private StoreFixture store;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    store = StoreFixture.on(postgres.options());
  }

  @AfterEach
  void wakeUp() throws Exception {
    postgres.signal("CONT");
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @Test
  void a_row_that_the_database_cannot_take_fails_alone() throws Exception {
    var good = new ArrayList<Future<Answer>>();
    var first = Samples.freshKey();
    good.add(apply(Samples.start(first)));
    // jsonb holds no NUL; the calls' own checks refuse it long before.
    var poison =
        apply(Samples.startWith(Samples.freshKeyBeside(first), Samples.labels(Map.of("a", "\0"))));
    for (int i = 0; i < 100; i++) {
      good.add(apply(Samples.start(Samples.freshKeyBeside(first))));
    }

    for (var answer : good) {
      assertThat(await(answer).verdict()).isEqualTo(Answer.Verdict.APPLIED);
    }
    assertThat(problem(poison).kind()).isEqualTo(Problem.Kind.BROKEN);
  }

  @Test
  void changes_of_one_operation_are_applied_in_their_order() throws Exception {
    var key = Samples.freshKey();
    var answers = new ArrayList<Future<Answer>>();
    answers.add(apply(Samples.start(key)));
    for (int i = 0; i < 50; i++) {
      answers.add(apply(Samples.update(key, Guard.NONE, Samples.metadata("step " + i))));
    }

    long before = 0;
    for (var answer : answers) {
      long version = await(answer).version();
      assertThat(version).isGreaterThan(before);
      before = version;
    }
    var last = Objects.requireNonNull(await(store.store.find(key)).snapshot());
    assertThat(last.metadata()).isEqualTo(Samples.bytes("step 49"));
  }

  @Test
  void a_change_whose_outcome_was_not_known_is_not_applied_later() throws Exception {
    var key = Samples.freshKey();
    await(apply(Samples.start(key)));
    postgres.signal("STOP");

    var lost = apply(Samples.update(key, Guard.NONE, Samples.metadata("late")));

    assertThat(problem(lost).reason()).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(problem(lost).retryAfter()).isPresent();
    postgres.signal("CONT");
    await(untilApplied(Samples.start(Samples.freshKeyBeside(key))));
    var state = Objects.requireNonNull(await(store.store.find(key)).snapshot());
    assertThat(state.metadata()).isEqualTo(Samples.bytes("first"));
  }

  @Test
  void what_waits_is_bounded_and_what_comes_beyond_is_refused_at_once() throws Exception {
    await(apply(Samples.start(Samples.freshKey())));
    postgres.signal("STOP");
    var waiting = new ArrayList<Future<Answer>>();
    for (int i = 0; i < WriteBudget.ROWS_MAX; i++) {
      waiting.add(apply(Samples.start(Samples.freshKey())));
    }

    assertThat(problem(apply(Samples.start(Samples.freshKey()))).reason()).isEqualTo("OVERLOADED");

    for (var answer : waiting) {
      assertThat(problem(answer).kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
    }
    postgres.signal("CONT");
    await(untilApplied(Samples.start(Samples.freshKey())));
  }

  @Test
  void an_answer_that_is_not_understood_fails_its_callers_and_not_the_lane() throws Exception {
    var key = Samples.freshKey();
    await(apply(Samples.start(key)));
    store.sql(
        """
        do $do$
        declare v_args text := (select pg_get_function_arguments(p.oid) from pg_proc p
                                 where p.proname = 'apply');
        begin
          alter function longrunning.apply rename to apply_kept;
          execute format('create function longrunning.apply(%s) language sql as $f$ select'
            || ' null::smallint, 1::bigint, now(), ''{77}''::smallint[], null::bigint[],'
            || ' null::timestamptz[], null::timestamptz[], null::timestamptz[], null::uuid[],'
            || ' null::timestamptz[], null::text[] $f$', v_args);
        end $do$
        """);

    var update = Samples.update(key, Guard.NONE, Samples.metadata("next"));
    assertThat(problem(apply(update)).kind()).isEqualTo(Problem.Kind.BROKEN);

    store.sql(
        "drop function longrunning.apply;"
            + " alter function longrunning.apply_kept rename to apply");
    assertThat(await(apply(update)).verdict()).isEqualTo(Answer.Verdict.APPLIED);
  }

  @Test
  void a_database_that_was_set_back_behind_a_write_begins_a_new_epoch() throws Exception {
    // As a feed does; but it has not seen the write that is lost.
    store.store.onDoorbell(() -> store.store.poll(Cursors.NONE, Selection.NONE));
    var key = Samples.freshKey();
    long first = await(apply(Samples.start(key))).version();
    long lost = await(apply(Samples.update(key, Guard.NONE, Samples.metadata("lost")))).version();
    store.sql("delete from longrunning.log where lane = " + key.lane() + " and rev > " + first);
    store.sql("update longrunning.op set version = " + first + " where key = '" + key.text() + "'");

    var next = await(apply(Samples.update(key, Guard.NONE, Samples.metadata("next"))));

    assertThat(next.version()).as("no version comes again").isGreaterThan(lost);
  }

  private Future<Answer> apply(Change change) {
    return store.store.apply(change, PATIENCE);
  }

  /** Repeats a change as its caller would, while the database is not yet back. */
  private Future<Answer> untilApplied(Change change) {
    return apply(change)
        .recover(
            failure ->
                failure instanceof Problem problem && problem.kind() == Problem.Kind.UNAVAILABLE
                    ? untilApplied(change)
                    : Future.failedFuture(failure));
  }

  private static Problem problem(Future<Answer> answer) throws Exception {
    try {
      await(answer);
      throw new AssertionError("answered");
    } catch (ExecutionException e) {
      return (Problem) e.getCause();
    }
  }
}
