package dev.longrunning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/longrunning}, beside a jar as it is shipped. */
@Timeout(240)
final class StartScriptIT {
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final int TERMINATED = 143;

  @TempDir private Path temp;
  private Path script;
  private ServerProcess server;

  @BeforeEach
  void install() throws IOException {
    script = Files.copy(Path.of("bin/longrunning"), temp.resolve("longrunning"));
    Files.copy(Path.of("bin/jvm.options"), temp.resolve("jvm.options"));
    Files.copy(Path.of("target/longrunning.jar"), temp.resolve("longrunning.jar"));
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private ServerProcess run(String options, String... arguments) throws IOException {
    server = ServerProcess.script(script, options, temp.resolve("err"), arguments);
    return server;
  }

  private void serveOnce(String options) throws Exception {
    run(options, "serve", "--listen", "127.0.0.1:0", "--data", temp.resolve("data").toString());
    server.awaitReady(READY_LIMIT);
    server.signal("TERM");
    assertThat(server.awaitEnd()).isEqualTo(TERMINATED);
    assertThat(server.line()).as("one line on standard output").isNull();
  }

  private List<Path> archives() throws IOException {
    try (var files = Files.list(temp)) {
      return files.filter(file -> file.toString().contains(".jsa")).toList();
    }
  }

  @Test
  void its_second_start_takes_classes_from_the_archive_of_the_first() throws Exception {
    serveOnce("-Xshare:auto");
    assertThat(archives()).hasSize(1);
    var loaded = temp.resolve("loaded");

    serveOnce("-Xlog:class+load:file=" + loaded);

    assertThat(Files.readString(loaded))
        .contains("dev.longrunning.app.Wiring source: shared objects file")
        .contains("io.vertx.pgclient.impl.PgConnectionImpl source: shared objects file");
    assertThat(archives()).hasSize(1);
  }

  @Test
  void what_serves_nobody_leaves_no_archive() throws Exception {
    assertThat(run("-Xshare:auto", "serve", "--listen", "nowhere").awaitEnd()).isEqualTo(2);
    var nobody = "postgres://nobody@127.0.0.1:1/nothing";
    assertThat(run("-Xshare:auto", "serve", "--database", nobody).awaitEnd()).isEqualTo(1);
    assertThat(run("-Xshare:auto", "check", "conf/services/default.yaml").awaitEnd()).isZero();

    assertThat(archives()).isEmpty();
  }
}
