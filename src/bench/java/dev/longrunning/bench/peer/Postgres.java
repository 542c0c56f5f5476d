package dev.longrunning.bench.peer;

import dev.longrunning.observe.Build;
import dev.longrunning.store.pg.EmbeddedPostgres;
import dev.longrunning.store.pg.StartFault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The PostgreSQL of the jar, with the settings that the server gives it (fsync and
 * synchronous_commit on), but for as many connections as pgbench wants. What measures and what is
 * measured are on this one.
 */
public final class Postgres implements AutoCloseable {
  /** In the title of a process that serves a client. */
  public static final String OF_A_CONNECTION = "127.0.0.1(";

  private static final int CONNECTIONS_MAX = 400;
  private static final int CONNECTS_A_SECOND = 100;
  private static final int CLIENTS_AT_A_GLANCE = 16;
  private static final Pattern RATE =
      Pattern.compile("tps = ([0-9.]+) \\(without initial connection time\\)");

  private final Path work;
  private final Path data;
  private final EmbeddedPostgres process;
  private final Vertx vertx = Vertx.vertx();

  /** A database of it. */
  public record Database(PgConnectOptions options) {
    public String url() {
      return "postgres://"
          + options.getUser()
          + "@127.0.0.1:"
          + options.getPort()
          + "/"
          + options.getDatabase()
          + "?sslmode=disable";
    }

    public String password() {
      return options.getPassword();
    }
  }

  private Postgres(Path work, Path data, EmbeddedPostgres process) {
    this.work = work;
    this.data = data;
    this.process = process;
  }

  public static Postgres start(Path work) throws IOException, InterruptedException {
    Files.createDirectories(work);
    var data = Files.createTempDirectory(work, "postgres-");
    // Made first: a directory that holds something is refused.
    started(data).close();
    Files.writeString(
        data.resolve("postgresql.local.conf"), "max_connections = " + CONNECTIONS_MAX + "\n");
    return new Postgres(work, data, started(data));
  }

  private static EmbeddedPostgres started(Path data) throws IOException, InterruptedException {
    var postgres = new EmbeddedPostgres(data, Build.load().postgres(), line -> {});
    try {
      postgres.start();
    } catch (StartFault e) {
      throw new IOException(e.getMessage(), e);
    }
    return postgres;
  }

  /** Empty at first. */
  public Database database() {
    return new Database(process.connectOptions());
  }

  public RowSet<Row> sql(Database database, String sql) throws InterruptedException {
    return sql(database.options, sql);
  }

  private RowSet<Row> sql(PgConnectOptions options, String sql) throws InterruptedException {
    return await(
        PgConnection.connect(vertx, options)
            .compose(
                connection ->
                    connection.query(sql).execute().eventually(() -> connection.close())));
  }

  /** Transactions a second of a script for pgbench, of so many clients at a time. */
  public double pgbench(Database database, String script, int clients, Duration time)
      throws IOException, InterruptedException {
    var file = Files.writeString(Files.createTempFile(work, "script-", ".sql"), script);
    var options = database.options;
    // pgbench takes whole seconds only; for less, two transactions each of a few clients.
    boolean isGlance = time.toSeconds() == 0;
    int connected = isGlance ? Math.min(clients, CLIENTS_AT_A_GLANCE) : clients;
    var command = new ArrayList<>(List.of("pgbench", "-n", "-M", "prepared", "-c", "" + connected));
    command.addAll(List.of("-j", clients == 1 ? "1" : "2", "-f", file.toString()));
    // Connecting is in that time, but not in the rate.
    long seconds = time.toSeconds() + clients / CONNECTS_A_SECOND;
    command.addAll(isGlance ? List.of("-t", "2") : List.of("-T", "" + seconds));
    command.addAll(List.of("-h", "127.0.0.1", "-p", "" + options.getPort()));
    command.addAll(List.of("-U", options.getUser(), options.getDatabase()));
    var text = Program.run(work, "pgbench", Map.of("PGPASSWORD", options.getPassword()), command);
    Files.delete(file);
    var rate = RATE.matcher(text);
    if (!rate.find()) {
      throw new IOException("pgbench: no rate in what it said:\n" + text);
    }
    return Double.parseDouble(rate.group(1));
  }

  private static <T> T await(Future<T> future) throws InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.MINUTES);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** Time of processors that its processes have used, of those that there are. */
  public Duration cpu() throws IOException {
    return children()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** One of its processes, and what it says of itself. */
  public record Child(long pid, String title) {}

  public List<Child> processes() throws IOException {
    return children().map(child -> new Child(child.pid(), title(child.pid()))).toList();
  }

  private static String title(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }

  private Stream<ProcessHandle> children() throws IOException {
    long postmaster =
        Long.parseLong(
            Files.readAllLines(data.resolve("postgresql/postmaster.pid")).get(0).strip());
    return ProcessHandle.of(postmaster).stream().flatMap(ProcessHandle::descendants);
  }

  @Override
  public void close() {
    process.close();
    vertx.close();
  }
}
