package dev.longrunning.store;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Lease;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Transitions.Stored;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One lane of a {@link MemoryStore}: its operations, its part of the log, its sweep time. */
public final class MemoryLane {
  private static final Duration GAP_MAX = Duration.ofSeconds(2);

  final Map<OperationKey, Stored> rows = new HashMap<>();
  private final Map<OperationKey, Instant> buriedAt = new HashMap<>();
  private final Deque<Batch> log = new ArrayDeque<>();
  private final int number;
  private Instant sweptAt = Instant.EPOCH;
  private @Nullable UUID sweptIn;

  MemoryLane(int number) {
    this.number = number;
  }

  long head() {
    return log.isEmpty() ? 0 : log.getLast().revision();
  }

  /** The last batch, or the mark of the epoch. */
  Batch newest() {
    return log.getLast();
  }

  Stored at(OperationKey key) {
    return rows.getOrDefault(key, Stored.NOTHING);
  }

  void mark(long revision, Instant now) {
    log.add(new Batch(number, revision, now, List.of()));
  }

  void append(long revision, Instant now, List<Entry> entries) {
    log.add(new Batch(number, revision, now, entries));
  }

  /** What the log says of a change that was applied. */
  Entry entry(Change change, Stored before, Instant now) {
    var after = at(change.key());
    if (after.snapshot() == null) {
      buriedAt.put(change.key(), now);
    }
    return logged(change, before, after);
  }

  /** The same, of any operation. */
  public static Entry logged(Change change, Stored before, Stored after) {
    var shown = after.snapshot() == null ? before.snapshot() : after.snapshot();
    return new Entry(change.key(), change.kind(), shown == null ? null : named(shown));
  }

  private static @Nullable String named(Snapshot snapshot) {
    boolean contained =
        OperationName.collectionOf(snapshot.key().name()).equals(snapshot.collection());
    return contained ? null : snapshot.collection();
  }

  Stream<Batch> after(long revision, int limit) {
    return log.stream().filter(batch -> batch.revision() > revision).limit(limit);
  }

  /**
   * Lengthens the lane's leases if they could not be renewed for a while; answers whether that was
   * so.
   */
  boolean closeGap(Instant now, UUID epoch) {
    boolean gap =
        now.isBefore(sweptAt) || sweptAt.plus(GAP_MAX).isBefore(now) || !epoch.equals(sweptIn);
    if (gap) {
      var since = sweptAt;
      rows.replaceAll(
          (key, stored) -> {
            var lease = stored.lease();
            return lease == null ? stored : stored.withLease(lengthened(lease, since, now));
          });
      sweep(now, epoch);
    }
    return gap;
  }

  void sweep(Instant now, UUID epoch) {
    sweptAt = now;
    sweptIn = epoch;
  }

  private static Lease lengthened(Lease lease, Instant since, Instant now) {
    var left = Duration.between(since, lease.expireTime());
    var shorter = left.compareTo(lease.duration()) < 0 ? left : lease.duration();
    return new Lease(
        lease.token(),
        now.plus(shorter),
        lease.duration(),
        lease.adoptionWindow(),
        lease.request());
  }

  /** Deletes what is older than {@code limit} allows; never the last row of the log. */
  int trim(Instant before, int limit) {
    int trimmed = 0;
    while (trimmed < limit && log.size() > 1 && log.getFirst().at().isBefore(before)) {
      log.removeFirst();
      trimmed++;
    }
    var graves = buriedAt.entrySet().iterator();
    while (trimmed < limit && graves.hasNext()) {
      var grave = graves.next();
      if (grave.getValue().isBefore(before)) {
        forget(grave.getKey());
        graves.remove();
        trimmed++;
      }
    }
    return trimmed;
  }

  private void forget(OperationKey key) {
    var stored = at(key);
    if (stored.snapshot() == null) {
      rows.remove(key);
    } else {
      rows.put(
          key,
          new Stored(
              stored.snapshot(),
              stored.lease(),
              null,
              stored.createRequest(),
              stored.lastRequest(),
              stored.rate()));
    }
  }

  MemoryLane copy() {
    var copy = new MemoryLane(number);
    copy.rows.putAll(rows);
    copy.buriedAt.putAll(buriedAt);
    copy.log.addAll(log);
    copy.sweptAt = sweptAt;
    copy.sweptIn = sweptIn;
    return copy;
  }
}
