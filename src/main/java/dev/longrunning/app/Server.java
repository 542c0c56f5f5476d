package dev.longrunning.app;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.store.pg.StartFault;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server: started once, stopped once.
 *
 * <p><b>Promise.</b> A start that fails leaves nothing running. {@link #stop} may be called at any
 * time from any plain thread, also while the server is starting, and returns once all is stopped.
 */
public final class Server {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final StopSteps steps = new StopSteps();
  private final AtomicBoolean started = new AtomicBoolean();
  private final Wiring wiring;

  /**
   * Prepares it.
   *
   * @param progress told what takes long, one line each
   */
  Server(Settings settings, Consumer<String> progress) {
    this(
        new Reloading.Effective(settings, Map.of(), false),
        () -> new Reloading.Effective(settings, Map.of(), false),
        progress);
  }

  /**
   * Prepares one whose settings may change.
   *
   * @param source where they are read again
   */
  Server(Reloading.Effective first, Reloading.Source source, Consumer<String> progress) {
    this.wiring = new Wiring(first, source, steps, progress);
  }

  /** Reads settings, certificates and types again, soon. */
  void reload() {
    wiring.reload();
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
    long begun = System.nanoTime();
    steps.run();
    log.atInfo()
        .addKeyValue("took_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
        .log("stop.finished");
  }
}
