package dev.longrunning.app;

import dev.longrunning.site.ManagementPort;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The management port as it begins to listen: on a thread of its own, so that those of the calls
 * may be busy or stuck, and until all else has stopped.
 *
 * <p><b>Threads.</b> Plain ones.
 */
final class Management {
  /** Nothing is shown. */
  static final Management NONE = new Management(null);

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private record Opening(HostPort at, ManagementPort port, Future<String> listening) {}

  private final Optional<Opening> opening;

  private Management(@Nullable Opening opening) {
    this.opening = Optional.ofNullable(opening);
  }

  /** Begins; the rest of the server has other things to do meanwhile. */
  static Management begin(HostPort at, ManagementPort.Views views, StopSteps steps)
      throws StartFault {
    var port = new ManagementPort(new ManagementPort.Address(at.host(), at.port()), views);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(Wiring.withoutFiles()));
    steps.add("management", () -> Waiting.await("management", vertx.close(), LIMIT));
    return new Management(new Opening(at, port, vertx.deployVerticle(port)));
  }

  /** Waits until it listens, and says where; fails if it cannot. */
  void await(Consumer<String> progress) throws StartFault, InterruptedException {
    if (opening.isEmpty()) {
      return;
    }
    var begun = opening.get();
    try {
      Waiting.await("management", begun.listening(), LIMIT);
    } catch (StartFault fault) {
      throw Binding.fault("management", begun.at(), fault);
    }
    int port = begun.port().port();
    progress.accept("Probes and metrics are on http://" + begun.at().withPort(port));
  }
}
