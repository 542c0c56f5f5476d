package dev.longrunning.observe;

import java.util.Locale;

/**
 * Whether this server wants calls.
 *
 * <p><b>Promise.</b> It becomes ready once and stays so until it drains: a server whose database is
 * away still answers best by itself, and an empty Service helps nobody.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Readiness {
  private enum Phase {
    STARTING,
    READY,
    DRAINING
  }

  private volatile Phase phase = Phase.STARTING;

  /** Everything has started. */
  public void ready() {
    phase = Phase.READY;
  }

  /** The server is about to stop: no new callers. */
  public void draining() {
    phase = Phase.DRAINING;
  }

  /** In one word. */
  public String word() {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  public boolean isDraining() {
    return phase == Phase.DRAINING;
  }

  public boolean isReady() {
    return phase == Phase.READY;
  }
}
