package dev.longrunning.store;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.OperationKey;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changed, lane by lane, in order and without gaps: names and revisions, no states.
 *
 * <p><b>Promise.</b> A poll sees every change that was answered before it began. The doorbell says
 * "look now" and may be lost; the log is the truth.
 */
public interface ChangeLog {
  /** Most batches of one lane that one poll returns: 131,072 names at worst, some 10 MB. */
  int LANE_BATCHES_MAX = 32;

  /** Reads, from one snapshot, the heads and what comes after {@code cursors}. */
  Future<Poll> poll(Cursors cursors);

  /**
   * Begins a new epoch unless somebody else did since {@code known}.
   *
   * @param numberMin the new number is greater than this
   */
  Future<Void> openEpoch(Epoch known, long numberMin);

  /**
   * Calls {@code ring} after writes of this replica, and whenever another says that something
   * changed. A store rings for its own writes; that is coalesced, and never fails anything.
   */
  void onDoorbell(Runnable ring);

  /** One batch of changes, as applied. */
  record Batch(int lane, long revision, Instant at, List<Entry> entries) {}

  /**
   * One changed operation, or one that was adopted.
   *
   * @param kind as in {@code Change.kind()}
   * @param collection only where the name does not contain it
   */
  record Entry(OperationKey key, short kind, @Nullable String collection) {
    /** False for an adoption: only the lease is another one, and the state is as it was. */
    public boolean changesState() {
      return kind != Adopt.KIND;
    }
  }

  /**
   * What a poll saw.
   *
   * @param timeline of the server that answered; null if it is a standby in recovery
   * @param systemMatches whether this is the database cluster that the epoch began on
   * @param heads the newest revision of each lane
   * @param batches in order within each lane; at most {@value #LANE_BATCHES_MAX} a lane
   * @param time the database's clock
   */
  record Poll(
      Epoch epoch,
      @Nullable String timeline,
      boolean systemMatches,
      Cursors heads,
      List<Batch> batches,
      Instant time) {
    /** Whether the server that answered writes the history of {@link #epoch}. */
    public boolean isCurrent() {
      return systemMatches && epoch.timeline().equals(timeline);
    }
  }
}
