package dev.longrunning.store.pg;

import dev.longrunning.observe.Metrics;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A store on a database of its own, migrated and in step, as a server would have it. */
final class StoreFixture implements AutoCloseable {
  final Vertx vertx;
  final Connector connector;
  final PgStore store;
  private final PgConnectOptions options;
  private final boolean ownsVertx;

  private StoreFixture(Vertx vertx, PgConnectOptions options, boolean ownsVertx) throws Exception {
    this.vertx = vertx;
    this.options = options;
    this.ownsVertx = ownsVertx;
    this.connector = new Connector(vertx, List.of(options));
    await(new Migrations(connector).run());
    this.store =
        onLoop(
            vertx,
            () ->
                new PgStore(
                    vertx, connector, PgStore.Settings.DEFAULT, new Metrics(System::nanoTime)));
    await(store.poll(Cursors.NONE, Selection.NONE));
  }

  static StoreFixture on(PgConnectOptions options) throws Exception {
    return new StoreFixture(Vertx.vertx(), options, true);
  }

  /** Another replica's store on the same database. */
  StoreFixture replica() throws Exception {
    return new StoreFixture(vertx, options, false);
  }

  /** As {@link #replica}, on event loops of its own: one of ours may wait for it. */
  StoreFixture elsewhere() throws Exception {
    return new StoreFixture(Vertx.vertx(), options, true);
  }

  /** Runs statements past the store. */
  RowSet<Row> sql(String sql) throws Exception {
    return await(
        connector
            .open()
            .compose(
                connection ->
                    connection.query(sql).execute().eventually(() -> connection.close())));
  }

  /** The newest revision of a lane. */
  long head(int lane) throws Exception {
    return sql("select max(rev) from longrunning.log where lane = " + lane)
        .iterator()
        .next()
        .getLong(0);
  }

  /** Of the newest epoch. */
  UUID nonce() throws Exception {
    return sql("select nonce from longrunning.epoch order by number desc limit 1")
        .iterator()
        .next()
        .getUUID(0);
  }

  PgConnection connection() throws Exception {
    return await(PgConnection.connect(vertx, options));
  }

  static <T> T onLoop(Vertx vertx, Callable<T> work) throws Exception {
    return await(Future.<T>future(p -> vertx.runOnContext(now -> run(work, p))));
  }

  private static <T> void run(Callable<T> work, io.vertx.core.Promise<T> promise) {
    try {
      promise.complete(work.call());
    } catch (Exception e) {
      promise.fail(e);
    }
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    await(store.close());
    if (ownsVertx) {
      await(vertx.close());
    }
  }
}
