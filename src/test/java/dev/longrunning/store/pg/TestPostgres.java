package dev.longrunning.store.pg;

import dev.longrunning.observe.Build;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL for tests, from binaries in a directory: thrown away afterwards, but durable.
 *
 * <p>Its superuser {@code postgres} needs no password, so that a test may terminate backends.
 */
public final class TestPostgres implements AutoCloseable {
  private static final List<String> AS_NOBODY = List.of("unshare", "-U", "--");

  private static final int STOP_SECONDS = 60;

  private final Path bin;
  private final Path data;
  private final int port;
  private Process process;

  private TestPostgres(Path bin, Path data, int port) {
    this.bin = bin;
    this.data = data;
    this.port = port;
  }

  /** Where Debian keeps the programs of a major version. */
  public static Path debian(int major) {
    return Path.of("/usr/lib/postgresql", Integer.toString(major), "bin");
  }

  /** The programs that travel with the server, unpacked once for all tests. */
  public static Path bundled() throws IOException, StartFault {
    synchronized (TestPostgres.class) {
      var home = Path.of("target", "test-postgres").toAbsolutePath();
      try (var data = DataDirectory.open(home)) {
        var version = Build.load().postgres();
        return PostgresBinaries.in(data, version, progress -> {}).program("initdb").getParent();
      }
    }
  }

  public static boolean isInstalled(Path bin) {
    return Files.isExecutable(bin.resolve("initdb"));
  }

  public static TestPostgres start(Path bin, String... settings)
      throws IOException, InterruptedException {
    return startIn(Files.createTempDirectory("longrunning-pg"), bin, settings);
  }

  /** Starts one whose data are in a directory that exists, such as the root of a small disk. */
  public static TestPostgres startIn(Path data, Path bin, String... settings)
      throws IOException, InterruptedException {
    return startAt(freePort(), data, bin, settings);
  }

  private static TestPostgres startAt(int port, Path data, Path bin, String... settings)
      throws IOException, InterruptedException {
    var postgres = new TestPostgres(bin, data, port);
    postgres.create(settings);
    postgres.launch();
    return postgres;
  }

  /** Starts one on a port that was chosen before. */
  public static TestPostgres startAt(int port, Path bin, String... settings)
      throws IOException, InterruptedException {
    return startAt(port, Files.createTempDirectory("longrunning-pg"), bin, settings);
  }

  /**
   * Copies what another one holds, between the start and the stop of a backup there.
   *
   * @return one that is not running, to be started by {@link #follow}
   */
  public static TestPostgres copyOf(TestPostgres primary, int port) throws IOException {
    var copy = Files.createTempDirectory("longrunning-pg");
    try (Stream<Path> files = Files.walk(primary.data)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        copy(file, copy.resolve(primary.data.relativize(file)));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new TestPostgres(primary.bin, copy, port);
  }

  private static void copy(Path from, Path to) throws IOException {
    boolean log = from.getParent().endsWith("pg_wal") && !Files.isDirectory(from);
    if (log || from.endsWith("postmaster.pid") || Files.isDirectory(to)) {
      return;
    }
    try {
      Files.copy(from, to);
    } catch (NoSuchFileException gone) {
      // A file that comes and goes is none that a backup needs.
    }
  }

  /** Starts this copy as a standby that follows the other one. */
  public void follow(TestPostgres primary, String backupLabel)
      throws IOException, InterruptedException {
    Files.writeString(data.resolve("backup_label"), backupLabel);
    Files.createFile(data.resolve("standby.signal"));
    var conninfo = "host=127.0.0.1 user=postgres port=" + primary.port;
    var settings = List.of("port = " + port, "primary_conninfo = '" + conninfo + "'");
    Files.write(data.resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
    // What was altered at the other one would win.
    Files.writeString(data.resolve("postgresql.auto.conf"), "");
    launch();
  }

  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public PgConnectOptions options() {
    return new PgConnectOptions()
        .setHost("127.0.0.1")
        .setPort(port)
        .setUser("postgres")
        .setDatabase("postgres")
        .setSslMode(SslMode.DISABLE);
  }

  /** As a server takes it. */
  public String url() {
    return "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable";
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** Stops all of it at once, as a machine does that loses power; what was flushed stays. */
  public void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }

  /** Stops it as {@code pg_ctl} does: INT is fast, QUIT at once. */
  public void stop(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("postgres does not stop: " + Files.readString(log()));
    }
  }

  /** Starts it again after {@link #kill} or {@link #stop}. */
  public void launch() throws IOException, InterruptedException {
    Files.deleteIfExists(data.resolve("postmaster.pid"));
    process = command("postgres", "-D", data.toString()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(killer(process), "stop-" + process.pid()));
    for (int i = 0; i < 1_200; i++) {
      if (ready()) {
        return;
      }
      if (!process.isAlive()) {
        throw new IOException("postgres ended: " + Files.readString(log()));
      }
      TimeUnit.MILLISECONDS.sleep(25);
    }
    throw new IOException("postgres is not ready after 30 s: " + Files.readString(log()));
  }

  /** A test class whose set-up fails never comes to closing it: it must not outlive the tests. */
  private static Runnable killer(Process process) {
    return () -> {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    };
  }

  /** SIGSTOP or SIGCONT to the postmaster and all its children. */
  public void signal(String signal) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("kill", "-" + signal, Long.toString(process.pid())));
    process.descendants().forEach(child -> command.add(Long.toString(child.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  @Override
  public void close() throws Exception {
    if (process.isAlive()) {
      signal("CONT");
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        kill();
      }
    }
    try (Stream<Path> files = Files.walk(data)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    }
  }

  private void create(String... settings) throws IOException, InterruptedException {
    var initdb =
        command(
                "initdb",
                "-D",
                data.toString(),
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync")
            .start();
    if (initdb.waitFor() != 0) {
      throw new IOException("initdb: " + Files.readString(log()));
    }
    var lines = new ArrayList<String>();
    lines.add("listen_addresses = '127.0.0.1'");
    lines.add("port = " + port);
    lines.add("unix_socket_directories = ''");
    lines.add("max_connections = 100");
    lines.add("shared_buffers = '128MB'");
    lines.addAll(List.of(settings));
    Files.write(
        data.resolve("postgresql.conf"), lines, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
  }

  private boolean ready() throws IOException {
    var file = data.resolve("postmaster.pid");
    return Files.exists(file) && Files.readString(file).contains("ready");
  }

  private Path log() {
    return data.resolveSibling(data.getFileName() + ".log");
  }

  /** PostgreSQL refuses root; in a user namespace root's files stay root's and nobody is root. */
  private ProcessBuilder command(String program, String... arguments) {
    List<String> words = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      words.addAll(AS_NOBODY);
    }
    words.add(bin.resolve(program).toString());
    words.addAll(List.of(arguments));
    var builder = new ProcessBuilder(words);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }
}
