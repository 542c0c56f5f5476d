package dev.longrunning.app;

import dev.longrunning.connection.Connections;
import dev.longrunning.observe.Readiness;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a stop: callers go elsewhere, and what they have asked for is answered.
 *
 * <p><b>Promise.</b> In this order: not ready any more; a pause in which all goes on, so that load
 * balancers notice; from then on streams, and calls that wait, are ended one after the other
 * ({@link RollingDrain}); no more connections, and those that there are leave. Returns once they
 * have, or when the grace is over; then what is left is cut off, and counted in the log.
 *
 * <p><b>Threads.</b> A plain one, which it blocks.
 *
 * <p><b>Bounds.</b> Pause and grace of {@link StopSettings}, and {@link #BEYOND_GRACE}.
 */
final class GracefulStop implements Callable<Boolean> {
  private static final Logger log = LoggerFactory.getLogger(GracefulStop.class);
  private static final Duration BEYOND_GRACE = Duration.ofSeconds(2);

  private final Readiness readiness;
  private final LoopParts parts;
  private final List<ApiPort> ports;
  private final Connections connections;
  private final Supplier<StopSettings> settings;

  GracefulStop(
      Readiness readiness,
      LoopParts parts,
      List<ApiPort> ports,
      Connections connections,
      Supplier<StopSettings> settings) {
    this.readiness = readiness;
    this.parts = parts;
    this.ports = ports;
    this.connections = connections;
    this.settings = settings;
  }

  @Override
  public Boolean call() throws StartFault, InterruptedException {
    var how = settings.get();
    readiness.draining();
    log.atInfo()
        .addKeyValue("connections", connections.accepted())
        .addKeyValue("pause_ms", how.pause().toMillis())
        .addKeyValue("grace_ms", how.grace().toMillis())
        .addKeyValue("drain_ms", how.drain().toMillis())
        .log("stop.began");
    Thread.sleep(how.pause().toMillis());
    parts.drain(how.drain());
    Waiting.await("api", connections.shut(), BEYOND_GRACE);
    var drained = ports.stream().map(port -> port.drain(how.grace())).toList();
    Waiting.await("api", Future.join(drained), how.grace().plus(BEYOND_GRACE));
    if (connections.callsCutOff() > 0) {
      log.atWarn().addKeyValue("calls", connections.callsCutOff()).log("stop.calls_cut_off");
    }
    return true;
  }
}
