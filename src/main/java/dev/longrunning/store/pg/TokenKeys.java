package dev.longrunning.store.pg;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that authenticate tokens, from the database that all replicas share.
 *
 * <p><b>Promise.</b> A key that is added there is known here within {@link #PERIOD}, and signs only
 * when every replica has had several times as long to read it. While the database is away the keys
 * stay as they are.
 *
 * <p><b>Threads.</b> {@link #ring} from any.
 */
public final class TokenKeys {
  static final Duration PERIOD = Duration.ofSeconds(30);

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(TokenKeys.class);

  private final Vertx vertx;
  private final Connector connector;
  private volatile @Nullable KeyRing ring;
  private volatile boolean closed;

  public TokenKeys(Vertx vertx, Connector connector) {
    this.vertx = vertx;
    this.connector = connector;
  }

  /** Reads the keys; they are read again from time to time from then on. */
  public Future<Void> start() {
    return read().onSuccess(read -> vertx.setTimer(PERIOD.toMillis(), id -> again())).mapEmpty();
  }

  /** The newest ring; fails before {@link #start} has completed. */
  public KeyRing ring() {
    var known = ring;
    if (known == null) {
      throw new IllegalStateException("the keys were not read yet");
    }
    return known;
  }

  public void close() {
    closed = true;
  }

  private void again() {
    if (closed) {
      return;
    }
    read()
        .onFailure(failure -> log.atDebug().setCause(failure).log("token_keys.not_read"))
        .onComplete(done -> vertx.setTimer(PERIOD.toMillis(), id -> again()));
  }

  private Future<KeyRing> read() {
    return connector
        .open()
        .compose(
            connection ->
                connection
                    .query(Statements.TOKEN_KEYS_READ)
                    .execute()
                    .map(TokenKeys::ring)
                    .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .onSuccess(read -> connection.close())
                    .onFailure(failure -> Connector.cut(connection)))
        .onSuccess(read -> ring = read);
  }

  private static KeyRing ring(RowSet<Row> rows) {
    Map<Integer, Bytes> keys = new HashMap<>();
    int signing = rows.iterator().next().getInteger("number");
    for (var row : rows) {
      int number = row.getInteger("number");
      keys.put(number, Bytes.of(row.getBuffer("secret").getBytes()));
      if (row.getBoolean("settled")) {
        signing = number;
      }
    }
    return new KeyRing(keys, signing);
  }
}
