package dev.longrunning.store.pg;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Reads the log, on a connection of its own.
 *
 * <p><b>Threads.</b> Confined to the store's event loop.
 *
 * <p><b>Bounds.</b> A poll returns at most {@code ChangeLog.LANE_BATCHES_MAX} batches a lane and
 * fails after {@link #LIMIT}.
 */
final class LogReader {
  private static final Duration LIMIT = Duration.ofMillis(1_900);
  private static final Short[] LANES =
      IntStream.range(0, OperationKey.LANES).mapToObj(lane -> (short) lane).toArray(Short[]::new);

  private final Links links;
  private final DatabaseClock clock;
  private long systemIdentifier;
  private Cursors cursors = Cursors.NONE;
  private Epoch epoch = new Epoch(0, new UUID(0, 0), "");

  LogReader(Vertx vertx, Connector connector, DatabaseClock clock, StoreMetrics metrics) {
    this.clock = clock;
    this.links = new Links(vertx, "log", 1, () -> connector.session().map(this::opened), metrics);
  }

  /** The newest epoch that a poll has seen; before the first one, none that ever was. */
  Epoch epoch() {
    return epoch;
  }

  /** Up to where the last poll's caller had read the lane. */
  long cursor(int lane) {
    return cursors.at(lane);
  }

  Future<Poll> poll(Cursors after, int batchesMax) {
    cursors = after;
    var tuple = Tuple.of(LANES, after.toList().toArray(Long[]::new), batchesMax);
    return links
        .run(LIMIT, connection -> connection.preparedQuery(Statements.LOG_POLL).execute(tuple))
        .map(this::read)
        .recover(error -> Future.failedFuture(Faults.problem(error)));
  }

  Future<Void> openEpoch(Epoch known, long numberMin) {
    var tuple = Tuple.of(known.nonce(), numberMin);
    return links
        .run(LIMIT, connection -> connection.preparedQuery(Statements.EPOCH_OPEN).execute(tuple))
        .<Void>mapEmpty()
        .recover(error -> Future.failedFuture(Faults.problem(error)));
  }

  Future<Void> close() {
    return links.close();
  }

  private PgConnection opened(Connector.Session session) {
    systemIdentifier = session.systemIdentifier();
    return session.connection();
  }

  private Poll read(RowSet<Row> rows) {
    var head = rows.iterator().next();
    var time = Rows.present(head, "at");
    clock.saw(time);
    epoch = new Epoch(head.getLong("number"), head.getUUID("nonce"), head.getString("timeline"));
    List<Batch> batches = new ArrayList<>(rows.size() - 1);
    for (var row : rows) {
      if (row != head && row.getShort("lane") != null) {
        batches.add(batch(row));
      }
    }
    return new Poll(
        epoch,
        head.getString("present"),
        head.getLong("system_identifier") == systemIdentifier,
        Cursors.of(
            Arrays.stream(head.getArrayOfLongs("heads")).mapToLong(Long::longValue).toArray()),
        batches,
        time);
  }

  private static Batch batch(Row row) {
    var keys = row.getArrayOfStrings("keys");
    var kinds = row.getArrayOfShorts("kinds");
    var collections = row.getArrayOfStrings("collections");
    List<Entry> entries = new ArrayList<>(keys.length);
    for (int i = 0; i < keys.length; i++) {
      entries.add(
          new Entry(
              OperationKey.parse(keys[i]), kinds[i], collections == null ? null : collections[i]));
    }
    return new Batch(row.getShort("lane"), row.getLong("rev"), Rows.present(row, "at"), entries);
  }
}
