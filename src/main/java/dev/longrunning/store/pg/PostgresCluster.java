package dev.longrunning.store.pg;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;

/**
 * The database's files: made once, checked and configured at every start.
 *
 * <p><b>Promise.</b> They appear whole: made beside their place and renamed, so that a start killed
 * half-way leaves nothing that the next one would take for a database.
 */
record PostgresCluster(DataDirectory data, PostgresBinaries binaries, Launcher launcher) {
  static final String ROLE = "longrunning";
  static final String DATABASE = "longrunning";

  /** Only our role, only by password, only from this machine. Superusers have no way in. */
  private static final String HBA = "host all " + ROLE + " 127.0.0.1/32 scram-sha-256\n";

  /**
   * Made for one server beside it on the same machine. 256 MiB of buffers are taken as they are
   * used. A gigabyte of WAL is what a recovery reads within seconds. Statements and their values
   * never reach the log.
   */
  private static final String SETTINGS =
      """
      # Written by Longrunning at each start: settings of your own belong into
      # postgresql.local.conf in the directory above.
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      max_connections = 60
      password_encryption = 'scram-sha-256'
      fsync = on
      synchronous_commit = on
      full_page_writes = on
      shared_buffers = '256MB'
      checkpoint_timeout = '15min'
      max_wal_size = '1GB'
      min_wal_size = '128MB'
      wal_compression = 'pglz'
      io_method = 'sync'
      jit = off
      max_parallel_workers_per_gather = 0
      timezone = 'UTC'
      log_timezone = 'UTC'
      log_destination = 'stderr'
      logging_collector = off
      log_line_prefix = '%m [%p] '
      log_min_messages = 'warning'
      log_min_error_statement = 'panic'
      log_error_verbosity = 'terse'
      include_if_exists = '../postgresql.local.conf'
      """;

  /** Opens the database's files, made now if there are none. */
  static PostgresCluster open(
      DataDirectory data,
      PostgresBinaries binaries,
      Launcher launcher,
      String password,
      Consumer<String> progress)
      throws IOException, StartFault, InterruptedException {
    var cluster = new PostgresCluster(data, binaries, launcher);
    Path path = data.cluster();
    if (!Files.exists(path)) {
      progress.accept("Creating the database in " + path);
      cluster.create(password);
    }
    launcher.own(path);
    cluster.configure(path);
    return cluster;
  }

  /** Fails if the directory holds a database that these binaries cannot open. */
  static void refuseOtherMajor(DataDirectory data, String major) throws IOException, StartFault {
    Path file = data.cluster().resolve("PG_VERSION");
    if (!Files.exists(data.cluster())) {
      return;
    }
    String found = Files.exists(file) ? Files.readString(file).strip() : "an unknown version";
    if (!found.equals(major)) {
      throw new StartFault(
          "data: "
              + data.cluster()
              + " was made by PostgreSQL "
              + found
              + "; allowed "
              + major
              + ": dump it with the version that made it, and restore");
    }
  }

  private void create(String password) throws IOException, StartFault, InterruptedException {
    Path partial = data.partial(data.cluster());
    Files.createDirectory(
        partial,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    launcher.own(partial);
    run(
        List.of(
            program("initdb"),
            "--pgdata=" + partial,
            "--username=postgres",
            "--auth=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions"),
        "");
    String statements =
        "create role "
            + ROLE
            + " login password '"
            + password
            + "'\n"
            + "create database "
            + DATABASE
            + " owner "
            + ROLE
            + "\n";
    run(List.of(program("postgres"), "--single", "-D", partial.toString(), "postgres"), statements);
    configure(partial);
    DataDirectory.sync(partial);
    data.publish(partial, data.cluster());
  }

  private void configure(Path path) throws IOException {
    replace(path, "postgresql.conf", SETTINGS);
    replace(path, "pg_hba.conf", HBA);
  }

  private void replace(Path path, String name, String content) throws IOException {
    Path file = path.resolve(name);
    if (Files.exists(file) && Files.readString(file).equals(content)) {
      return;
    }
    Path partial = data.partial(file);
    Files.writeString(partial, content);
    DataDirectory.sync(partial);
    launcher.own(partial);
    Files.move(partial, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private void run(List<String> program, String input)
      throws IOException, StartFault, InterruptedException {
    Process process = launcher.command(program).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    boolean failed = status != 0 || output.contains("ERROR:") || output.contains("FATAL:");
    if (failed) {
      throw new StartFault("data: the database cannot be created: " + complaint(output, status));
    }
  }

  private static String complaint(String output, int status) {
    return output
        .lines()
        .filter(line -> line.contains("rror") || line.contains("ERROR") || line.contains("FATAL"))
        .findFirst()
        .orElse("status " + status)
        .strip();
  }

  String program(String name) {
    return binaries.program(name).toString();
  }

  Path path() {
    return data.cluster();
  }
}
