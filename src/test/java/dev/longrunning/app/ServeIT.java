package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final Pattern READY =
      Pattern.compile("Longrunning listens on (http://127\\.0\\.0\\.1:[0-9]+) \\(gRPC and REST\\)");
  private static final Pattern PROBES =
      Pattern.compile("longrunning: Probes are answered on (http://\\S+)");

  /** Unpacked once: later servers find the programs there. */
  @TempDir static Path shared;

  @TempDir Path temp;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void unpack() throws Exception {
    var process = launch(shared.resolve("err"), "--data", shared.resolve("data").toString());
    output(process).readLine();
    process.destroy();
    process.waitFor();
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : processes) {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  void one_line_says_where_it_listens_and_a_signal_stops_all_of_it() throws Exception {
    var server = serve("--management", "127.0.0.1:0");
    var output = output(server);
    assertThat(output.readLine()).matches(READY);
    String probes = PROBES.matcher(errors()).results().findFirst().orElseThrow().group(1);

    assertThat(get(probes + "/livez")).isEqualTo(200);
    assertThat(get(probes + "/readyz")).isEqualTo(200);
    assertThat(get(probes + "/")).isEqualTo(404);
    // Process.destroy would close the output too.
    server.toHandle().destroy();

    assertThat(output.readLine()).isNull();
    assertThat(server.waitFor()).isEqualTo(TERMINATED);
    assertThat(shared.resolve("data/postgresql/postmaster.pid")).doesNotExist();
    assertThat(errors().lines()).hasSize(1);
  }

  @Test
  void a_second_server_on_the_directory_says_so_in_one_line() throws Exception {
    var first = serve();
    output(first).readLine();

    var second = serve();

    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(errors())
        .isEqualTo(
            "longrunning: data: "
                + shared.resolve("data").toRealPath()
                + " is in use by another"
                + " Longrunning (process "
                + first.pid()
                + "); allowed one server a directory\n");
    assertThat(first.isAlive()).isTrue();
  }

  @Test
  void a_port_that_is_taken_is_one_line_and_leaves_nothing_running() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      var server = serve("--listen", address);

      assertThat(server.waitFor()).isEqualTo(1);

      assertThat(errors())
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

    assertThat(server.waitFor()).isEqualTo(2);

    assertThat(errors().lines()).hasSize(2).allMatch(line -> line.startsWith("longrunning: "));
    assertThat(data).doesNotExist();
  }

  private Process serve(String... arguments) throws IOException {
    var all = new ArrayList<>(List.of("--data", shared.resolve("data").toString()));
    boolean ownData = List.of(arguments).contains("--data");
    if (ownData) {
      all.clear();
    }
    all.addAll(List.of(arguments));
    var process = launch(temp.resolve("err"), all.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  private static Process launch(Path errors, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve"));
    if (!List.of(arguments).contains("--listen")) {
      command.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LONGRUNNING_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  private String errors() throws IOException {
    return Files.readString(temp.resolve("err"));
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static int get(String uri) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(uri)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
