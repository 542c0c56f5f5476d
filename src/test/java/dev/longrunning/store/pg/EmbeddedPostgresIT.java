package dev.longrunning.store.pg;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.observe.Build;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class EmbeddedPostgresIT {
  private static final String VERSION = Build.load().postgres();

  /** Holds the programs, unpacked once for all tests but the one that is about a first start. */
  @TempDir static Path unpacked;

  @TempDir Path temp;
  private final List<String> progress = new ArrayList<>();
  private final List<Program> programs = new ArrayList<>();
  private Vertx vertx;

  @BeforeAll
  static void unpack() throws Exception {
    try (var data = DataDirectory.open(unpacked.resolve("data"))) {
      PostgresBinaries.in(data, VERSION, line -> {});
    }
  }

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() throws Exception {
    for (Program program : programs) {
      program.close();
    }
    await(vertx.close());
  }

  @Test
  void what_was_written_is_there_after_a_stop_and_a_start() throws Exception {
    Path data = temp.resolve("data");
    try (var postgres = start(data)) {
      ask(postgres.connectOptions(), "create table kept (n int)");
      ask(postgres.connectOptions(), "insert into kept values (7)");
    }
    assertThat(data.resolve("postgresql/postmaster.pid")).doesNotExist();

    try (var postgres = start(data)) {
      assertThat(ask(postgres.connectOptions(), "select n::text from kept")).containsExactly("7");
    }
    assertThat(progress).hasSize(2);
    assertThat(Files.getPosixFilePermissions(data.resolve("password")))
        .isEqualTo(fromString("rw-------"));
  }

  @Test
  void it_is_durable_and_its_role_is_no_superuser() throws Exception {
    try (var postgres = start(seeded())) {
      var options = postgres.connectOptions();

      assertThat(setting(options, "fsync")).isEqualTo("on");
      assertThat(setting(options, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(options, "full_page_writes")).isEqualTo("on");
      assertThat(setting(options, "data_checksums")).isEqualTo("on");
      assertThat(setting(options, "server_encoding")).isEqualTo("UTF8");
      assertThat(setting(options, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(setting(options, "is_superuser")).isEqualTo("off");
      assertThatThrownBy(() -> ask(new PgConnectOptions(options).setPassword("no"), "select 'x'"))
          .hasMessageContaining("password");
    }
  }

  @Test
  void after_a_killed_server_the_next_stops_its_database_and_recovers() throws Exception {
    Path data = seeded();
    var killed = run(data);
    ask(killed.options(), "create table kept (n int)");
    ask(killed.options(), "insert into kept values (7)");
    long orphan = postmaster(data);
    killed.kill();
    assertThat(ProcessHandle.of(orphan)).isPresent();

    try (var postgres = start(data)) {
      assertThat(PostmasterFile.runs(orphan, data.resolve("postgresql"))).isFalse();
      assertThat(ask(postgres.connectOptions(), "select n::text from kept")).containsExactly("7");
    }
    assertThat(progress).anyMatch(line -> line.contains("process " + orphan));
  }

  @Test
  void a_database_that_crashes_is_started_again_on_the_same_port() throws Exception {
    Path data = seeded();
    try (var postgres = start(data)) {
      var options = postgres.connectOptions();
      ask(options, "create table kept (n int)");
      long first = postmaster(data);

      ProcessHandle.of(first).orElseThrow().destroyForcibly();

      assertThat(askUntilAnswered(options, "select count(*)::text from kept")).containsExactly("0");
      assertThat(postmaster(data)).isNotEqualTo(first);
    }
  }

  @Test
  void two_servers_on_one_directory_get_one_clear_error() throws Exception {
    Path data = seeded();
    var first = run(data);

    assertThatThrownBy(() -> start(data))
        .isInstanceOf(StartFault.class)
        .hasMessage(
            "data: %s is in use by another Longrunning (process %d); allowed one server a"
                + " directory",
            data.toRealPath(), first.process.pid());
    assertThat(ask(first.options(), "select 'alive'")).containsExactly("alive");
  }

  @Test
  void of_servers_that_start_at_once_one_wins_and_the_others_say_why() throws Exception {
    Path data = temp.resolve("data");
    var all = IntStream.range(0, 3).mapToObj(i -> launch(data)).toList();

    var answers = new ArrayList<String>();
    for (Program program : all) {
      answers.add(program.firstLine());
    }

    assertThat(answers).filteredOn(line -> line.matches("[0-9]+ [0-9a-f]{48}")).hasSize(1);
    assertThat(answers).filteredOn(line -> line.contains("is in use by another")).hasSize(2);
  }

  @Test
  void a_start_killed_at_any_moment_leaves_nothing_that_the_next_trips_over() throws Exception {
    Path data = temp.resolve("data");
    for (String sign : List.of("password", "postgresql.partial", "postgresql/postmaster.pid")) {
      var program = launch(data);
      awaitEntry(data, sign);
      program.kill();
    }

    try (var postgres = start(data)) {
      assertThat(ask(postgres.connectOptions(), "select 'alive'")).containsExactly("alive");
    }
  }

  @Test
  void a_stop_while_it_starts_ends_the_start() throws Exception {
    var postgres = new EmbeddedPostgres(seeded(), VERSION, progress::add);
    var closer = new Thread(postgres::close);
    try (postgres) {
      closer.start();
      postgres.start();
    } catch (StartFault | IllegalStateException expected) {
      assertThat(expected).hasMessageMatching("(?s).*(stopped before|before close).*");
    }
    closer.join();
    assertThat(temp.resolve("data/postgresql/postmaster.pid")).doesNotExist();
  }

  @Test
  void a_pid_file_that_names_a_stranger_harms_nobody() throws Exception {
    Path data = seeded();
    start(data).close();
    Path file = data.resolve("postgresql/postmaster.pid");
    var stranger = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(file, stranger.pid() + "\n" + data + "\n1\n5432\n\n\n\n");

      start(data).close();

      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  /** A data directory with the programs in it, as links. */
  private Path seeded() throws IOException {
    Path from = unpacked.resolve("data");
    Path data = temp.resolve("data");
    try (var files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = data.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.createLink(target, file);
        }
      }
    }
    // The lock is this directory's own.
    Files.delete(data.resolve("longrunning.lock"));
    Files.createFile(data.resolve("longrunning.lock"));
    return data;
  }

  private EmbeddedPostgres start(Path data) throws Exception {
    var postgres = new EmbeddedPostgres(data, VERSION, progress::add);
    postgres.start();
    return postgres;
  }

  private static long postmaster(Path data) throws IOException {
    return PostmasterFile.read(data.resolve("postgresql")).orElseThrow().pid();
  }

  private String setting(PgConnectOptions options, String name) throws Exception {
    return ask(options, "select current_setting('" + name + "')").get(0);
  }

  private List<String> ask(PgConnectOptions options, String sql) throws Exception {
    return await(
        PgConnection.connect(vertx, options)
            .compose(
                connection ->
                    connection
                        .query(sql)
                        .execute()
                        .map(EmbeddedPostgresIT::texts)
                        .eventually(connection::close)));
  }

  private static List<String> texts(Iterable<Row> rows) {
    var texts = new ArrayList<String>();
    rows.forEach(row -> texts.add(row.getString(0)));
    return texts;
  }

  /** Each attempt is answered or refused at once: no waiting on a clock. */
  private List<String> askUntilAnswered(PgConnectOptions options, String sql) {
    while (true) {
      try {
        return ask(options, sql);
      } catch (Exception e) {
        Thread.onSpinWait();
      }
    }
  }

  private static void awaitEntry(Path data, String prefix) throws IOException {
    while (true) {
      if (Files.exists(data.resolve(prefix))) {
        return;
      }
      if (Files.isDirectory(data)) {
        try (var entries = Files.list(data)) {
          if (entries.anyMatch(entry -> entry.getFileName().toString().startsWith(prefix))) {
            return;
          }
        }
      }
      Thread.onSpinWait();
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Program run(Path data) throws IOException {
    var program = launch(data);
    program.firstLine();
    return program;
  }

  private Program launch(Path data) {
    try {
      var program = new Program(data);
      programs.add(program);
      return program;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A JVM of its own with an embedded database. */
  private static final class Program implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private String line = "";

    Program(Path data) throws IOException {
      var java = Path.of(System.getProperty("java.home"), "bin", "java");
      process =
          new ProcessBuilder(
                  java.toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  EmbeddedPostgresProgram.class.getName(),
                  data.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    String firstLine() throws IOException {
      if (line.isEmpty()) {
        String read = output.readLine();
        line = read == null ? "ended" : read;
      }
      return line;
    }

    PgConnectOptions options() throws IOException {
      String[] words = firstLine().split(" ", 2);
      return new PgConnectOptions()
          .setHost("127.0.0.1")
          .setPort(Integer.parseInt(words[0]))
          .setUser(PostgresCluster.ROLE)
          .setPassword(words[1])
          .setDatabase(PostgresCluster.DATABASE);
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.onExit().join();
    }
  }
}
