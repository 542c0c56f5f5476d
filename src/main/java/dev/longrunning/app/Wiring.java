package dev.longrunning.app;

import dev.longrunning.observe.Build;
import dev.longrunning.observe.Readiness;
import dev.longrunning.site.ManagementPort;
import dev.longrunning.store.pg.DatabaseUrl;
import dev.longrunning.store.pg.EmbeddedPostgres;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * How the parts of the server are put together: plain constructors, top to bottom. Each adds what
 * stops it.
 *
 * <p><b>Threads.</b> One plain thread, which may block.
 */
final class Wiring {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final int MANAGEMENT_IDLE_SECONDS = 30;

  private final Settings settings;
  private final StopSteps steps;
  private final Consumer<String> progress;
  private final Readiness readiness = new Readiness();

  Wiring(Settings settings, StopSteps steps, Consumer<String> progress) {
    this.settings = settings;
    this.steps = steps;
    this.progress = progress;
  }

  /** Starts everything; answers where it listens. */
  HostPort start() throws StartFault, InterruptedException {
    database();
    Vertx vertx = vertx();
    management(vertx);
    HostPort listening = api(vertx);
    readiness.ready();
    steps.add("readiness", done(readiness::draining));
    return listening;
  }

  /** The hosts to try, in order; the embedded one is up when this returns. */
  private List<PgConnectOptions> database() throws StartFault, InterruptedException {
    Optional<DatabaseUrl> url = settings.database();
    if (url.isPresent()) {
      return url.get().connectOptions();
    }
    var postgres = new EmbeddedPostgres(settings.data(), Build.load().postgres(), progress);
    steps.add("postgres", done(postgres::close));
    postgres.start();
    return List.of(postgres.connectOptions());
  }

  private Vertx vertx() throws StartFault {
    var options =
        new VertxOptions()
            .setEventLoopPoolSize(settings.eventLoops())
            .setPreferNativeTransport(true)
            // Nothing of ours is served from files on the class path.
            .setFileSystemOptions(
                new io.vertx.core.file.FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false));
    Vertx vertx = Vertx.vertx(options);
    steps.add("vertx", () -> Waiting.await("vertx", vertx.close(), CLOSE_LIMIT));
    return vertx;
  }

  private void management(Vertx vertx) throws StartFault, InterruptedException {
    if (settings.management().isEmpty()) {
      return;
    }
    var options = new HttpServerOptions().setIdleTimeout(MANAGEMENT_IDLE_SECONDS);
    var server =
        vertx.createHttpServer(options).requestHandler(new ManagementPort(readiness)::handle);
    HostPort at = Binding.bind("management", server, settings.management().get());
    progress.accept("Probes are answered on http://" + at);
  }

  private HostPort api(Vertx vertx) throws StartFault, InterruptedException {
    var server = vertx.createHttpServer().requestHandler(new ManagementPort(readiness)::handle);
    return Binding.bind("listen", server, settings.listen());
  }

  private static Callable<Boolean> done(Runnable step) {
    return () -> {
      step.run();
      return true;
    };
  }
}
