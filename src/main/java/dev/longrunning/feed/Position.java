package dev.longrunning.feed;

import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import java.util.UUID;

/** Up to where the log is applied, and in which history. */
public record Position(Epoch epoch, Cursors cursors) {
  /** Before anything was read: no history that ever was. */
  public static final Position NONE = new Position(new Epoch(0, new UUID(0, 0), ""), Cursors.NONE);

  /** Whether both are of one history. */
  public boolean isOf(Epoch other) {
    return epoch.nonce().equals(other.nonce());
  }
}
