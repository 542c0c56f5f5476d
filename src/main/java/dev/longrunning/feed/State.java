package dev.longrunning.feed;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Tombstone;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this replica knows of one operation: a state, or that there is none.
 *
 * <p><b>Promise.</b> The serialized {@code google.longrunning.Operation} is made once, whoever
 * asks.
 *
 * <p><b>Threads.</b> Any: the serialized form may be made twice by a race, with the same bytes.
 */
public final class State implements Known {
  private static final int ABSENT_WEIGHT = 128;

  private final OperationKey key;
  private final long generation;
  private final long version;
  private final @Nullable Snapshot snapshot;
  private final @Nullable Tombstone tombstone;
  private final Function<Snapshot, Bytes> encoder;
  private volatile @Nullable Bytes wire;

  State(
      OperationKey key,
      long generation,
      long version,
      @Nullable Snapshot snapshot,
      @Nullable Tombstone tombstone,
      Function<Snapshot, Bytes> encoder) {
    this.key = key;
    this.generation = generation;
    this.version = version;
    this.snapshot = snapshot;
    this.tombstone = tombstone;
    this.encoder = encoder;
  }

  public OperationKey key() {
    return key;
  }

  /** Grows whenever the cache starts over. */
  @Override
  public long generation() {
    return generation;
  }

  /** The operation's version; for an absent one the revision up to which it is known absent. */
  @Override
  public long version() {
    return version;
  }

  public Optional<Snapshot> snapshot() {
    return Optional.ofNullable(snapshot);
  }

  /** What is remembered of an operation that is gone. */
  public Optional<Tombstone> tombstone() {
    return Optional.ofNullable(tombstone);
  }

  /** Of the operation that is there, or was there last; empty if nothing is known. */
  public Optional<String> collection() {
    return snapshot().map(Snapshot::collection).or(() -> tombstone().map(Tombstone::collection));
  }

  /** The serialized {@code google.longrunning.Operation}. Only for an operation that exists. */
  public Bytes wire() {
    var bytes = wire;
    if (bytes == null) {
      if (snapshot == null) {
        throw new IllegalStateException("nothing is stored under " + key);
      }
      bytes = encoder.apply(snapshot);
      wire = bytes;
    }
    return bytes;
  }

  /** Roughly the bytes of heap that this holds, its serialized form included. */
  @Override
  public int weight() {
    return snapshot == null ? ABSENT_WEIGHT : 2 * snapshot.weight();
  }
}
