package dev.longrunning.store;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Tombstone;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was found under a key, and in which history.
 *
 * @param epoch the nonce of the history that was read
 */
public record Reading(
    OperationKey key, UUID epoch, @Nullable Snapshot snapshot, @Nullable Tombstone tombstone) {
  /** Of the operation that is there, or was there last; empty if nothing is known. */
  public Optional<String> collection() {
    return snapshot == null
        ? Optional.ofNullable(tombstone).map(Tombstone::collection)
        : Optional.of(snapshot.collection());
  }

  /** The version of what was found; 0 if nothing is known. */
  public long version() {
    if (snapshot != null) {
      return snapshot.version();
    }
    return tombstone == null ? 0 : tombstone.version();
  }
}
