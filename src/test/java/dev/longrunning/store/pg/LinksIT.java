package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.store.Samples;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections whose server, or whose client, is there no longer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(90)
final class LinksIT {
  private static final Duration LIMIT = Duration.ofMillis(1_900);

  private TestPostgres postgres;
  private StoreFixture store;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    store = StoreFixture.on(postgres.options());
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @Test
  void a_host_that_accepts_and_says_nothing_does_not_hide_the_next_one() throws Exception {
    try (var frozen = TestProxy.before(store.vertx, postgres.options())) {
      frozen.silence(true);
      var connector = new Connector(store.vertx, List.of(frozen.options(), postgres.options()));

      var connection = await(connector.open());

      assertThat(ask(connection, "select 1")).isNotNull();
      await(connection.close());
    }
  }

  @Test
  void a_connection_that_was_refused_tls_is_not_left_open() throws Exception {
    try (var proxy = TestProxy.before(store.vertx, postgres.options())) {
      var options = proxy.options().setSslMode(SslMode.PREFER);

      var connection = await(new Connector(store.vertx, List.of(options)).open());

      await(proxy.firstEnd());
      assertThat(ask(connection, "select 1")).isNotNull();
      await(connection.close());
    }
  }

  @Test
  void what_is_being_opened_ends_with_its_connector() throws Exception {
    try (var frozen = TestProxy.before(store.vertx, postgres.options())) {
      frozen.silence(true);
      var connector = new Connector(store.vertx, List.of(frozen.options()));
      var opening = connector.open();

      connector.close();

      // Not because its time was over.
      assertThatThrownBy(() -> await(opening))
          .hasCauseInstanceOf(Exception.class)
          .cause()
          .isNotInstanceOf(TimeoutException.class);
      assertThatThrownBy(() -> await(connector.open()))
          .cause()
          .isNotInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void as_many_are_abandoned_as_may_be_open_and_silent_ones_make_room_in_the_end()
      throws Exception {
    try (var proxy = TestProxy.before(store.vertx, postgres.options())) {
      var connector = new Connector(store.vertx, List.of(proxy.options()));
      var opened = new AtomicInteger();
      var links =
          links(2, () -> connector.open().onSuccess(connection -> opened.incrementAndGet()));
      await(run(links, "select 1", LIMIT));
      proxy.silence(true);
      var lost = new ArrayList<Future<?>>();
      for (int i = 0; i < 8; i++) {
        lost.add(run(links, "select 1", LIMIT));
      }
      for (var each : lost) {
        assertThatThrownBy(() -> await(each)).isInstanceOf(ExecutionException.class);
      }
      assertThat(opened.get()).isLessThanOrEqualTo(4);

      proxy.silence(false);

      assertThat(await(untilSuccess(() -> run(links, "select 1", LIMIT)))).isNotNull();
      await(close(links));
    }
  }

  @Test
  void a_caller_in_a_hurry_costs_no_connection() throws Exception {
    var opened = new AtomicInteger();
    var links =
        links(1, () -> store.connector.open().onSuccess(connection -> opened.incrementAndGet()));
    await(run(links, "select 1", LIMIT));

    var hurried = run(links, "select pg_sleep(0.3)", Duration.ofMillis(20));
    assertThatThrownBy(() -> await(hurried)).isInstanceOf(ExecutionException.class);

    await(run(links, "select 1", LIMIT));
    assertThat(opened).hasValue(1);
    await(close(links));
  }

  @Test
  void a_client_that_is_lost_between_its_messages_does_not_keep_a_lane() throws Exception {
    var key = Samples.freshKey();
    await(store.store.apply(Samples.start(key), Duration.ofSeconds(2)));
    // As far as the server can tell, more is to come.
    var lost = await(store.connector.open());
    ask(lost, "begin");
    ask(lost, "select 1 from longrunning.lane where lane = " + key.lane() + " for no key update");

    var update = Samples.update(key, Guard.NONE, Samples.metadata("next"));
    var answer = untilSuccess(() -> store.store.apply(update, Duration.ofSeconds(2)));

    assertThat(await(answer).verdict()).isEqualTo(Answer.Verdict.APPLIED);
  }

  private Links links(int size, Supplier<Future<PgConnection>> connector) throws Exception {
    return StoreFixture.onLoop(
        store.vertx,
        () ->
            new Links(
                store.vertx,
                "test",
                size,
                connector,
                new StoreMetrics(new Metrics(System::nanoTime))));
  }

  /** On the loop of the links, as they are confined to it. */
  private Future<RowSet<Row>> run(Links links, String sql, Duration limit) {
    return Future.future(
        promise ->
            links
                .context()
                .runOnContext(
                    now ->
                        links
                            .run(limit, connection -> connection.query(sql).execute())
                            .onComplete(promise)));
  }

  private Future<Void> close(Links links) {
    return Future.future(
        promise -> links.context().runOnContext(now -> links.close().onComplete(promise)));
  }

  private static <T> Future<T> untilSuccess(Supplier<Future<T>> work) {
    return work.get().recover(failure -> untilSuccess(work));
  }

  private static RowSet<Row> ask(PgConnection connection, String sql) throws Exception {
    return await(connection.query(sql).execute());
  }
}
