package dev.longrunning.store.pg;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Tells other replicas to look at the log, and hears when they tell.
 *
 * <p><b>Promise.</b> Only a hint: losing it costs the idle poll's interval, never a change. It
 * rings on a connection of its own, never in a data transaction, where it would serialise all
 * commits; its failure fails nothing.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 *
 * <p><b>Bounds.</b> One ring under way; all that come meanwhile are one more.
 */
final class Doorbell {
  private static final long RECONNECT_MILLIS = 1_000;

  private final Vertx vertx;
  private final Connector connector;
  private final StoreMetrics metrics;
  private final String ringer = UUID.randomUUID().toString();
  private Runnable heard = () -> {};
  private volatile @Nullable PgConnection connection;
  private boolean ringing;
  private boolean ringAgain;
  private boolean closed;

  Doorbell(Vertx vertx, Connector connector, StoreMetrics metrics) {
    this.vertx = vertx;
    this.connector = connector;
    this.metrics = metrics;
    metrics.doorbell(this);
  }

  void start(Runnable onRing) {
    heard = onRing;
    // A transaction pooler cannot LISTEN: the idle poll alone finds what others write.
    if (!connector.isPooled()) {
      connect();
    }
  }

  void ring() {
    var open = connection;
    if (open == null) {
      return;
    }
    if (ringing) {
      ringAgain = true;
      return;
    }
    ringing = true;
    metrics.rang();
    open.preparedQuery(Statements.DOORBELL_RING)
        .execute(Tuple.of(ringer))
        .onComplete(
            rung -> {
              ringing = false;
              if (ringAgain) {
                ringAgain = false;
                ring();
              }
            });
  }

  /** From any thread: whether it can hear others. */
  boolean isConnected() {
    return connection != null;
  }

  void close() {
    closed = true;
    var open = connection;
    if (open != null) {
      open.close();
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    connector
        .open()
        .compose(
            open ->
                open.query(Statements.DOORBELL_SETTINGS)
                    .execute()
                    .compose(set -> open.query(Statements.DOORBELL_LISTEN).execute())
                    .map(listening -> open)
                    .onFailure(failure -> open.close()))
        .onSuccess(this::use)
        .onFailure(failure -> reconnect());
  }

  private void use(PgConnection open) {
    if (closed) {
      open.close();
      return;
    }
    connection = open;
    open.notificationHandler(
        note -> {
          if (!ringer.equals(note.getPayload())) {
            metrics.heard();
            heard.run();
          }
        });
    open.exceptionHandler(cause -> open.close());
    open.closeHandler(
        gone -> {
          connection = null;
          ringing = false;
          reconnect();
        });
    // What rang while nobody listened is found by looking once.
    heard.run();
  }

  private void reconnect() {
    long delay = RECONNECT_MILLIS / 2 + ThreadLocalRandom.current().nextLong(RECONNECT_MILLIS);
    vertx.setTimer(delay, id -> connect());
  }
}
