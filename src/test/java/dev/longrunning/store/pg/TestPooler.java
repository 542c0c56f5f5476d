package dev.longrunning.store.pg;

import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A pgbouncer in transaction mode before a {@link TestPostgres}. */
final class TestPooler implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

  private final Process process;
  private final Path directory;
  private final int port;
  private final PgConnectOptions behind;

  private TestPooler(Process process, Path directory, int port, PgConnectOptions behind) {
    this.process = process;
    this.directory = directory;
    this.port = port;
    this.behind = behind;
  }

  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  static TestPooler before(TestPostgres postgres) throws IOException, InterruptedException {
    int port = TestPostgres.freePort();
    var directory = Files.createTempDirectory("longrunning-pooler");
    var settings =
        """
        [databases]
        postgres = host=127.0.0.1 port=%d dbname=postgres user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        max_client_conn = 200
        default_pool_size = 8
        """
            .formatted(postgres.port(), port);
    var file = Files.writeString(directory.resolve("pgbouncer.ini"), settings);
    List<String> words = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      words.addAll(List.of("unshare", "-U", "--"));
    }
    words.addAll(List.of(PROGRAM.toString(), file.toString()));
    var process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    var pooler = new TestPooler(process, directory, port, postgres.options());
    pooler.awaitListening();
    return pooler;
  }

  private void awaitListening() throws IOException, InterruptedException {
    for (int i = 0; i < 400 && process.isAlive(); i++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(25);
      }
    }
    throw new IOException("pgbouncer: " + Files.readString(directory.resolve("log")));
  }

  PgConnectOptions options() {
    return new PgConnectOptions(behind).setPort(port).setUser("postgres").setUseLayer7Proxy(true);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
  }
}
