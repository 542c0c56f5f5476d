package dev.longrunning.app;

import dev.longrunning.observe.Build;
import dev.longrunning.store.pg.EmbeddedPostgres;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where the database is: elsewhere, or a PostgreSQL of our own that starts.
 *
 * <p><b>Threads.</b> Plain ones. Ours starts on a thread of its own: the rest of the server has
 * other things to do meanwhile.
 */
final class Database {
  /** Each of its steps has a limit; what it recovers after a crash has none. */
  private static final Duration START_LIMIT = Duration.ofHours(1);

  private final Future<List<PgConnectOptions>> hosts;

  private Database(Future<List<PgConnectOptions>> hosts) {
    this.hosts = hosts;
  }

  /** Begins to start ours, if it is to be ours. */
  static Database begin(Settings settings, StopSteps steps, Consumer<String> progress)
      throws StartFault {
    var url = settings.database();
    if (url.isPresent()) {
      return new Database(Future.succeededFuture(url.get().connectOptions()));
    }
    var postgres = new EmbeddedPostgres(settings.data(), Build.load().postgres(), progress);
    steps.add(
        "postgres",
        () -> {
          postgres.close();
          return true;
        });
    return new Database(
        Waiting.aside(
            "postgres",
            () -> {
              postgres.start();
              return List.of(postgres.connectOptions());
            }));
  }

  /** The hosts to try, in order; ours is up when this returns. */
  List<PgConnectOptions> hosts() throws StartFault, InterruptedException {
    try {
      return Waiting.await("database", hosts, START_LIMIT);
    } catch (StartFault failure) {
      throw hosts.cause() instanceof StartFault fault ? fault : failure;
    }
  }
}
