package dev.longrunning.watch;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import dev.longrunning.store.Written;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The database as one process reaches it: slowly, and not always. */
final class SimStore implements OperationStore, ChangeLog {
  private final SimWorld world;
  private final MemoryStore store;
  private final SimFaults faults;

  SimStore(SimWorld world, MemoryStore store, SimFaults faults) {
    this.world = world;
    this.store = store;
    this.faults = faults;
  }

  private <T> Future<T> slowly(Supplier<Future<T>> work) {
    return slowly(() -> false, work);
  }

  private <T> Future<T> slowly(BooleanSupplier held, Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    world.call(
        held,
        () ->
            faults.failsCall() ? Future.<T>failedFuture(Problem.databaseUnavailable()) : work.get(),
        answer -> answer.onComplete(promise));
    return promise.future();
  }

  @Override
  public Future<Answer> apply(Change change, Duration patience) {
    return slowly(() -> store.apply(change, patience));
  }

  @Override
  public Future<Reading> find(OperationKey key) {
    return slowly(() -> store.find(key));
  }

  @Override
  public Future<Listed> list(Listing listing) {
    return slowly(() -> store.list(listing));
  }

  @Override
  public Future<List<OperationKey>> purgeDue(int limit) {
    return slowly(() -> store.purgeDue(limit));
  }

  @Override
  public Future<List<OperationKey>> expiryDue(int limit) {
    return slowly(() -> store.expiryDue(limit));
  }

  @Override
  public Future<Void> sweep(int lane) {
    return slowly(() -> store.sweep(lane));
  }

  @Override
  public Future<Integer> trim(Duration window, int limit) {
    return slowly(() -> store.trim(window, limit));
  }

  @Override
  public Future<Poll> poll(Cursors cursors, Selection selection) {
    return slowly(faults::holdsPolls, () -> store.poll(cursors, selection));
  }

  @Override
  public Future<Poll> history(Cursors cursors, Selection selection) {
    return slowly(() -> store.history(cursors, selection));
  }

  @Override
  public Future<Void> openEpoch(Epoch known, long numberMin) {
    return slowly(() -> store.openEpoch(known, numberMin));
  }

  @Override
  public void onDoorbell(Runnable ring) {
    store.onDoorbell(ring);
  }

  @Override
  public void onWritten(Consumer<Written> written) {
    // The simulation tells some replica itself.
  }
}
