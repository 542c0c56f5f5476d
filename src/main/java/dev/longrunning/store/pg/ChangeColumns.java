package dev.longrunning.store.pg;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.Signal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one batch as the parallel arrays that {@code longrunning.apply} takes. One that
 * would hold nothing is null itself: most are, and each element costs time on both sides.
 *
 * <p><b>Threads.</b> Filled and read by one thread.
 */
final class ChangeColumns implements Change.Visitor {
  private static final short METADATA = 1;
  private static final short PROGRESS = 2;
  private static final short LABELS = 4;
  private static final short FORCE = 8;

  private final String[] keys;
  private final Short[] kinds;
  private final @Nullable UUID[] requests;
  private final @Nullable UUID[] tokens;
  private final @Nullable Long[] versions;
  private final @Nullable String[] collections;
  private final @Nullable Long[] retentions;
  private final @Nullable Long[] leases;
  private final @Nullable Long[] windows;
  private final @Nullable Short[] masks;
  private final @Nullable Buffer[] metadata;
  private final @Nullable Long[] doneUnits;
  private final @Nullable Long[] totalUnits;
  private final @Nullable String[] units;
  private final @Nullable String[] messages;
  private final @Nullable OffsetDateTime[] estimates;
  private final @Nullable String[] labels;
  private final @Nullable Short[] outcomes;
  private final @Nullable Buffer[] results;
  private final @Nullable Buffer[] otherwise;
  private int at;

  ChangeColumns(List<Change> changes) {
    int rows = changes.size();
    keys = new String[rows];
    kinds = new Short[rows];
    requests = new UUID[rows];
    tokens = new UUID[rows];
    versions = new Long[rows];
    collections = new String[rows];
    retentions = new Long[rows];
    leases = new Long[rows];
    windows = new Long[rows];
    masks = new Short[rows];
    metadata = new Buffer[rows];
    doneUnits = new Long[rows];
    totalUnits = new Long[rows];
    units = new String[rows];
    messages = new String[rows];
    estimates = new OffsetDateTime[rows];
    labels = new String[rows];
    outcomes = new Short[rows];
    results = new Buffer[rows];
    otherwise = new Buffer[rows];
    for (at = 0; at < rows; at++) {
      var change = changes.get(at);
      keys[at] = change.key().text();
      kinds[at] = change.kind();
      change.accept(this);
    }
  }

  /** Adds the columns in the order of the function's parameters. */
  void addTo(Tuple tuple) {
    tuple
        .addArrayOfString(keys)
        .addArrayOfShort(kinds)
        .addArrayOfUUID(orNull(requests))
        .addArrayOfUUID(orNull(tokens))
        .addArrayOfLong(orNull(versions))
        .addArrayOfString(orNull(collections))
        .addArrayOfLong(orNull(retentions))
        .addArrayOfLong(orNull(leases))
        .addArrayOfLong(orNull(windows))
        .addArrayOfShort(orNull(masks))
        .addArrayOfBuffer(orNull(metadata))
        .addArrayOfLong(orNull(doneUnits))
        .addArrayOfLong(orNull(totalUnits))
        .addArrayOfString(orNull(units))
        .addArrayOfString(orNull(messages))
        .addArrayOfOffsetDateTime(orNull(estimates))
        .addArrayOfString(orNull(labels))
        .addArrayOfShort(orNull(outcomes))
        .addArrayOfBuffer(orNull(results))
        .addArrayOfBuffer(orNull(otherwise));
  }

  private static <T> T @Nullable [] orNull(@Nullable T[] column) {
    for (var each : column) {
      if (each != null) {
        return column;
      }
    }
    return null;
  }

  @Override
  public void start(Change.Start start) {
    requests[at] = start.request();
    collections[at] = start.collection();
    retentions[at] = micros(start.retention());
    var lease = start.lease();
    if (lease != null) {
      tokens[at] = lease.token();
      leases[at] = micros(lease.duration());
      windows[at] = micros(lease.adoptionWindow());
    }
    contents(start.contents());
    labels[at] = json(start.contents().labels());
  }

  @Override
  public void update(Change.Update update) {
    guard(update.guard());
    var duration = update.leaseDuration();
    leases[at] = duration == null ? null : micros(duration);
    contents(update.contents());
  }

  @Override
  public void complete(Change.Complete complete) {
    guard(complete.guard());
    outcomes[at] = complete.outcome().code();
    results[at] = buffer(complete.result());
    contents(complete.contents());
  }

  @Override
  public void cancel(Change.Cancel cancel) {
    masks[at] = 0;
    results[at] = buffer(cancel.cancelled());
    otherwise[at] = buffer(cancel.lost());
  }

  @Override
  public void expire(Change.Expire expire) {
    masks[at] = 0;
    results[at] = buffer(expire.aborted());
    otherwise[at] = buffer(expire.cancelled());
  }

  @Override
  public void delete(Change.Delete delete) {
    masks[at] = 0;
  }

  @Override
  public void purge(Change.Purge purge) {
    masks[at] = 0;
  }

  @Override
  public void adopt(Adopt adopt) {
    requests[at] = adopt.request();
    tokens[at] = adopt.token();
    leases[at] = micros(adopt.duration());
    masks[at] = adopt.force() ? FORCE : 0;
  }

  @Override
  public void signal(Signal signal) {
    masks[at] = 0;
    messages[at] = signal.verb();
  }

  private void guard(Guard guard) {
    requests[at] = guard.request();
    tokens[at] = guard.leaseToken();
    versions[at] = guard.version() == 0 ? null : guard.version();
  }

  private void contents(Contents contents) {
    short mask = 0;
    if (contents.replacesMetadata()) {
      mask |= METADATA;
      metadata[at] = buffer(contents.metadata());
    }
    if (contents.replacesProgress()) {
      mask |= PROGRESS;
      progress(contents);
    }
    if (contents.replacesLabels()) {
      mask |= LABELS;
      labels[at] = json(contents.labels());
    }
    masks[at] = mask;
  }

  private void progress(Contents contents) {
    var progress = contents.progress();
    if (progress == null) {
      return;
    }
    doneUnits[at] = progress.doneUnits();
    totalUnits[at] = progress.totalUnits();
    units[at] = progress.unit();
    messages[at] = progress.message();
    var estimate = progress.estimatedEndTime();
    estimates[at] = estimate == null ? null : estimate.atOffset(ZoneOffset.UTC);
  }

  private static String json(Map<String, String> labels) {
    var object = new JsonObject();
    labels.forEach(object::put);
    return object.encode();
  }

  private static long micros(Duration duration) {
    return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
  }

  private static @Nullable Buffer buffer(@Nullable Bytes bytes) {
    return bytes == null ? null : Buffer.buffer(bytes.array());
  }
}
