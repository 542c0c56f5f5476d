package dev.longrunning.feed;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Reading;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * States without a feed: every strong read reads the store, and a change is heard of when a test
 * says so.
 *
 * <p><b>Promise.</b> {@link #cached} answers what was last read, written or told here, and reads
 * only what is not held. A change that {@link #hear} tells of drops what is held.
 */
public final class StoreStates implements States {
  private final OperationStore store;
  private final Function<Snapshot, Bytes> encoder;
  private final Map<OperationKey, State> held = new HashMap<>();
  private final Map<OperationKey, List<Follower>> watches = new HashMap<>();
  private final Map<OperationKey, Integer> heard = new HashMap<>();
  private int reads;

  public StoreStates(OperationStore store, Function<Snapshot, Bytes> encoder) {
    this.store = store;
    this.encoder = encoder;
  }

  /** A change of the operation has been applied. */
  public void hear(OperationKey key) {
    held.remove(key);
    heard.merge(key, 1, Integer::sum);
    List.copyOf(watches.getOrDefault(key, List.of())).forEach(Follower::restarted);
  }

  /** The feed comes to a removal, maybe late. */
  public void hearRemoval(OperationKey key, long version) {
    List.copyOf(watches.getOrDefault(key, List.of())).forEach(each -> each.removed(version, false));
  }

  /** The feed comes to a change that made this state, maybe late. */
  public void hearState(Snapshot snapshot) {
    var state = new State(snapshot.key(), 0, snapshot.version(), snapshot, null, encoder);
    List.copyOf(watches.getOrDefault(snapshot.key(), List.of()))
        .forEach(each -> each.changed(state));
  }

  /** How many watches are open. */
  public int watches() {
    return watches.values().stream().mapToInt(List::size).sum();
  }

  /** How often the store was read. */
  public int reads() {
    return reads;
  }

  @Override
  public Future<State> strong(OperationKey key) {
    reads++;
    int begun = heard.getOrDefault(key, 0);
    return store
        .find(key)
        .map(this::state)
        .onSuccess(
            state -> {
              // A change heard of meanwhile may be newer than the answer.
              if (begun == heard.getOrDefault(key, 0)) {
                held.put(key, state);
              }
            });
  }

  private State state(Reading reading) {
    return new State(
        reading.key(), 0, reading.version(), reading.snapshot(), reading.tombstone(), encoder);
  }

  @Override
  public Future<State> cached(OperationKey key) {
    var state = held.get(key);
    return state == null ? strong(key) : Future.succeededFuture(state);
  }

  @Override
  public Future<Void> sync() {
    return Future.succeededFuture();
  }

  @Override
  public Optional<Snapshot> peek(OperationKey key) {
    return Optional.ofNullable(held.get(key)).flatMap(State::snapshot);
  }

  @Override
  public State own(Snapshot written) {
    var state = new State(written.key(), 0, written.version(), written, null, encoder);
    held.put(written.key(), state);
    return state;
  }

  @Override
  public Interest follow(OperationKey key, Follower follower) {
    watches.computeIfAbsent(key, any -> new ArrayList<>()).add(follower);
    return () -> watches.getOrDefault(key, List.of()).remove(follower);
  }
}
