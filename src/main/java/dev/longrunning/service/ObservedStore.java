package dev.longrunning.service;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * A store that remembers whether this replica's last write failed.
 *
 * <p><b>Promise.</b> A write counts when it ends. A refusal is a success: the database answered. So
 * is a change that the database found invalid; everything else that fails a producer's call is a
 * failure.
 *
 * <p><b>Threads.</b> Any; of writes that end at once on several event loops any may be the last.
 */
public final class ObservedStore implements OperationStore {
  private final OperationStore store;
  private volatile boolean lastWriteFailed;

  public ObservedStore(OperationStore store) {
    this.store = store;
  }

  /** False before the first write. */
  public boolean lastWriteFailed() {
    return lastWriteFailed;
  }

  @Override
  public Future<Answer> apply(Change change, Duration patience) {
    return store
        .apply(change, patience)
        .onComplete(answer -> lastWriteFailed = answer.failed() && !isInvalid(answer.cause()));
  }

  private static boolean isInvalid(Throwable failure) {
    return failure instanceof Problem problem && problem.kind() == Problem.Kind.INVALID;
  }

  @Override
  public Future<Reading> find(OperationKey key) {
    return store.find(key);
  }

  @Override
  public Future<Listed> list(Listing listing) {
    return store.list(listing);
  }

  @Override
  public Future<List<OperationKey>> purgeDue(int limit) {
    return store.purgeDue(limit);
  }

  @Override
  public Future<List<OperationKey>> expiryDue(int limit) {
    return store.expiryDue(limit);
  }

  @Override
  public Future<Void> sweep(int lane) {
    return store.sweep(lane);
  }

  @Override
  public Future<Integer> trim(Duration window, int limit) {
    return store.trim(window, limit);
  }
}
