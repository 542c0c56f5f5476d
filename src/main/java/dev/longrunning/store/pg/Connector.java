package dev.longrunning.store.pg;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.internal.SqlConnectionBase;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens connections to the server that writes: the first of the hosts that is not a standby.
 *
 * <p><b>Promise.</b> A connection plans once and by index, gives statements up that nobody waits
 * for, and ends when its client has gone. Behind a transaction pooler the same settings belong to
 * the role ({@link #SESSION_SETTINGS}), since a pooler refuses or forgets them. From {@link #close}
 * on, nothing is being opened.
 *
 * <p><b>Threads.</b> Any event loop; a connection belongs to the one it was opened on.
 *
 * <p><b>Bounds.</b> As many attempts at a time as its callers make.
 */
public final class Connector {
  /** Longer than any caller waits, so that what a lost client left behind ends by itself. */
  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(5);

  private static final int CONNECT_MILLIS = 2_000;

  /** A server may accept a connection and then say nothing: one that hangs, or a pooler's. */
  private static final int OPEN_MILLIS = 3_000;

  private static final int USER_TIMEOUT_MILLIS = 10_000;

  /**
   * Plans made while a table was empty must still be right when it has grown, and planning costs
   * more than running. With sequential scans off, costs are absurd and would start the JIT.
   */
  static final Map<String, String> SESSION_SETTINGS =
      Map.ofEntries(
          Map.entry("client_min_messages", "warning"),
          Map.entry("plan_cache_mode", "force_generic_plan"),
          Map.entry("enable_seqscan", "off"),
          Map.entry("enable_hashjoin", "off"),
          Map.entry("enable_mergejoin", "off"),
          Map.entry("enable_bitmapscan", "off"),
          Map.entry("jit", "off"),
          Map.entry("statement_timeout", STATEMENT_TIMEOUT.toSeconds() + "s"),
          Map.entry("client_connection_check_interval", "1s"),
          // Where a client is lost between its messages, only these end what it holds.
          Map.entry("tcp_keepalives_idle", "10"),
          Map.entry("tcp_keepalives_interval", "5"),
          Map.entry("tcp_keepalives_count", "2"),
          Map.entry("tcp_user_timeout", "10s"),
          Map.entry("default_transaction_isolation", "read committed"));

  private final Vertx vertx;
  private final List<PgConnectOptions> hosts;
  private final Set<ConnectionFactory<?>> opening = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  public Connector(Vertx vertx, List<PgConnectOptions> hosts) {
    this.vertx = vertx;
    this.hosts = hosts.stream().map(Connector::completed).toList();
  }

  /** An open connection and the cluster that it leads to. */
  record Session(PgConnection connection, long systemIdentifier) {}

  /** Whether a transaction pooler stands between: no settings, no LISTEN. */
  boolean isPooled() {
    return hosts.get(0).getUseLayer7Proxy();
  }

  Future<PgConnection> open() {
    return session().map(Session::connection);
  }

  Future<Session> session() {
    return from(0);
  }

  private Future<Session> from(int host) {
    var attempt = attempt(hosts.get(host));
    return host + 1 == hosts.size() ? attempt : attempt.recover(failure -> from(host + 1));
  }

  /**
   * Opens one as its mode says. {@code prefer} takes two attempts: the driver's own leaves open
   * what was refused TLS, and the server waits a minute for it to say more.
   */
  private Future<Session> attempt(PgConnectOptions host) {
    if (host.getSslMode() != SslMode.PREFER) {
      return open(host);
    }
    return open(with(host, SslMode.REQUIRE))
        .recover(
            failure ->
                failure instanceof TimeoutException || failure instanceof StandbyFound
                    ? Future.failedFuture(failure)
                    : open(with(host, SslMode.DISABLE)));
  }

  private static PgConnectOptions with(PgConnectOptions host, SslMode mode) {
    return completed(host).setSslMode(mode);
  }

  private Future<Session> open(PgConnectOptions host) {
    // The driver itself, since only it takes options of the socket. One for each connection, since
    // closing it is the only way to end one that does not answer.
    var driver = PgDriver.INSTANCE.createConnectionFactory(vertx, socketOptions());
    opening.add(driver);
    // Asked only now: who closes meanwhile finds it among those that are being opened.
    if (closed) {
      driver.close(Promise.promise());
    }
    return driver
        .connect(vertx.getOrCreateContext(), host)
        .recover(failure -> Future.failedFuture(DatabaseTls.explained(failure, host.getSslMode())))
        .map(PgConnection.class::cast)
        .compose(this::limited)
        .compose(Connector::checked)
        .timeout(OPEN_MILLIS, TimeUnit.MILLISECONDS)
        .onFailure(failure -> driver.close(Promise.promise()))
        .onComplete(done -> opening.remove(driver));
  }

  /** Ends what is being opened; one that is half open would hold up the end of the event loops. */
  public void close() {
    closed = true;
    opening.forEach(driver -> driver.close(Promise.promise()));
  }

  /** Ends the connection at once, without waiting for the statement under way as closing does. */
  static void cut(PgConnection connection) {
    ((SqlConnectionBase<?>) connection).factory().close(Promise.promise());
  }

  private Future<PgConnection> limited(PgConnection connection) {
    return isPooled()
        ? Future.succeededFuture(connection)
        : connection.query(Statements.SESSION_LIMIT).execute().map(connection);
  }

  private static Future<Session> checked(PgConnection connection) {
    return connection
        .query(Statements.SYSTEM_READ)
        .execute()
        .map(rows -> rows.iterator().next())
        .compose(
            row ->
                row.getBoolean("standby")
                    ? Future.<Session>failedFuture(new StandbyFound())
                    : Future.succeededFuture(
                        new Session(connection, row.getLong("system_identifier"))));
  }

  private static NetClientOptions socketOptions() {
    var options = new NetClientOptions();
    options.setConnectTimeout(CONNECT_MILLIS);
    options.setTcpNoDelay(true);
    options.setTcpKeepAlive(true);
    options.setTcpUserTimeout(USER_TIMEOUT_MILLIS);
    return options;
  }

  private static PgConnectOptions completed(PgConnectOptions given) {
    var options = new PgConnectOptions(given);
    // The copy forgets this one.
    options.setUseLayer7Proxy(given.getUseLayer7Proxy());
    // Pipelining has a bug on connections that also prepare.
    options.setPipeliningLimit(1);
    if (options.getUseLayer7Proxy()) {
      // pgbouncer refuses settings that it does not track, and of the client's own this is one.
      options.getProperties().remove("extra_float_digits");
    } else {
      options.setCachePreparedStatements(true);
      // A caller's filter makes a statement of its own: those would drive out all others.
      options.setPreparedStatementCacheSqlFilter(sql -> !FilteredPage.isFiltered(sql));
      SESSION_SETTINGS.forEach(options::addProperty);
    }
    return options;
  }

  /** This host does not write at the moment. */
  static final class StandbyFound extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StandbyFound() {
      super("the server is a standby", null, false, false);
    }
  }
}
