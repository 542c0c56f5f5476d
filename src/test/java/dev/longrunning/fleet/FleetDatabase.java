package dev.longrunning.fleet;

import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.store.pg.TestProxy;
import dev.longrunning.testing.Calls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL at one of two places, each also behind a proxy; a standby takes its place, and the
 * next one is made at the other.
 */
final class FleetDatabase implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;
  private static final String SETTINGS = "wal_keep_size = '512MB'";

  private final Vertx vertx;
  private final List<TestProxy> proxies = new ArrayList<>();
  private TestPostgres primary;
  private TestPostgres standby;
  private int free;

  FleetDatabase(Vertx vertx) throws Exception {
    this.vertx = vertx;
    this.primary = TestPostgres.startAt(TestPostgres.freePort(), TestPostgres.bundled(), SETTINGS);
    this.free = TestPostgres.freePort();
    for (int port : List.of(primary.port(), free)) {
      proxies.add(TestProxy.before(vertx, new PgConnectOptions(primary.options()).setPort(port)));
    }
  }

  /** Both places, as a server takes them. */
  String url() {
    return url(primary.port(), free);
  }

  /** Both places, behind the proxies. */
  String urlBehindProxies() {
    return url(proxies.get(0).port(), proxies.get(1).port());
  }

  private static String url(int one, int other) {
    return "postgres://postgres@127.0.0.1:"
        + one
        + ",127.0.0.1:"
        + other
        + "/postgres"
        + "?sslmode=disable";
  }

  /** Stops it, INT fast or QUIT at once, and starts it again. */
  void restart(String signal) throws Exception {
    primary.stop(signal);
    primary.launch();
  }

  /** Ends the connections on which servers listen for each other, once there are some. */
  void hangUpDoorbells() throws Exception {
    // After another fault they may have none yet.
    awaitTrue(
        primary,
        """
        select count(pg_terminate_backend(pid)) > 0
          from pg_stat_activity
         where (query like 'listen %' or query like '%pg_notify%') and pid <> pg_backend_pid()
        """);
  }

  /** Whether nothing is to be purged soon. */
  boolean hasNothingToPurge() throws Exception {
    String soon =
        "select count(*) = 0 from longrunning.op where expire_time < now() + interval '1 day'";
    return sql(soon).iterator().next().getBoolean(0);
  }

  /** Lets nothing through the proxies any more, or cuts what there was and is as before. */
  void blackhole(boolean on) {
    for (var proxy : proxies) {
      if (!on) {
        proxy.cut();
      }
      proxy.silence(on);
    }
  }

  /** Makes a standby that follows. */
  void prepareStandby() throws Exception {
    var connection = connect(primary);
    await(connection.query("select pg_backup_start('fleet', true)").execute());
    standby = TestPostgres.copyOf(primary, free);
    var stopped = await(connection.query("select labelfile from pg_backup_stop(false)").execute());
    connection.close();
    standby.follow(primary, stopped.iterator().next().getString(0));
  }

  /** Waits until the standby has what is there now; some time later it gets no more. */
  void holdStandbyBack() throws Exception {
    String here = sql("select pg_current_wal_lsn()::text").iterator().next().getString(0);
    awaitTrue(standby, "select pg_last_wal_replay_lsn() >= '" + here + "'::pg_lsn");
    sql(standby, "alter system set primary_conninfo = ''");
    sql(standby, "select pg_reload_conf()");
    awaitTrue(standby, "select count(*) = 0 from pg_stat_wal_receiver");
  }

  /** The primary is gone at once, for good. */
  void losePrimary() throws Exception {
    primary.stop("QUIT");
    free = primary.port();
    primary.close();
  }

  /** The standby takes its place; what it lacks is lost. */
  void promoteStandby() throws Exception {
    sql(standby, "select pg_promote(true, 60)");
    awaitTrue(standby, "select not pg_is_in_recovery()");
    primary = standby;
    standby = null;
  }

  private void awaitTrue(TestPostgres where, String question) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Boolean.TRUE.equals(sql(where, question).iterator().next().getBoolean(0))) {
      if (System.nanoTime() > until) {
        throw new AssertionError("never: " + question);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  RowSet<Row> sql(String statement) throws Exception {
    return sql(primary, statement);
  }

  private RowSet<Row> sql(TestPostgres where, String statement) throws Exception {
    var connection = connect(where);
    try {
      return await(connection.query(statement).execute());
    } finally {
      connection.close();
    }
  }

  private PgConnection connect(TestPostgres where) throws Exception {
    return await(PgConnection.connect(vertx, where.options()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return Calls.await(future, PATIENCE_SECONDS);
  }

  @Override
  public void close() throws Exception {
    if (standby != null) {
      standby.close();
    }
    primary.close();
  }
}
