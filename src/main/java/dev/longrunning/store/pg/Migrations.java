package dev.longrunning.store.pg;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema to the version that this server needs.
 *
 * <p><b>Promise.</b> Of replicas that start at once, one migrates and the others wait for it; each
 * step is applied once, whole or not at all. A schema that is newer than this server, or a step
 * that was edited after its release, fails the start and changes nothing.
 */
public final class Migrations {
  /** In order. A released one is never edited. */
  static final List<String> STEPS = List.of("V001__operations.sql", "V002__apply.sql");

  private static final Logger log = LoggerFactory.getLogger(Migrations.class);

  private final Connector connector;
  private @Nullable Future<PgConnection> reached;

  public Migrations(Connector connector) {
    this.connector = connector;
  }

  /** Opens the connection that {@link #run} needs, which touches nothing, ahead of it. */
  public void reach() {
    reached = connector.open();
  }

  /** Lets go of a connection that was opened and not needed. */
  public void close() {
    if (reached != null) {
      reached.onSuccess(PgConnection::close);
    }
  }

  /** Thrown when the schema cannot be used; the message is for the operator. */
  public static final class SchemaMismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SchemaMismatch(String message) {
      super(message, null, false, false);
    }
  }

  /** Completes once the schema is up to date. */
  public Future<Void> run() {
    // What failed ahead of time, while the machine was busy with the start, says little.
    var open = reached == null ? connector.open() : reached.recover(failure -> connector.open());
    return open.compose(
        connection ->
            connection
                .query("begin")
                .execute()
                .compose(begun -> connection.query(Statements.MIGRATION_LIMITS).execute())
                // Held to the end of the transaction: others wait here.
                .compose(free -> connection.query(Statements.MIGRATION_LOCK).execute())
                .compose(locked -> connection.query(Statements.MIGRATION_TABLE).execute())
                .compose(made -> connection.query(Statements.MIGRATIONS_READ).execute())
                .compose(applied -> applyMissing(connection, applied))
                .compose(all -> connection.query("commit").execute())
                .<Void>mapEmpty()
                .eventually(connection::close));
  }

  private static Future<Void> applyMissing(PgConnection connection, RowSet<Row> applied) {
    if (applied.size() > STEPS.size()) {
      return Future.failedFuture(
          new SchemaMismatch(
              "the database has schema version "
                  + applied.size()
                  + ", this server knows only "
                  + STEPS.size()
                  + ": start a newer server"));
    }
    int version = 0;
    for (var row : applied) {
      if (row.getLong("checksum") != checksum(text(STEPS.get(version)))) {
        return Future.failedFuture(
            new SchemaMismatch(
                "schema step " + STEPS.get(version) + " was applied with another content"));
      }
      version++;
    }
    Future<Void> steps = Future.succeededFuture();
    for (; version < STEPS.size(); version++) {
      int next = version;
      steps = steps.compose(before -> apply(connection, next));
    }
    return steps;
  }

  private static Future<Void> apply(PgConnection connection, int version) {
    var name = STEPS.get(version);
    var sql = text(name);
    log.atInfo().addKeyValue("step", name).log("schema.migrated");
    return connection
        .query(sql)
        .execute()
        .compose(
            done ->
                connection
                    .preparedQuery(Statements.MIGRATION_ADD)
                    .execute(Tuple.of(version + 1, name, checksum(sql))))
        .mapEmpty();
  }

  private static long checksum(String text) {
    var sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  private static String text(String name) {
    try (var in = Objects.requireNonNull(Migrations.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
