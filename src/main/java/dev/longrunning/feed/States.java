package dev.longrunning.feed;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * The operations as one event loop of this replica sees them.
 *
 * <p><b>Promise.</b> {@link #strong} reflects every change that any replica acknowledged before the
 * call; {@link #cached} may be behind by the feed's lag.
 *
 * <p><b>Threads.</b> Confined to the event loop it was made on. No method blocks.
 */
public interface States {
  /** Ends when it is closed. Closing twice is harmless. */
  interface Interest {
    void close();
  }

  Future<State> strong(OperationKey key);

  Future<State> cached(OperationKey key);

  /** Completes once this loop has applied every change acknowledged before the call. */
  Future<Void> sync();

  /** What the cache holds now, possibly old; empty if it holds no state of the operation. */
  Optional<Snapshot> peek(OperationKey key);

  /** Takes the state that an own write made; answers with it, cached or not. */
  State own(Snapshot written);

  /**
   * Tells {@code follower} of every change of the operation that the feed applies from now on. What
   * there is already is to be read after this.
   */
  Interest follow(OperationKey key, Follower follower);
}
