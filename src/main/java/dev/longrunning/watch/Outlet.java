package dev.longrunning.watch;

import dev.longrunning.operation.Problem;

/**
 * Where the events of one watch go.
 *
 * <p><b>Threads.</b> Confined to the watch's event loop.
 */
public interface Outlet {
  /** Whether an event may be sent now; {@link Watch#ready} tells when it may again. */
  boolean isReady();

  /** Whether a caller sees an event before the next one is sent. */
  boolean showsLast();

  /** Only while it is ready. */
  void send(Event event);

  /** The watch has come to its end. */
  void end();

  void fail(Problem problem);
}
