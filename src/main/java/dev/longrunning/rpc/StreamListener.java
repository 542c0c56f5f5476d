package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;

/**
 * What a handler is told of one stream that it opened.
 *
 * <p>All calls come on the stream's event loop, one after the other, and none after {@link
 * #closed}. What one throws ends the stream.
 */
public interface StreamListener<Q extends Message> {
  /**
   * The next request. The one of a {@link StreamMethod.Requests#ONE} comes by itself, right after
   * the stream opened; every other one after a {@link StreamPeer#pull}.
   */
  void request(Q request);

  /** There are no more requests. Replies may still be sent. */
  default void halfClosed() {}

  /** {@link StreamPeer#isReady} was false and is true again. */
  default void ready() {}

  /**
   * The server begins to stop. The stream goes on until its turn to end comes, some seconds later
   * as a rule ({@link #stopping}); its handler may say so, and end it by itself before.
   */
  default void draining(StreamPeer peer) {}

  /**
   * The server stops, and the stream's turn to end has come: time for last words, and for {@link
   * StreamPeer#fail} with the problem. Comes once at most, after {@link #draining}.
   */
  default void stopping(StreamPeer peer, Problem problem) {
    peer.fail(problem);
  }

  /**
   * The stream is over, by whatever: the handler's own end, the caller's, a lost connection, the
   * deadline. Comes once for every stream; everything that is held for it is to be let go here.
   */
  default void closed() {}
}
