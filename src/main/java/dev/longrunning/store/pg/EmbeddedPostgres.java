package dev.longrunning.store.pg;

import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own: a child process with its data on disk, durable, reachable from this
 * machine only.
 *
 * <p><b>Promise.</b> {@link #start} returns once it takes connections, whatever state the last run
 * left behind: half-made files are made anew, a postmaster that outlived a killed server is
 * stopped, and what was acknowledged is there. From then on it is started again, on the same port,
 * whenever it dies. {@link #close} returns once it is gone.
 *
 * <p><b>Threads.</b> {@code start} and {@code close} block and belong on plain threads; {@code
 * close} may be called at any time, also while {@code start} is under way, which then fails. One
 * thread of its own watches the process.
 *
 * <p><b>Bounds.</b> One process tree, at most 60 connections, a gigabyte of WAL, 16 MiB of log.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  /** A port chosen as free may be taken a moment later; and an orphan may just be starting. */
  private static final int ATTEMPTS_MAX = 3;

  private static final long BACKOFF_MILLIS_MIN = 100;
  private static final long BACKOFF_MILLIS_MAX = 5_000;

  /** One that ran this long did not die of its start. */
  private static final long STEADY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Path path;
  private final String version;
  private final Consumer<String> progress;
  private final CompletableFuture<Void> stopRequested = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private volatile @Nullable Endpoint endpoint;
  private boolean started;

  /** Where it listens; the same for as long as this object lives. */
  private record Endpoint(int port, String password) {}

  /**
   * Prepares it; nothing happens before {@link #start}.
   *
   * @param path the data directory; made if it is missing
   * @param version of the binaries on the class path, such as {@code 18.6.0}
   * @param progress told what takes long, one line each
   */
  public EmbeddedPostgres(Path path, String version, Consumer<String> progress) {
    this.path = path;
    this.version = version;
    this.progress = progress;
  }

  /** Starts it; fails with one clear line. A second call is a mistake. */
  public void start() throws StartFault, InterruptedException {
    beginOnce();
    boolean handedOver = false;
    DataDirectory data = null;
    try {
      data = DataDirectory.open(path);
      handedOver = start(data);
    } catch (IOException e) {
      throw new StartFault(
          "data: the database in " + path + " cannot be started: " + Reasons.of(e), e);
    } finally {
      if (!handedOver) {
        if (data != null) {
          data.close();
        }
        ended.complete(null);
      }
    }
  }

  private void beginOnce() {
    synchronized (stopRequested) {
      if (started || stopRequested.isDone()) {
        throw new IllegalStateException("start is called once, before close");
      }
      started = true;
    }
  }

  private boolean start(DataDirectory data) throws IOException, StartFault, InterruptedException {
    PostgresCluster.refuseOtherMajor(data, version.substring(0, version.indexOf('.')));
    var binaries = PostgresBinaries.in(data, version, progress);
    var launcher = Launcher.of(binaries, data);
    String password = data.password();
    var cluster = PostgresCluster.open(data, binaries, launcher, password, progress);
    refuseIfStopped();
    Run run = firstRun(cluster);
    endpoint = new Endpoint(run.port(), password);
    binaries.deleteOthers(data);
    new Thread(() -> supervise(cluster, run), "postgres-supervisor").start();
    return true;
  }

  private void refuseIfStopped() throws StartFault {
    if (stopRequested.isDone()) {
      throw new StartFault("database: stopped before it was ready");
    }
  }

  private record Run(Postmaster postmaster, int port, long sinceNanos) {}

  private Run firstRun(PostgresCluster cluster)
      throws IOException, StartFault, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return run(cluster, freePort());
      } catch (StartFault fault) {
        if (attempt == ATTEMPTS_MAX || stopRequested.isDone()) {
          throw fault;
        }
      }
    }
  }

  private Run run(PostgresCluster cluster, int port)
      throws IOException, StartFault, InterruptedException {
    long before = stopOrphan(cluster);
    var postmaster = Postmaster.start(cluster, port, before, stopRequested::isDone);
    return new Run(postmaster, port, System.nanoTime());
  }

  /** Stops what an earlier server left running; answers the pid of the last run, or 0. */
  private long stopOrphan(PostgresCluster cluster)
      throws IOException, StartFault, InterruptedException {
    Optional<PostmasterFile> file = PostmasterFile.read(cluster.path());
    if (file.isEmpty()) {
      return 0;
    }
    long pid = file.get().pid();
    if (PostmasterFile.runs(pid, cluster.path())) {
      progress.accept("Stopping the PostgreSQL that a killed server left (process " + pid + ")");
      Postmaster.stopOrphan(cluster, pid);
    }
    return pid;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByAddress(LOOPBACK))) {
      return socket.getLocalPort();
    }
  }

  /** The life of the supervisor's thread. */
  private void supervise(PostgresCluster cluster, Run first) {
    try (var data = cluster.data()) {
      Run run = first;
      while (!awaitEnd(run.postmaster())) {
        LOG.atError()
            .addKeyValue("reason", run.postmaster().ending())
            .addKeyValue("log", data.log())
            .log("postgres.crashed");
        boolean steady = System.nanoTime() - run.sinceNanos() > STEADY_NANOS;
        Optional<Run> next = runAgain(cluster, run.port(), steady ? 0 : BACKOFF_MILLIS_MIN);
        if (next.isEmpty()) {
          return;
        }
        run = next.get();
        LOG.atInfo().addKeyValue("pid", run.postmaster().pid()).log("postgres.restarted");
      }
      run.postmaster().stop();
    } catch (IOException | InterruptedException e) {
      LOG.atError().setCause(e).log("postgres.abandoned");
    } finally {
      ended.complete(null);
    }
  }

  /** Waits until the process has ended or is to be stopped; true if it is to be stopped. */
  private boolean awaitEnd(Postmaster postmaster) {
    CompletableFuture.anyOf(postmaster.ended(), stopRequested).join();
    return stopRequested.isDone();
  }

  /** Tries until it runs; empty if it is to be stopped. */
  private Optional<Run> runAgain(PostgresCluster cluster, int port, long firstPauseMillis)
      throws InterruptedException {
    long pauseMillis = firstPauseMillis;
    while (!stopsWithin(pauseMillis)) {
      try {
        return Optional.of(run(cluster, port));
      } catch (StartFault | IOException e) {
        LOG.atError().addKeyValue("reason", e.getMessage()).log("postgres.restart_failed");
      }
      pauseMillis = Math.min(Math.max(BACKOFF_MILLIS_MIN, 2 * pauseMillis), BACKOFF_MILLIS_MAX);
    }
    return Optional.empty();
  }

  private boolean stopsWithin(long millis) throws InterruptedException {
    try {
      stopRequested.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("a stop request does not fail", e);
    }
  }

  /** How to connect; fails unless it has been started. */
  public PgConnectOptions connectOptions() {
    Endpoint known = endpoint;
    if (known == null) {
      throw new IllegalStateException("the embedded database has not been started");
    }
    return new PgConnectOptions()
        .setHost("127.0.0.1")
        .setPort(known.port())
        .setUser(PostgresCluster.ROLE)
        .setPassword(known.password())
        .setDatabase(PostgresCluster.DATABASE)
        .setSslMode(SslMode.DISABLE);
  }

  /** Stops it and returns once it is gone. Calling it twice, or before start, is harmless. */
  @Override
  public void close() {
    synchronized (stopRequested) {
      stopRequested.complete(null);
      if (!started) {
        return;
      }
    }
    ended.join();
  }
}
