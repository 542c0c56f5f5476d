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
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A store whose changes are made one by one, when a test says so, in the order they came. */
final class SteppedStore implements OperationStore {
  private record Held(Change change, Duration patience, Promise<Answer> promise) {}

  private final OperationStore store;
  private final ArrayDeque<Held> held = new ArrayDeque<>();

  /** All that was given to it. */
  final List<Change> given = new ArrayList<>();

  SteppedStore(OperationStore store) {
    this.store = store;
  }

  /** Changes that were given to it and not answered. */
  int held() {
    return held.size();
  }

  /** Makes the oldest change, and answers it. */
  void answer() {
    var next = held.remove();
    store.apply(next.change(), next.patience()).onComplete(next.promise());
  }

  void answerAll() {
    while (!held.isEmpty()) {
      answer();
    }
  }

  /** Does not make the oldest change. */
  void fail(Problem problem) {
    held.remove().promise().fail(problem);
  }

  @Override
  public Future<Answer> apply(Change change, Duration patience) {
    given.add(change);
    Promise<Answer> promise = Promise.promise();
    held.add(new Held(change, patience, promise));
    return promise.future();
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
