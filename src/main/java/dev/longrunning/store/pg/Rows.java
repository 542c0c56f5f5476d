package dev.longrunning.store.pg;

import static java.time.temporal.ChronoUnit.MICROS;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Tombstone;
import dev.longrunning.store.Reading;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the database as values of the model. */
final class Rows {
  private Rows() {}

  /** Reads a row of {@link Statements#OP_READ_BY_KEY}. */
  static Reading reading(Row row, UUID epoch) {
    var key = OperationKey.parse(row.getString("key"));
    var snapshot = row.getLong("version") == null ? null : snapshot(row, key);
    Long gone = row.getLong("gone_version");
    var tombstone =
        gone == null
            ? null
            : new Tombstone(
                gone,
                row.getShort("gone_kind") == Change.Purge.KIND,
                row.getString("gone_collection"),
                row.getUUID("gone_request"));
    return new Reading(key, epoch, snapshot, tombstone);
  }

  static Snapshot snapshot(Row row, OperationKey key) {
    var result = bytes(row, "result");
    return new Snapshot(
        key,
        row.getString("collection"),
        row.getLong("version"),
        present(row, "create_time"),
        present(row, "update_time"),
        Duration.of(row.getLong("retention_us"), MICROS),
        Outcome.ofCode(row.getShort("outcome")),
        result == null ? Bytes.EMPTY : result,
        bytes(row, "metadata"),
        progress(row),
        labels(row.getString("labels")),
        instant(row, "end_time"),
        instant(row, "cancel_request_time"),
        signals(row.getString("signals")),
        instant(row, "expire_time"));
  }

  private static @Nullable Progress progress(Row row) {
    Long done = row.getLong("done_units");
    return done == null
        ? null
        : new Progress(
            done,
            row.getLong("total_units"),
            row.getString("unit"),
            row.getString("message"),
            instant(row, "estimated_end_time"));
  }

  private static Map<String, String> labels(String json) {
    if (json.equals("{}")) {
      return Map.of();
    }
    var labels = new TreeMap<String, String>();
    new JsonObject(json).forEach(label -> labels.put(label.getKey(), (String) label.getValue()));
    return Collections.unmodifiableMap(labels);
  }

  /** Times as microseconds since 1970, by verb. */
  private static ReceivedSignals signals(@Nullable String json) {
    if (json == null) {
      return ReceivedSignals.NONE;
    }
    var times = new TreeMap<String, Instant>();
    var object = new JsonObject(json);
    object
        .fieldNames()
        .forEach(verb -> times.put(verb, Instant.EPOCH.plus(object.getLong(verb), MICROS)));
    return new ReceivedSignals(times);
  }

  private static @Nullable Bytes bytes(Row row, String column) {
    var buffer = row.getBuffer(column);
    return buffer == null ? null : Bytes.of(buffer.getBytes());
  }

  static Instant present(Row row, String column) {
    var instant = instant(row, column);
    if (instant == null) {
      throw new IllegalStateException(column + " is null");
    }
    return instant;
  }

  static @Nullable Instant instant(Row row, String column) {
    var time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
