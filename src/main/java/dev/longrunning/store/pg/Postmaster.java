package dev.longrunning.store.pg;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One run of the database's main process.
 *
 * <p><b>Promise.</b> {@link #start} returns once it takes connections. {@link #stop} returns once
 * it is gone: asked politely first, then told, then killed, which loses nothing that was
 * acknowledged.
 *
 * <p><b>Threads.</b> One at a time; all methods block.
 */
final class Postmaster {
  /** Long enough for a recovery over all of max_wal_size on a slow disk. */
  private static final long READY_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final long POLL_MILLIS = 4;

  /** A shutdown writes what is dirty in shared buffers: 256 MiB at most. */
  private static final long FAST_MILLIS = 30_000;

  private static final long IMMEDIATE_MILLIS = 5_000;

  /** For its last words, which are there already. */
  private static final long LOG_MILLIS = 1_000;

  /** Shorter for one left behind by a killed server: the next is to be ready within 10 s. */
  private static final long ORPHAN_FAST_MILLIS = 4_000;

  private static final long ORPHAN_IMMEDIATE_MILLIS = 1_500;

  private final PostgresCluster cluster;
  private final Process process;
  private final BoundedLog log;
  private final Thread copier;

  private Postmaster(PostgresCluster cluster, Process process, BoundedLog log, Thread copier) {
    this.cluster = cluster;
    this.process = process;
    this.log = log;
    this.copier = copier;
  }

  /** Starts it on {@code port} and waits until it is ready, or until {@code givenUp}. */
  static Postmaster start(PostgresCluster cluster, int port, long before, BooleanSupplier givenUp)
      throws IOException, StartFault, InterruptedException {
    var builder =
        cluster
            .launcher()
            .detached(
                List.of(
                    cluster.program("postgres"),
                    "-D",
                    cluster.path().toString(),
                    "-p",
                    Integer.toString(port)));
    // PostgreSQL refuses to start while the pid of the last run is in use by any process, unless
    // that is its grandparent, as it calls who started it. The pid was seen not to be a PostgreSQL.
    builder.environment().put("PG_GRANDPARENT_PID", Long.toString(before));
    Process process = builder.start();
    process.getOutputStream().close();
    var log = new BoundedLog(cluster.data().log());
    var copier = new Thread(() -> log.copy(process.getInputStream()), "postgres-log");
    copier.setDaemon(true);
    copier.start();
    var postmaster = new Postmaster(cluster, process, log, copier);
    postmaster.awaitReady(givenUp);
    return postmaster;
  }

  private void awaitReady(BooleanSupplier givenUp)
      throws IOException, StartFault, InterruptedException {
    long deadline = System.nanoTime() + READY_NANOS;
    while (!isReady()) {
      if (!process.isAlive()) {
        throw new StartFault("database: PostgreSQL does not start: " + why());
      }
      if (givenUp.getAsBoolean() || System.nanoTime() - deadline > 0) {
        stop();
        throw new StartFault("database: PostgreSQL was stopped before it was ready");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean isReady() throws IOException {
    return PostmasterFile.read(cluster.path())
        .filter(file -> file.pid() == process.pid() && file.status().equals("ready"))
        .isPresent();
  }

  private String why() {
    return log.lastComplaint()
        .orElseGet(() -> "status " + process.exitValue() + ", see " + cluster.data().log());
  }

  long pid() {
    return process.pid();
  }

  /** Completes when it has ended, of its own accord or not. */
  CompletableFuture<Process> ended() {
    return process.onExit();
  }

  /** How it ended, once it has. */
  String ending() {
    return log.lastComplaint().orElseGet(() -> "status " + process.exitValue());
  }

  /** When this returns it has ended, and nothing writes into the data directory any more. */
  void stop() throws IOException, InterruptedException {
    end();
    copier.join(LOG_MILLIS);
  }

  private void end() throws IOException, InterruptedException {
    signal(cluster, "INT", process.pid());
    if (process.waitFor(FAST_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    signal(cluster, "QUIT", process.pid());
    if (!process.waitFor(IMMEDIATE_MILLIS, TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Stops the one that a killed server left behind on this database. */
  static void stopOrphan(PostgresCluster cluster, long pid)
      throws IOException, StartFault, InterruptedException {
    signal(cluster, "INT", pid);
    if (awaitGone(cluster, pid, ORPHAN_FAST_MILLIS)) {
      return;
    }
    signal(cluster, "QUIT", pid);
    if (awaitGone(cluster, pid, ORPHAN_IMMEDIATE_MILLIS)) {
      return;
    }
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    if (!awaitGone(cluster, pid, ORPHAN_IMMEDIATE_MILLIS)) {
      throw new StartFault(
          "data: "
              + cluster.path()
              + " is in use by PostgreSQL process "
              + pid
              + ", which cannot be stopped; stop it");
    }
  }

  private static boolean awaitGone(PostgresCluster cluster, long pid, long millis)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (PostmasterFile.runs(pid, cluster.path())) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  /** Java itself can only send the signal for a shutdown that waits for all connections. */
  private static void signal(PostgresCluster cluster, String signal, long pid)
      throws IOException, InterruptedException {
    var words = List.of(cluster.program("pg_ctl"), "kill", signal, Long.toString(pid));
    cluster
        .launcher()
        .command(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
