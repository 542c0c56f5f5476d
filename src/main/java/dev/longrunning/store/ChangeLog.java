package dev.longrunning.store;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.OperationKey;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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

  /** Most states that one poll returns, but for those of its last batch. */
  int STATES_MAX = 1_024;

  /** A state with a larger payload is read by those who need it, not by a poll. */
  int STATE_BYTES_MAX = 1 << 16;

  /**
   * Reads, from one snapshot, the heads, what comes after {@code cursors}, and the present states
   * of those changed operations that are selected.
   */
  Future<Poll> poll(Cursors cursors, Selection selection);

  /** A poll for somebody who is further behind than the log is followed. */
  Future<Poll> history(Cursors cursors, Selection selection);

  /**
   * Begins a new epoch unless somebody else did since {@code known}.
   *
   * @param numberMin the new number is greater than this
   */
  Future<Void> openEpoch(Epoch known, long numberMin);

  /**
   * Calls {@code ring} whenever another replica says that something changed, and after those writes
   * of this one that are not told of otherwise. It may be lost, and never fails anything.
   */
  void onDoorbell(Runnable ring);

  /**
   * Tells of the batches of this replica as soon as they are known to be committed, on the store's
   * event loop, before their callers hear. It need not tell of all.
   */
  void onWritten(Consumer<Written> written);

  /** Which of the changed operations are wanted with their states. */
  interface Selection {
    /** Nobody wants any. */
    Selection NONE =
        new Selection() {
          @Override
          public boolean isEmpty() {
            return true;
          }

          @Override
          public Collection<OperationKey> of(Batch batch) {
            return List.of();
          }
        };

    /** Whether none is wanted, whatever the poll finds; asked before it begins. */
    boolean isEmpty();

    /** Those of one batch; asked once for each batch of the answer, on the log's event loop. */
    Collection<OperationKey> of(Batch batch);
  }

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
   * @param batches in order within each lane; at most {@value #LANE_BATCHES_MAX} a lane, and no
   *     more than the states leave room for
   * @param time the database's clock
   * @param states of the selected operations, as of the same snapshot; those that are too large are
   *     left out
   * @param apart the selected operations that are too large
   */
  record Poll(
      Epoch epoch,
      @Nullable String timeline,
      boolean systemMatches,
      Cursors heads,
      List<Batch> batches,
      Instant time,
      Map<OperationKey, Reading> states,
      Set<OperationKey> apart) {
    /** Whether the server that answered writes the history of {@link #epoch}. */
    public boolean isCurrent() {
      return systemMatches && epoch.timeline().equals(timeline);
    }
  }
}
