package dev.longrunning.store;

import java.util.UUID;

/**
 * Which history this is. Every failover and every restore begins a new one.
 *
 * @param number grows; revisions of an epoch begin at {@code number << 40}
 * @param nonce what tokens hold: the number alone could come again
 * @param timeline of the server that began it
 */
public record Epoch(long number, UUID nonce, String timeline) {
  public static final int REVISION_BITS = 40;

  /** The revision of the marker with which the epoch begins in every lane. */
  public long firstRevision() {
    return number << REVISION_BITS;
  }
}
