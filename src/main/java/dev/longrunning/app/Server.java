package dev.longrunning.app;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.store.pg.StartFault;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One server: started once, stopped once.
 *
 * <p><b>Promise.</b> A start that fails leaves nothing running. {@link #stop} may be called at any
 * time from any plain thread, also while the server is starting, and returns once all is stopped.
 */
public final class Server {
  private final StopSteps steps = new StopSteps();
  private final AtomicBoolean started = new AtomicBoolean();
  private final Wiring wiring;

  /**
   * Prepares it.
   *
   * @param progress told what takes long, one line each
   */
  Server(Settings settings, Consumer<String> progress) {
    this.wiring = new Wiring(settings, steps, progress);
  }

  /** Starts it; answers where it listens. */
  HostPort start() throws StartFault, InterruptedException {
    if (started.getAndSet(true)) {
      throw new IllegalStateException("a server is started once");
    }
    boolean running = false;
    try {
      HostPort listening = wiring.start();
      running = true;
      return listening;
    } finally {
      if (!running) {
        steps.run();
      }
    }
  }

  /** How full its bounded queues have been. */
  List<QueuePeak> peaks() {
    return wiring.peaks();
  }

  /** Stops it, also half-started. */
  void stop() {
    steps.run();
  }
}
