package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** How the schema comes to be, and when a server refuses it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class MigrationsIT {
  private final Vertx vertx = Vertx.vertx();
  private TestPostgres postgres;
  private Connector connector;
  private PgConnection connection;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    connector = new Connector(vertx, List.of(postgres.options()));
    connection = await(PgConnection.connect(vertx, postgres.options()));
  }

  @BeforeEach
  void forget() throws Exception {
    sql("set client_min_messages = warning; drop schema if exists longrunning cascade");
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close());
    postgres.close();
  }

  @Test
  void of_replicas_that_start_at_once_one_migrates_and_all_start() throws Exception {
    var starts = new ArrayList<Future<Void>>();
    for (int i = 0; i < 6; i++) {
      starts.add(new Migrations(connector).run());
    }

    for (var start : starts) {
      await(start);
    }
    assertThat(count("longrunning.migration")).isEqualTo(Migrations.STEPS.size());
    assertThat(count("longrunning.epoch")).isEqualTo(1);
  }

  @Test
  void what_could_not_be_reached_ahead_of_time_is_reached_when_it_is_needed() throws Exception {
    try (var proxy = TestProxy.before(vertx, postgres.options())) {
      proxy.silence(true);
      var behind = new Connector(vertx, List.of(proxy.options()));
      var migrations = new Migrations(behind);
      migrations.reach();
      // Begun later, and over: so is the one before.
      assertThatThrownBy(() -> await(behind.open())).isInstanceOf(ExecutionException.class);
      proxy.silence(false);

      await(migrations.run());

      assertThat(count("longrunning.migration")).isEqualTo(Migrations.STEPS.size());
    }
  }

  @Test
  void to_reach_the_database_changes_nothing_in_it() throws Exception {
    var migrations = new Migrations(connector);

    migrations.reach();
    await(connector.open().compose(PgConnection::close));
    migrations.close();

    assertThat(count("pg_namespace where nspname = 'longrunning'")).isZero();
  }

  @Test
  void a_migration_of_another_replica_is_waited_for_longer_than_a_statement_may_take()
      throws Exception {
    await(connection.query("begin").execute());
    await(connection.query(Statements.MIGRATION_LOCK).execute());
    var waiting = new Migrations(connector).run();
    // Longer than the timeouts of statements and transactions.
    sql("select pg_sleep(7)");
    assertThat(waiting.isComplete()).isFalse();
    sql("commit");

    await(waiting);

    assertThat(count("longrunning.migration")).isEqualTo(Migrations.STEPS.size());
  }

  @Test
  void a_schema_that_is_newer_than_the_server_is_refused_and_left_alone() throws Exception {
    await(new Migrations(connector).run());
    int next = Migrations.STEPS.size() + 1;
    sql(
        "insert into longrunning.migration (version, name, checksum) values ("
            + next
            + ", 'x', 1)");

    assertThatThrownBy(() -> await(new Migrations(connector).run()))
        .hasRootCauseInstanceOf(Migrations.SchemaMismatch.class)
        .hasRootCauseMessage(
            "the database has schema version 3, this server knows only 2: start a newer server");
    assertThat(count("longrunning.migration")).isEqualTo(next);
  }

  @Test
  void a_step_that_was_edited_after_its_release_is_refused() throws Exception {
    await(new Migrations(connector).run());
    sql("update longrunning.migration set checksum = checksum + 1 where version = 1");

    assertThatThrownBy(() -> await(new Migrations(connector).run()))
        .hasRootCauseMessage("schema step V001__operations.sql was applied with another content");
  }

  private long count(String table) throws Exception {
    return await(connection.query("select count(*) from " + table).execute())
        .iterator()
        .next()
        .getLong(0);
  }

  private void sql(String sql) throws Exception {
    await(connection.query(sql).execute());
  }
}
