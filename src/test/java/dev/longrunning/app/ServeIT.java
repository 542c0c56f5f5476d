package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a person runs it: a process of its own. */
@Timeout(120)
final class ServeIT {
  private static final int TERMINATED = 143;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Pattern PROBES =
      Pattern.compile("longrunning: Probes and metrics are on (http://\\S+)");

  /** Unpacked once: later servers find the programs there. */
  @TempDir static Path shared;

  @TempDir Path temp;
  private final List<ServerProcess> processes = new ArrayList<>();

  @BeforeAll
  static void unpack() throws Exception {
    String data = shared.resolve("data").toString();
    try (var process =
        ServerProcess.run(
            shared.resolve("err"), "serve", "--listen", "127.0.0.1:0", "--data", data)) {
      process.awaitReady(READY_LIMIT);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (ServerProcess process : processes) {
      process.close();
    }
  }

  @Test
  void one_line_says_where_it_listens_and_a_signal_stops_all_of_it() throws Exception {
    var server = serve("--management", "127.0.0.1:0");
    server.awaitReady(READY_LIMIT);
    String probes = PROBES.matcher(server.errors()).results().findFirst().orElseThrow().group(1);

    assertThat(get(probes + "/livez")).isEqualTo(200);
    assertThat(get(probes + "/readyz")).isEqualTo(200);
    assertThat(get(probes + "/metrics")).isEqualTo(200);
    assertThat(get(probes + "/nowhere")).isEqualTo(404);

    assertThat(server.stop("TERM")).isEqualTo(TERMINATED);

    assertThat(server.line()).isNull();
    assertThat(shared.resolve("data/postgresql/postmaster.pid")).doesNotExist();
    assertThat(server.errors().lines()).hasSize(1);
  }

  @Test
  void a_second_server_on_the_directory_says_so_in_one_line() throws Exception {
    var first = serve();
    first.awaitReady(READY_LIMIT);

    var second = serve();

    assertThat(second.awaitEnd()).isEqualTo(1);
    assertThat(second.errors())
        .isEqualTo(
            "longrunning: data: "
                + shared.resolve("data").toRealPath()
                + " is in use by another"
                + " Longrunning (process "
                + first.pid()
                + "); allowed one server a directory\n");
    assertThat(ProcessHandle.of(first.pid())).isPresent();
  }

  @Test
  void a_port_that_is_taken_is_one_line_and_leaves_nothing_running() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      var server = serve("--listen", address);

      assertThat(server.awaitEnd()).isEqualTo(1);

      assertThat(server.errors())
          .isEqualTo(
              "longrunning: listen: "
                  + address
                  + " is in use by another program; allowed a free"
                  + " port, or 0 for any\n");
      assertThat(shared.resolve("data/postgresql/postmaster.pid")).doesNotExist();
    }
  }

  @Test
  void wrong_settings_end_it_with_2_before_anything_is_touched() throws Exception {
    Path data = temp.resolve("data");
    var server = serve("--data", data.toString(), "--listen", "0.0.0.0:80", "--management", "x");

    assertThat(server.awaitEnd()).isEqualTo(2);

    assertThat(server.errors().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("longrunning: "));
    assertThat(data).doesNotExist();
  }

  /** On a free port and the shared directory, unless the arguments say otherwise. */
  private ServerProcess serve(String... arguments) throws IOException {
    var given = List.of(arguments);
    var all = new ArrayList<>(List.of("serve"));
    if (!given.contains("--data")) {
      all.addAll(List.of("--data", shared.resolve("data").toString()));
    }
    if (!given.contains("--listen")) {
      all.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    all.addAll(given);
    var process = ServerProcess.run(temp.resolve("err"), all.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  private static int get(String uri) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(uri)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
