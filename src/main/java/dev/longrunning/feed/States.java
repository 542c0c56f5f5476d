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
public final class States {
  /** Ends the interest of a waiter. Closing twice is harmless. */
  public interface Interest {
    void close();
  }

  public Future<State> strong(OperationKey key) {
    return unwritten();
  }

  public Future<State> cached(OperationKey key) {
    return unwritten();
  }

  /** Completes once this loop has applied every change acknowledged before the call. */
  public Future<Void> sync() {
    return unwritten();
  }

  /** What the cache holds now, possibly old; empty if it holds no state of the operation. */
  public Optional<Snapshot> peek(OperationKey key) {
    return unwritten();
  }

  /** Takes the state that an own write made; answers with it, cached or not. */
  public State own(Snapshot written) {
    return unwritten();
  }

  /**
   * Calls {@code changed} on this loop after every change of the operation that the feed applies
   * from now on, and after every resynchronisation.
   */
  public Interest watch(OperationKey key, Runnable changed) {
    return unwritten();
  }

  private static <T> T unwritten() {
    throw new UnsupportedOperationException();
  }
}
