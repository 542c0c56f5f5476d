package dev.longrunning.store.pg;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.HashMap;
import java.util.Map;

/** The keys that authenticate tokens, from the database that all replicas share. */
public final class TokenKeys {
  private final Connector connector;

  public TokenKeys(Connector connector) {
    this.connector = connector;
  }

  public Future<KeyRing> read() {
    return connector
        .open()
        .compose(
            connection ->
                connection
                    .query(Statements.TOKEN_KEYS_READ)
                    .execute()
                    .map(TokenKeys::ring)
                    .eventually(connection::close));
  }

  private static KeyRing ring(RowSet<Row> rows) {
    Map<Integer, Bytes> keys = new HashMap<>();
    for (var row : rows) {
      keys.put(row.getInteger("number"), Bytes.of(row.getBuffer("secret").getBytes()));
    }
    return new KeyRing(keys);
  }
}
