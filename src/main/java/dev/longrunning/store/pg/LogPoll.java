package dev.longrunning.store.pg;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Reading;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * One look at the log on one connection: batches, and the states that somebody wants of what they
 * changed.
 *
 * <p><b>Promise.</b> Batches and states are of one snapshot: a transaction where states may be
 * wanted, else one statement. A connection whose transaction was cut short is closed.
 *
 * <p><b>Bounds.</b> The given number of batches a lane; {@code ChangeLog.STATES_MAX} states, but
 * for those of the last batch, each with {@code ChangeLog.STATE_BYTES_MAX} bytes of payload.
 */
final class LogPoll {
  private static final Short[] LANES =
      IntStream.range(0, OperationKey.LANES).mapToObj(lane -> (short) lane).toArray(Short[]::new);

  private final PgConnection connection;
  private final Selection selection;
  private final int batchesMax;

  LogPoll(PgConnection connection, Selection selection, int batchesMax) {
    this.connection = connection;
    this.selection = selection;
    this.batchesMax = batchesMax;
  }

  Future<Poll> read(Cursors after, long systemIdentifier, QuietLog quiet) {
    quiet.begins();
    return selection.isEmpty()
        ? rows(after)
            .map(
                rows ->
                    quiet.saw(
                        connection,
                        snapshot(rows),
                        poll(rows, batches(rows), systemIdentifier, States.NONE)))
        : inSnapshot(after, systemIdentifier, quiet);
  }

  private record States(Map<OperationKey, Reading> states, Set<OperationKey> apart) {
    static final States NONE = new States(Map.of(), Set.of());
  }

  /** What the batches up to a bound change that is wanted. */
  private record Wanted(List<Batch> batches, Set<OperationKey> keys) {}

  private Future<Poll> inSnapshot(Cursors after, long systemIdentifier, QuietLog quiet) {
    return connection
        .query(Statements.SNAPSHOT_BEGIN)
        .execute()
        .compose(begun -> rows(after))
        .compose(
            rows -> {
              var wanted = wanted(batches(rows));
              var epoch = epoch(rows.iterator().next());
              return states(wanted.keys(), epoch)
                  .map(
                      states ->
                          quiet.saw(
                              connection,
                              snapshot(rows),
                              poll(rows, wanted.batches(), systemIdentifier, states)));
            })
        .compose(poll -> connection.query(Statements.SNAPSHOT_END).execute().map(poll))
        .onFailure(failed -> connection.close());
  }

  private Future<RowSet<Row>> rows(Cursors after) {
    var tuple = Tuple.of(LANES, after.toList().toArray(Long[]::new), batchesMax);
    return connection.preparedQuery(Statements.LOG_POLL).execute(tuple);
  }

  private Wanted wanted(List<Batch> batches) {
    var keys = new LinkedHashSet<OperationKey>();
    int taken = 0;
    while (taken < batches.size() && keys.size() < ChangeLog.STATES_MAX) {
      keys.addAll(selection.of(batches.get(taken)));
      taken++;
    }
    return new Wanted(List.copyOf(batches.subList(0, taken)), keys);
  }

  private Future<States> states(Set<OperationKey> keys, Epoch epoch) {
    if (keys.isEmpty()) {
      return Future.succeededFuture(States.NONE);
    }
    var lanes = new Short[keys.size()];
    var texts = new String[keys.size()];
    int i = 0;
    for (var key : keys) {
      lanes[i] = (short) key.lane();
      texts[i] = key.text();
      i++;
    }
    var tuple =
        Tuple.tuple()
            .addArrayOfShort(lanes)
            .addArrayOfString(texts)
            .addInteger(ChangeLog.STATE_BYTES_MAX);
    return connection
        .preparedQuery(Statements.LOG_STATES)
        .execute(tuple)
        .map(rows -> states(rows, epoch));
  }

  private static States states(RowSet<Row> rows, Epoch epoch) {
    var states = new HashMap<OperationKey, Reading>(2 * rows.size());
    var apart = new HashSet<OperationKey>();
    for (var row : rows) {
      if (Boolean.TRUE.equals(row.getBoolean("apart"))) {
        apart.add(OperationKey.parse(row.getString("key")));
      } else {
        var reading = Rows.reading(row, epoch.nonce());
        states.put(reading.key(), reading);
      }
    }
    return new States(states, apart);
  }

  private static String snapshot(RowSet<Row> rows) {
    return rows.iterator().next().getString("snapshot");
  }

  private static Epoch epoch(Row head) {
    return new Epoch(head.getLong("number"), head.getUUID("nonce"), head.getString("timeline"));
  }

  private static Poll poll(
      RowSet<Row> rows, List<Batch> batches, long systemIdentifier, States states) {
    var head = rows.iterator().next();
    return new Poll(
        epoch(head),
        head.getString("present"),
        head.getLong("system_identifier") == systemIdentifier,
        Cursors.of(
            Arrays.stream(head.getArrayOfLongs("heads")).mapToLong(Long::longValue).toArray()),
        batches,
        Rows.present(head, "at"),
        states.states(),
        states.apart());
  }

  /**
   * In order within each lane. The lanes begin at any of them: states that leave no room for more
   * batches would otherwise keep the last lanes waiting for ever.
   */
  private static List<Batch> batches(RowSet<Row> rows) {
    var lanes = new ArrayList<List<Batch>>();
    for (int lane = 0; lane < OperationKey.LANES; lane++) {
      lanes.add(new ArrayList<>());
    }
    for (var row : rows) {
      Short lane = row.getShort("lane");
      if (lane != null) {
        lanes.get(lane).add(batch(row));
      }
    }
    var batches = new ArrayList<Batch>(rows.size());
    int first = ThreadLocalRandom.current().nextInt(OperationKey.LANES);
    for (int i = 0; i < OperationKey.LANES; i++) {
      batches.addAll(lanes.get((first + i) % OperationKey.LANES));
    }
    return batches;
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
