package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.Attempt.APPLIED_EARLIER;
import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Samples;
import dev.longrunning.store.pg.Attempt.Judged;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What makes a batch apply once, in one history: the rules that {@code longrunning.apply} judges
 * by, each with the attempts that would break it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class ApplyRulesIT {
  private static final int OTHER_HISTORY = -1;
  private static final int TOO_LATE = -2;
  private static final int OVERTAKEN = -3;
  private static final int APPLIED = 0;
  private static final int RENEWED = 1;
  private static final int ADOPTED = 4;
  private static final int NOT_JUDGED = 101;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final UUID writer = UUID.randomUUID();
  private long sequence = 1;
  private TestPostgres postgres;
  private StoreFixture store;
  private PgConnection connection;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    store = StoreFixture.on(postgres.options());
    connection = store.connection();
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @Test
  void a_batch_that_was_applied_is_answered_from_the_log_when_it_comes_again() throws Exception {
    var key = Samples.freshKey();
    var first = attempt(key.lane(), Samples.start(key));
    long applied = first.send().get(0).version();

    var again = first.retry().send();

    assertThat(again).containsExactly(new Judged(1, APPLIED_EARLIER, applied));
    assertThat(store.head(key.lane())).isEqualTo(applied);
  }

  @Test
  void rows_that_an_earlier_attempt_refused_are_to_be_judged_again() throws Exception {
    var key = Samples.freshKey();
    var other = Samples.freshKeyBeside(key);
    var batch = attempt(key.lane(), Samples.start(key), Samples.update(other, none(), metadata()));
    long applied = batch.send().get(0).version();

    assertThat(batch.retry().send())
        .containsExactly(
            new Judged(1, APPLIED_EARLIER, applied), new Judged(2, NOT_JUDGED, applied));
  }

  @Test
  void a_refused_retry_leaves_a_trace_that_refuses_its_late_first_attempt() throws Exception {
    var key = Samples.freshKey();
    // The first attempt is on its way for long; its retry finds nothing to change.
    var late = attempt(key.lane(), Samples.update(key, none(), metadata()));
    assertThat(late.retry().send()).extracting(Judged::verdict).containsExactly(10);
    // Another writer's: a later batch of this one would refuse the late attempt by itself.
    attempt(key.lane(), Samples.start(key)).writer(UUID.randomUUID()).send();

    assertThat(late.send()).extracting(Judged::verdict).doesNotContain(APPLIED);
    assertThat(state(key)).isEqualTo("first");
  }

  @Test
  void a_batch_is_refused_once_a_later_one_of_its_writer_was_applied() throws Exception {
    var key = Samples.freshKey();
    attempt(key.lane(), Samples.start(key)).send();
    var late = attempt(key.lane(), Samples.update(key, none(), metadata()));
    var later = attempt(key.lane(), Samples.start(Samples.freshKeyBeside(key)));
    later.send();

    assertThat(late.send()).extracting(Judged::verdict).containsExactly(OVERTAKEN);
    assertThat(state(key)).isEqualTo("first");
  }

  @Test
  void after_its_time_a_batch_is_refused_but_one_that_was_applied_is_still_answered()
      throws Exception {
    var key = Samples.freshKey();
    var batch = attempt(key.lane(), Samples.start(key));
    batch.send();
    var past = Instant.now().minusSeconds(60);

    assertThat(batch.notAfter(past).retry().send())
        .extracting(Judged::verdict)
        .containsExactly(APPLIED_EARLIER);
    var fresh = attempt(key.lane(), Samples.update(key, none(), metadata())).notAfter(past);
    assertThat(fresh.send()).extracting(Judged::verdict).containsExactly(TOO_LATE);
    assertThat(state(key)).isEqualTo("first");
  }

  @Test
  void a_batch_of_an_older_epoch_is_refused_on_a_connection_that_outlived_it() throws Exception {
    var key = Samples.freshKey();
    attempt(key.lane(), Samples.start(key)).send();
    var old = attempt(key.lane(), Samples.update(key, none(), metadata()));
    openEpoch();

    assertThat(old.send()).extracting(Judged::verdict).containsExactly(OTHER_HISTORY);
    // With the new nonce and its old "since" the same batch is applied.
    assertThat(old.nonce(store.nonce()).retry().send())
        .extracting(Judged::verdict)
        .containsExactly(APPLIED);
  }

  @Test
  void nothing_is_applied_on_a_timeline_that_has_no_epoch_yet() throws Exception {
    var key = Samples.freshKey();
    var batch = attempt(key.lane(), Samples.start(key));
    store.sql("update longrunning.epoch set timeline = '000000FF'");
    try {
      assertThat(batch.send()).extracting(Judged::verdict).containsExactly(OTHER_HISTORY);
    } finally {
      openEpoch();
    }
  }

  @Test
  void a_writer_that_knows_more_than_the_database_has_is_refused() throws Exception {
    var key = Samples.freshKey();
    var ahead = attempt(key.lane(), Samples.start(key)).since(store.head(key.lane()) + 1);

    assertThat(ahead.send()).extracting(Judged::verdict).containsExactly(OTHER_HISTORY);
  }

  @Test
  void a_cancellation_does_not_make_a_repeated_update_a_new_one() throws Exception {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    var lease = Samples.lease(token, Duration.ofMinutes(5), Duration.ZERO);
    attempt(key.lane(), Samples.start(key, UUID.randomUUID(), lease)).send();
    var guard = new Guard(UUID.randomUUID(), token, 0);
    var update = Samples.update(key, guard, metadata());
    attempt(key.lane(), update).send();
    var cancel = new Change.Cancel(key, Samples.bytes("c"), Samples.bytes("l"));
    long cancelled = attempt(key.lane(), cancel).send().get(0).version();

    assertThat(attempt(key.lane(), update).send()).containsExactly(new Judged(1, 2, cancelled));
  }

  @Test
  void a_lease_is_shown_only_to_the_request_that_obtained_it() throws Exception {
    var key = Samples.freshKey();
    var lease = Samples.lease(UUID.randomUUID(), Duration.ofMinutes(5), Duration.ZERO);
    var start = Samples.start(key, UUID.randomUUID(), lease);
    await(store.store.apply(start, PATIENCE));
    assertThat(await(store.store.apply(start, PATIENCE)).lease()).isNotNull();

    // As an adoption leaves it: the lease is another producer's now.
    store.sql(
        "update longrunning.lease set request = gen_random_uuid(), token = gen_random_uuid()"
            + " where key = '"
            + key.text()
            + "'");

    assertThat(await(store.store.apply(start, PATIENCE)).lease()).isNull();
  }

  @Test
  void a_late_attempt_of_an_adoption_does_not_take_the_lease_again() throws Exception {
    var key = Samples.freshKey();
    attempt(key.lane(), Samples.start(key)).send();
    // Adopted, but the answer is lost; then somebody else adopts, by another server.
    var first = attempt(key.lane(), adopt(key, UUID.randomUUID()));
    first.send();
    var second = adopt(key, UUID.randomUUID());
    attempt(key.lane(), second).writer(UUID.randomUUID()).send();

    assertThat(first.retry().send()).extracting(Judged::verdict).containsExactly(APPLIED_EARLIER);
    assertThat(leaseToken(key)).isEqualTo(second.token());
  }

  @Test
  void an_adoption_takes_a_revision_and_leaves_the_version() throws Exception {
    var key = Samples.freshKey();
    long started = attempt(key.lane(), Samples.start(key)).send().get(0).version();

    var judged = attempt(key.lane(), adopt(key, UUID.randomUUID())).send();

    assertThat(judged).containsExactly(new Judged(1, ADOPTED, started));
    assertThat(store.head(key.lane())).isEqualTo(started + 1);
    assertThat(row(key)).contains(Long.toString(started));
  }

  @Test
  void an_adoption_found_in_the_log_is_answered_with_its_lease_and_no_version() throws Exception {
    var key = Samples.freshKey();
    attempt(key.lane(), Samples.start(key)).send();
    var adopt = adopt(key, UUID.randomUUID());
    var adoption = attempt(key.lane(), adopt);
    adoption.send();

    var retry = adoption.retry();
    var answer = Objects.requireNonNull(retry.answers(retry.row()).get(0));

    assertThat(answer.verdict()).isEqualTo(Verdict.ADOPTED);
    assertThat(answer.version()).isEqualTo(Answer.UNKNOWN);
    var lease = Objects.requireNonNull(answer.lease());
    assertThat(lease.token()).isEqualTo(adopt.token());
    assertThat(lease.expireTime()).isEqualTo(answer.time().plus(adopt.duration()));
  }

  @Test
  void a_bare_renewal_writes_a_lease_and_nothing_else() throws Exception {
    var key = Samples.freshKey();
    var token = UUID.randomUUID();
    var lease = Samples.lease(token, Duration.ofMinutes(5), Duration.ZERO);
    attempt(key.lane(), Samples.start(key, UUID.randomUUID(), lease)).send();
    var row = row(key);
    long logged = count("longrunning.log");
    long head = store.head(key.lane());

    for (int i = 0; i < 5; i++) {
      assertThat(attempt(key.lane(), Samples.renewal(key, token)).send())
          .extracting(Judged::verdict)
          .containsExactly(RENEWED);
    }

    assertThat(count("longrunning.log")).isEqualTo(logged);
    assertThat(store.head(key.lane())).isEqualTo(head);
    assertThat(row(key)).as("the very row, not another version of it").isEqualTo(row);
  }

  private static Adopt adopt(OperationKey key, UUID request) {
    return new Adopt(key, request, UUID.randomUUID(), Duration.ofMinutes(5), true);
  }

  private UUID leaseToken(OperationKey key) throws Exception {
    return store
        .sql("select token from longrunning.lease where key = '" + key.text() + "'")
        .iterator()
        .next()
        .getUUID(0);
  }

  /** Where the operation's row is, who wrote it, and its version. */
  private String row(OperationKey key) throws Exception {
    return store
        .sql(
            "select format('%s %s %s', ctid, xmin, version) from longrunning.op where key = '"
                + key.text()
                + "'")
        .iterator()
        .next()
        .getString(0);
  }

  private long count(String table) throws Exception {
    return store.sql("select count(*) from " + table).iterator().next().getLong(0);
  }

  @Test
  void of_many_batches_at_once_each_takes_a_revision_of_its_own() throws Exception {
    var keys = new ArrayList<OperationKey>(List.of(Samples.freshKey()));
    while (keys.size() < 12) {
      keys.add(Samples.freshKeyBeside(keys.get(0)));
    }
    int lane = keys.get(0).lane();
    var blocker = store.connection();
    await(blocker.query("begin").execute());
    await(
        blocker
            .query("select 1 from longrunning.lane where lane = " + lane + " for no key update")
            .execute());
    // All of them wait for the lane at the same time.
    var waiting = new ArrayList<Future<List<Judged>>>();
    for (var key : keys) {
      var attempt = attempt(lane, Samples.start(key)).writer(UUID.randomUUID());
      waiting.add(attempt.sendOn(store.connection()));
    }
    waitForLocks(keys.size());
    long before = store.head(lane);
    await(blocker.query("commit").execute());

    var versions = new ArrayList<Long>();
    for (var answer : waiting) {
      versions.add(await(answer).get(0).version());
    }
    assertThat(versions).doesNotHaveDuplicates().allMatch(version -> version > before);
    assertThat(store.head(lane)).isEqualTo(before + keys.size());
  }

  @Test
  void the_time_of_a_change_is_not_before_the_wait_for_its_turn() throws Exception {
    var key = Samples.freshKey();
    var blocker = store.connection();
    await(blocker.query("begin").execute());
    await(
        blocker
            .query("select 1 from longrunning.lane where lane = " + key.lane() + " for update")
            .execute());
    var waiting = attempt(key.lane(), Samples.start(key)).sendOn(store.connection());
    waitForLocks(1);
    var turn =
        await(blocker.query("select clock_timestamp() as t").execute())
            .iterator()
            .next()
            .getOffsetDateTime("t");
    await(blocker.query("commit").execute());
    await(waiting);

    var created =
        store
            .sql("select create_time from longrunning.op where key = '" + key.text() + "'")
            .iterator()
            .next()
            .getOffsetDateTime(0);
    assertThat(created).isAfterOrEqualTo(turn);
  }

  private Attempt attempt(int lane, Change... changes) throws Exception {
    return new Attempt(
        connection,
        lane,
        store.nonce(),
        writer,
        sequence++,
        store.head(lane),
        false,
        Instant.now().plusSeconds(60),
        List.of(changes));
  }

  private static Guard none() {
    return Guard.NONE;
  }

  private static Contents metadata() {
    return Samples.metadata("second");
  }

  private void openEpoch() throws Exception {
    store.sql("select longrunning.open_epoch('" + store.nonce() + "', 0)");
  }

  private String state(OperationKey key) throws Exception {
    return store
        .sql(
            "select convert_from(metadata, 'UTF8') from longrunning.op where key = '"
                + key.text()
                + "'")
        .iterator()
        .next()
        .getString(0);
  }

  private void waitForLocks(int count) throws Exception {
    for (int i = 0; i < 400; i++) {
      long waiting =
          store
              .sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
              .iterator()
              .next()
              .getLong(0);
      if (waiting >= count) {
        return;
      }
      Thread.sleep(25);
    }
    throw new AssertionError("the batches do not wait for their lane");
  }
}
