package dev.longrunning.service;

import dev.longrunning.observe.Tracing;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * A store whose work is part of the trace of the call that asks for it.
 *
 * <p><b>Threads.</b> As the one behind it.
 */
public final class TracedStore implements OperationStore {
  private final OperationStore store;
  private final Tracing tracing;

  public TracedStore(OperationStore store, Tracing tracing) {
    this.store = store;
    this.tracing = tracing;
  }

  @Override
  public Future<Answer> apply(Change change, Duration patience) {
    var part = tracing.part("store.apply");
    return store.apply(change, patience).onComplete(answer -> part.end(answer.failed()));
  }

  @Override
  public Future<Reading> find(OperationKey key) {
    var part = tracing.part("store.find");
    return store.find(key).onComplete(found -> part.end(found.failed()));
  }

  @Override
  public Future<Listed> list(Listing listing) {
    var part = tracing.part("store.list");
    return store.list(listing).onComplete(found -> part.end(found.failed()));
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
