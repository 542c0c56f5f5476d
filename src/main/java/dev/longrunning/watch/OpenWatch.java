package dev.longrunning.watch;

import dev.longrunning.operation.Problem;
import java.util.Optional;

/**
 * What all watches have in common: an outlet, heartbeats, an end. Its place as a {@link Link} is
 * among the {@link Heartbeats}.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
abstract class OpenWatch extends Link implements Watch {
  private static final long READY = -1;

  final Hub hub;
  final Outlet outlet;

  private long sentTick;
  private long unreadTick = READY;
  private boolean closed;

  /** Something was sent that a caller of this outlet does not see yet. */
  private boolean unseen;

  /** Whether anything was sent. */
  private boolean began;

  OpenWatch(Hub hub, Outlet outlet) {
    this.hub = hub;
    this.outlet = outlet;
    this.sentTick = hub.heartbeats().now();
  }

  /** Continues the stream as it is now; empty: it is nowhere yet. */
  abstract Optional<String> token();

  /** Whether the caller holds everything, once it has read what was sent. */
  abstract boolean isSynced();

  /** Lets go what is held. */
  abstract void released();

  final boolean isClosed() {
    return closed;
  }

  final boolean began() {
    return began;
  }

  final void send(Event event) {
    outlet.send(event);
    hub.metrics().sent(event);
    began = true;
    unseen = !outlet.showsLast() && !(event instanceof Event.Bookmark);
    sentTick = hub.heartbeats().now();
  }

  /** What was sent is all for now. */
  final void endBurst() {
    if (unseen && outlet.isReady()) {
      bookmark();
    }
  }

  private void bookmark() {
    unseen = false;
    token().ifPresent(token -> send(hub.bookmark(isSynced(), token)));
  }

  /** Looks after it; answers in how many ticks to look again. */
  final long beat(long now, long heartbeatTicks, long stallTicks) {
    if (outlet.isReady()) {
      unreadTick = READY;
      if (now - sentTick >= heartbeatTicks) {
        sentTick = now;
        bookmark();
      }
      return Math.max(1, Math.min(heartbeatTicks - (now - sentTick), heartbeatTicks));
    }
    if (unreadTick == READY) {
      unreadTick = now;
    } else if (now - unreadTick >= stallTicks) {
      hub.metrics().stalled();
      outlet.fail(Problem.stalled());
      return 1;
    }
    return Math.max(1, stallTicks - (now - unreadTick));
  }

  @Override
  public final void lastWords() {
    if (!closed && outlet.isReady()) {
      bookmark();
    }
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      released();
      hub.closed(this);
    }
  }
}
