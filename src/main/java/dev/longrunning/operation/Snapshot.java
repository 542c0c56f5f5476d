package dev.longrunning.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One state of an operation. Equal versions of one key mean equal states.
 *
 * @param labels sorted by key
 * @param collection the resource that the operation is listed and authorised under
 * @param version the revision, in the key's lane, of the batch that last changed the operation
 * @param retention how long the operation is kept once done
 * @param outcome running, or what it ended with
 * @param result serialized Any or Status by {@code outcome}; empty while running, and of an
 *     operation that ended with nothing
 * @param metadata serialized Any; null: not set
 * @param endTime when it became done; null while it runs
 * @param cancelRequestTime when the first cancellation arrived
 * @param signals that it has received
 * @param expireTime when a done operation is purged
 */
public record Snapshot(
    OperationKey key,
    String collection,
    long version,
    Instant createTime,
    Instant updateTime,
    Duration retention,
    Outcome outcome,
    Bytes result,
    @Nullable Bytes metadata,
    @Nullable Progress progress,
    Map<String, String> labels,
    @Nullable Instant endTime,
    @Nullable Instant cancelRequestTime,
    ReceivedSignals signals,
    @Nullable Instant expireTime) {

  /** Objects, references and map nodes of one snapshot on a 64-bit heap, roughly. */
  private static final int OVERHEAD_BYTES = 400;

  public Snapshot {
    labels = Labels.of(labels);
  }

  public boolean isDone() {
    return outcome != Outcome.RUNNING;
  }

  Snapshot at(long newVersion, Instant time) {
    return with(newVersion, time, outcome, result, endTime, cancelRequestTime, signals, expireTime);
  }

  Snapshot withCancelRequestTime(@Nullable Instant time) {
    return with(version, updateTime, outcome, result, endTime, time, signals, expireTime);
  }

  Snapshot withSignals(ReceivedSignals received) {
    return with(
        version, updateTime, outcome, result, endTime, cancelRequestTime, received, expireTime);
  }

  /** Done at {@code time}, to be purged once its retention is over. */
  Snapshot ended(Outcome newOutcome, Bytes newResult, Instant time) {
    return with(
        version,
        updateTime,
        newOutcome,
        newResult,
        time,
        cancelRequestTime,
        signals,
        time.plus(retention));
  }

  /** What is not contents in place of what is here. */
  private Snapshot with(
      long newVersion,
      Instant newUpdateTime,
      Outcome newOutcome,
      Bytes newResult,
      @Nullable Instant newEndTime,
      @Nullable Instant newCancelRequestTime,
      ReceivedSignals newSignals,
      @Nullable Instant newExpireTime) {
    return new Snapshot(
        key,
        collection,
        newVersion,
        createTime,
        newUpdateTime,
        retention,
        newOutcome,
        newResult,
        metadata,
        progress,
        labels,
        newEndTime,
        newCancelRequestTime,
        newSignals,
        newExpireTime);
  }

  /** Bytes of metadata and result: what a page of a list is measured by. */
  public int payloadBytes() {
    return result.length() + (metadata == null ? 0 : metadata.length());
  }

  /** Roughly the bytes of heap that this state holds. */
  public int weight() {
    int bytes =
        OVERHEAD_BYTES + 2 * key.name().length() + 2 * collection.length() + result.length();
    if (metadata != null) {
      bytes += metadata.length();
    }
    if (progress != null) {
      bytes += 2 * progress.message().length();
    }
    for (var label : labels.entrySet()) {
      bytes += 64 + 2 * (label.getKey().length() + label.getValue().length());
    }
    for (var verb : signals.times().keySet()) {
      bytes += 96 + 2 * verb.length();
    }
    return bytes;
  }
}
