package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;

/**
 * The caller of one open stream, as the stream's handler sees it.
 *
 * <p><b>Threads.</b> Confined to the stream's event loop.
 */
public interface StreamPeer {
  /**
   * Whether a reply may be sent now. False while more than a bound waits for the caller to read,
   * and once the stream is over; where it is false on an open stream, {@link StreamListener#ready}
   * follows.
   */
  boolean isReady();

  /**
   * Whether the caller sees a reply before the next one is sent. Clients of a JSON array see an
   * element once what follows it arrives.
   */
  boolean showsLast();

  /** Sends a reply. Only while it {@link #isReady}: otherwise throws, and nothing is sent. */
  void send(StreamReply reply);

  /**
   * Lets one more request come: {@link StreamListener#request}, or {@link
   * StreamListener#halfClosed} where there are no more. Until then a caller is slowed down, by the
   * flow control of its connection. Once it is over, does nothing.
   */
  void pull();

  /** Ends the stream well, after the replies that were sent. Once it is over, does nothing. */
  void end();

  /**
   * Ends the stream with an error, after the replies that were sent. Once it is over, does nothing.
   *
   * @param failure a {@link Problem}; anything else is logged and told as INTERNAL
   */
  void fail(Throwable failure);

  /**
   * What to tell the caller of something that failed without ending the stream; logs a failure that
   * was not foreseen.
   */
  Problem problem(Throwable failure);
}
