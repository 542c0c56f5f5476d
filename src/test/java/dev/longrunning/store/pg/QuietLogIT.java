package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Samples;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Looks at the log that are not made, since they would find what the last one found. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class QuietLogIT {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private TestPostgres postgres;
  private StoreFixture store;
  private Connector.Session session;
  private PgConnection connection;
  private QuietLog quiet;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    store = StoreFixture.on(postgres.options());
    // Nothing else may take a transaction number while a test counts on silence.
    store.sql("alter system set autovacuum = off");
    store.sql("select pg_reload_conf()");
    session = await(store.connector.session());
    connection = session.connection();
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @BeforeEach
  void forget() {
    quiet = new QuietLog(true);
  }

  @Test
  void without_a_write_a_look_is_answered_by_the_last_one() throws Exception {
    write();
    var looked = look(Selection.NONE);

    var answer = ask(looked.heads()).orElseThrow();

    assertThat(answer.heads()).isEqualTo(looked.heads());
    assertThat(answer.epoch()).isEqualTo(looked.epoch());
    assertThat(answer.isCurrent()).isTrue();
    assertThat(answer.batches()).isEmpty();
    assertThat(answer.time()).isAfterOrEqualTo(looked.time());
  }

  @Test
  void a_look_in_a_transaction_answers_as_well() throws Exception {
    var looked = look(everything());

    assertThat(ask(looked.heads())).isPresent();
  }

  @Test
  void what_was_written_is_looked_for_though_nobody_rang() throws Exception {
    var looked = look(Selection.NONE);

    write();

    assertThat(ask(looked.heads())).isEmpty();
  }

  @Test
  void what_was_under_way_at_the_last_look_is_looked_for_once_it_is_there() throws Exception {
    var writer = store.connection();
    await(writer.query("begin; select pg_current_xact_id()").execute());
    var looked = look(Selection.NONE);
    assertThat(ask(looked.heads())).isPresent();

    await(writer.query("commit").execute());

    assertThat(ask(looked.heads())).isEmpty();
    await(writer.close());
  }

  @Test
  void who_stands_elsewhere_is_not_answered() throws Exception {
    look(Selection.NONE);

    assertThat(ask(Cursors.NONE)).isEmpty();
  }

  @Test
  void another_connection_is_not_answered() throws Exception {
    var looked = look(Selection.NONE);
    var other = store.connection();

    assertThat(await(quiet.ask(other, looked.heads()))).isEmpty();
    await(other.close());
  }

  @Test
  void behind_a_pooler_nothing_is_answered() throws Exception {
    quiet = new QuietLog(false);
    var looked = look(Selection.NONE);

    assertThat(ask(looked.heads())).isEmpty();
  }

  @Test
  void after_a_ring_nobody_is_asked_until_somebody_looked() throws Exception {
    var looked = look(Selection.NONE);

    quiet.ring();

    assertThat(ask(looked.heads())).isEmpty();
    assertThat(ask(looked.heads())).isEmpty();
    assertThat(ask(look(Selection.NONE).heads())).isPresent();
  }

  @Test
  void after_questions_in_vain_it_asks_less_often() throws Exception {
    var heads = look(Selection.NONE).heads();

    assertThat(questionsUntilAnswered(heads)).isEqualTo(1);
    assertThat(questionsUntilAnswered(heads)).isEqualTo(1);
    inVain(heads);
    assertThat(questionsUntilAnswered(heads)).isEqualTo(2);
    inVain(heads);
    quiet.ask(connection, heads);
    inVain(heads);
    assertThat(questionsUntilAnswered(heads)).isEqualTo(4);
  }

  /** Somebody writes something that is none of ours. */
  private void inVain(Cursors heads) throws Exception {
    store.sql("select pg_current_xact_id()");
    assertThat(ask(heads)).isEmpty();
    look(Selection.NONE);
  }

  private int questionsUntilAnswered(Cursors heads) throws Exception {
    int questions = 1;
    while (ask(heads).isEmpty()) {
      questions++;
    }
    return questions;
  }

  private void write() throws Exception {
    await(store.store.apply(Samples.start(Samples.freshKey()), PATIENCE));
  }

  private Optional<Poll> ask(Cursors cursors) throws Exception {
    return await(quiet.ask(connection, cursors));
  }

  /** A whole look from where the log ends, whatever was written before. */
  private Poll look(Selection selection) throws Exception {
    var poll = new LogPoll(connection, selection, ChangeLog.LANE_BATCHES_MAX);
    var heads = new LogPoll(connection, Selection.NONE, 1);
    var from =
        await(heads.read(Cursors.NONE, session.systemIdentifier(), new QuietLog(false))).heads();
    return await(poll.read(from, session.systemIdentifier(), quiet));
  }

  private static Selection everything() {
    return new Selection() {
      @Override
      public boolean isEmpty() {
        return false;
      }

      @Override
      public Collection<OperationKey> of(ChangeLog.Batch batch) {
        return batch.entries().stream().map(ChangeLog.Entry::key).toList();
      }
    };
  }
}
