package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Signal;
import dev.longrunning.operation.Transitions;
import dev.longrunning.operation.Transitions.Step;
import dev.longrunning.operation.Transitions.Stored;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.MemoryLane;
import dev.longrunning.store.Samples;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The database and {@link Transitions} judge alike, whatever a batch holds: random changes of few
 * operations, alone, among their like, and with others.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class AgreementIT {
  private static final int OPERATIONS = 12;
  private static final int BATCHES = 300;
  private static final int SEEDS = 3;

  private static final Set<Answer.Verdict> LOGGED =
      EnumSet.of(Answer.Verdict.APPLIED, Answer.Verdict.ADOPTED);

  /** Few, so that they meet again. */
  private static final List<UUID> IDS =
      List.of(new UUID(0, 1), new UUID(0, 2), new UUID(0, 3), new UUID(0, 4));

  private TestPostgres postgres;
  private StoreFixture store;
  private PgConnection connection;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    store = StoreFixture.on(postgres.options());
    connection = await(store.connector.open());
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @Test
  void batches_of_any_mixture_are_judged_as_their_changes_are_one_by_one() throws Exception {
    var met = EnumSet.noneOf(Answer.Verdict.class);
    for (long seed = 1; seed <= SEEDS; seed++) {
      agree(seed, met);
    }
    // Nothing is agreed upon that was never asked.
    assertThat(met).containsAll(EnumSet.complementOf(EnumSet.of(Answer.Verdict.EXPIRED)));
  }

  private void agree(long seed, Set<Answer.Verdict> met) throws Exception {
    var made = new Made(new Random(seed));
    var stored = new HashMap<OperationKey, Stored>();
    int lane = made.keys.get(0).lane();
    var nonce = store.nonce();
    long since = store.head(lane);
    var heads = await(store.store.poll(Cursors.NONE, Selection.NONE)).heads();
    for (int number = 1; number <= BATCHES; number++) {
      if (number % 10 == 0) {
        changeAhead(stored, made.keys.get(number / 10 % OPERATIONS));
      }
      var changes = made.changes(stored);
      var attempt =
          new Attempt(
              connection,
              lane,
              nonce,
              new UUID(1, seed),
              number,
              since,
              false,
              Instant.now().plusSeconds(60),
              changes);
      var row = swept(attempt);
      assertThat(row.getShort("refusal")).isNull();
      var at = Rows.present(row, "at");
      var answers = attempt.answers(row);
      var logged = new ArrayList<ChangeLog.Entry>();
      for (int i = 0; i < changes.size(); i++) {
        var change = changes.get(i);
        var before = stored.getOrDefault(change.key(), Stored.NOTHING);
        var step = Transitions.judge(before, change, at, row.getLong("revision"));
        assertThat(told(step, Objects.requireNonNull(answers.get(i))))
            .as("batch %s, change %s of %s, of %s", number, i, changes, before)
            .isEqualTo(told(step, step.answer()));
        stored.put(change.key(), step.after());
        met.add(step.answer().verdict());
        if (LOGGED.contains(step.answer().verdict())) {
          logged.add(MemoryLane.logged(change, before, step.after()));
        }
      }
      var poll = await(store.store.poll(heads, Selection.NONE));
      assertThat(poll.batches()).flatExtracting(ChangeLog.Batch::entries).isEqualTo(logged);
      heads = poll.heads();
    }

    for (var key : made.keys) {
      var reading = await(store.store.find(key));
      var expected = stored.getOrDefault(key, Stored.NOTHING);
      assertThat(reading.snapshot()).isEqualTo(expected.snapshot());
      assertThat(reading.tombstone()).isEqualTo(expected.tombstone());
    }
  }

  /** As if the clock had been an hour ahead when the operation was changed last. */
  private void changeAhead(Map<OperationKey, Stored> stored, OperationKey key) throws Exception {
    var before = stored.getOrDefault(key, Stored.NOTHING);
    store.sql(
        "update longrunning.op set update_time = update_time + interval '1 hour' where key = '"
            + key.text()
            + "'");
    stored.put(
        key,
        new Stored(
            await(store.store.find(key)).snapshot(),
            before.lease(),
            before.tombstone(),
            before.createRequest(),
            before.lastRequest(),
            before.rate()));
  }

  /** Sent while its lane was swept just now: leases run. */
  private Row swept(Attempt attempt) throws Exception {
    var begun = await(connection.begin());
    await(
        connection
            .preparedQuery(
                "update longrunning.sweep set at = clock_timestamp(), nonce = $1 where lane = $2")
            .execute(Tuple.of(attempt.nonce(), (short) attempt.lane())));
    var row = attempt.row();
    await(begun.commit());
    return row;
  }

  /** Of a refusal or a removal: verdict and version. */
  private static List<Object> told(Step step, Answer answer) {
    return answer.verdict().isRefusal() || step.after().snapshot() == null
        ? List.of(answer.verdict(), answer.version())
        : List.of(answer);
  }

  /** Random changes. */
  private static final class Made {
    private final Random random;
    private final List<OperationKey> keys = new ArrayList<>();
    private boolean onlyMetadata;

    Made(Random random) {
      this.random = random;
      keys.add(Samples.freshKey());
      while (keys.size() < OPERATIONS) {
        keys.add(Samples.freshKeyBeside(keys.get(0)));
      }
    }

    List<Change> changes(Map<OperationKey, Stored> stored) {
      var shuffled = new ArrayList<>(keys);
      Collections.shuffle(shuffled, random);
      boolean onlyUpdates = random.nextInt(3) == 0;
      onlyMetadata = flip();
      var changes = new ArrayList<Change>();
      for (var key : shuffled.subList(0, 1 + random.nextInt(OPERATIONS))) {
        var before = stored.getOrDefault(key, Stored.NOTHING);
        changes.add(onlyUpdates ? update(key, before) : change(key, before));
      }
      return changes;
    }

    private Change change(OperationKey key, Stored before) {
      return switch (random.nextInt(14)) {
        case 0, 1, 2, 3 -> start(key);
        case 4 ->
            new Change.Complete(
                key, guard(before), Outcome.RESPONSE, Samples.bytes("done"), contents());
        case 5 -> new Change.Cancel(key, Samples.bytes("cancelled"), Samples.bytes("lost"));
        case 6 -> new Change.Expire(key, Samples.bytes("aborted"), Samples.bytes("cancelled"));
        case 7 -> new Change.Delete(key);
        case 8 -> new Change.Purge(key);
        case 9 -> new Adopt(key, id(), token(), lasting(), flip());
        case 10 -> new Signal(key, flip() ? "pause" : "resume");
        default -> update(key, before);
      };
    }

    private Change start(OperationKey key) {
      var lease =
          flip() ? null : Samples.lease(token(), lasting(), flip() ? Duration.ZERO : lasting());
      var own = OperationName.collectionOf(key.name());
      var collection = random.nextInt(4) == 0 ? own + "/elsewhere/e" : own;
      return new Change.Start(key, collection, id(), contents(), Samples.RETENTION, lease);
    }

    private Change update(OperationKey key, Stored before) {
      var duration = random.nextInt(3) == 0 ? lasting() : null;
      return new Change.Update(key, guard(before), contents(), duration);
    }

    /** The right one, as a rule. */
    private Guard guard(Stored before) {
      var lease = before.lease();
      var token = random.nextInt(6) == 0 ? id() : lease == null ? null : lease.token();
      var snapshot = before.snapshot();
      long version = snapshot == null || random.nextInt(3) > 0 ? 0 : snapshot.version();
      return new Guard(id(), token, random.nextInt(8) == 0 ? 7 : version);
    }

    private Contents contents() {
      boolean metadata = flip();
      boolean progress = !onlyMetadata && flip();
      boolean labels = !onlyMetadata && flip();
      return new Contents(
          metadata,
          metadata && flip() ? Samples.bytes("state " + random.nextInt()) : null,
          progress,
          progress && flip() ? progress() : null,
          labels,
          labels && flip() ? Map.of("a", "" + random.nextInt(3)) : Map.of());
    }

    private Progress progress() {
      long done = random.nextInt(100);
      return new Progress(
          done, flip() ? 0 : done + random.nextInt(50), flip() ? "rows" : "bytes", "m", null);
    }

    /** Over at once, or not during this test. */
    private Duration lasting() {
      return flip() ? Duration.ofNanos(1_000) : Duration.ofMinutes(5);
    }

    private @Nullable UUID id() {
      return random.nextInt(4) == 0 ? null : token();
    }

    private UUID token() {
      return IDS.get(random.nextInt(IDS.size()));
    }

    private boolean flip() {
      return random.nextBoolean();
    }
  }
}
