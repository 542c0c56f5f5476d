package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** What a transport does for one {@link OpenStream}, on the stream's event loop. */
public interface StreamWire {
  /** Tells the caller that its stream is open, unless something was sent to it already. */
  void opened();

  /** The form of its replies. */
  StreamReply.Form form();

  /** As in {@link StreamPeer#showsLast}. */
  default boolean showsLast() {
    return true;
  }

  /** Writes, and calls {@link OpenStream#written} once that is on its way or lost. */
  void write(Buffer frame);

  /** Lets one more request come, or the end of the requests. */
  void fetch();

  /**
   * Writes how the stream ended, and calls {@link OpenStream#ended} once that is on its way or
   * lost; nothing is queued by then.
   *
   * @param problem empty: OK
   */
  void end(Optional<Problem> problem);

  /** Cuts the stream off, with what is queued. */
  void cutOff();
}
