package dev.longrunning.observe;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

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

  private final List<Runnable> tasks = new CopyOnWriteArrayList<>();
  private volatile Phase phase = Phase.STARTING;

  /** Has {@code task} run, by whoever makes it so, each time that the answer may be another. */
  public void onChange(Runnable task) {
    tasks.add(task);
  }

  private void change(Phase to) {
    phase = to;
    tasks.forEach(Runnable::run);
  }

  /** Everything has started. */
  public void ready() {
    change(Phase.READY);
  }

  /** The server is about to stop: no new callers. */
  public void draining() {
    change(Phase.DRAINING);
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
