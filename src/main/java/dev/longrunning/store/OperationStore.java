package dev.longrunning.store;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * The operations, as they are kept.
 *
 * <p><b>Promise.</b> No method throws or blocks; each future fails with a {@code Problem} and
 * completes on the caller's context. {@link #apply} answers once the change is durable. A read
 * begins after its call: it reflects every change that was answered before.
 *
 * <p><b>Bounds.</b> What waits is bounded; beyond it calls fail UNAVAILABLE at once.
 */
public interface OperationStore {
  /**
   * Judges and applies one change.
   *
   * <p>Fails UNAVAILABLE after {@code patience}; if the outcome is unknown then, the change is
   * never applied later.
   */
  Future<Answer> apply(Change change, Duration patience);

  /** Reads one operation, or what is remembered of it. */
  Future<Reading> find(OperationKey key);

  /** Reads a page, newest first. */
  Future<Listed> list(Listing listing);

  /** Done operations whose retention is over, oldest first. */
  Future<List<OperationKey>> purgeDue(int limit);

  /** Running operations whose lease and adoption window ran out. */
  Future<List<OperationKey>> expiryDue(int limit);

  /**
   * Moves a lane's sweep time on: tells that leases could be renewed until now.
   *
   * <p>If they could not for more than 2 s, the lane's leases are lengthened by the gap.
   */
  Future<Void> sweep(int lane);

  /** Deletes log and tombstone rows older than {@code window}; answers how many. */
  Future<Integer> trim(Duration window, int limit);
}
