package dev.longrunning.bench.stage;

import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.Target;
import dev.longrunning.bench.peer.Program;
import dev.longrunning.bench.peer.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How soon a server that was told to start is of use. */
final class Start implements Stage {
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final String PLAIN = "plain jar";
  private static final String SCRIPT = "bin/longrunning, with its archive of classes";

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String about() {
    return "Seconds from the start of the process until GET /readyz on the management port answers 200; the database runs and is migrated.";
  }

  @Override
  public void run(Run run) throws Exception {
    var script = script(run);
    var http = HttpClient.newHttpClient();
    run.says("the first start by the script, whose stop writes the archive");
    seconds(run, http, script);
    run.rounds("s")
        .add(PLAIN, time -> seconds(run, http, Server.jar(run.jar(), List.of())))
        .add(SCRIPT, time -> seconds(run, http, script))
        .measure();
    var findings = run.findings();
    double seconds = findings.row(SCRIPT).median();
    findings.target(new Target(SCRIPT + ", seconds to ready", seconds, Target.Bound.AT_MOST, 1));
    findings.compare(SCRIPT, PLAIN);
    findings.note(
        "One second is the target of a start with an archive of classes; the plain jar is shown beside it.");
  }

  /** bin/longrunning beside a jar of its own, which is where its archive goes. */
  private static List<String> script(Run run) throws IOException {
    var bin = Files.createTempDirectory(run.work(), "bin-");
    for (String file : new String[] {"longrunning", "jvm.options"}) {
      Files.copy(Path.of("bin", file), bin.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.copy(run.jar(), bin.resolve("longrunning.jar"));
    return List.of(bin.resolve("longrunning").toString());
  }

  private static double seconds(Run run, HttpClient http, List<String> program) throws Exception {
    int port = Program.freePort();
    var readyz = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz")).build();
    var database = run.postgres().database();
    var settings = Map.of("MANAGEMENT", "127.0.0.1:" + port);
    long begun = System.nanoTime();
    try (var server = Server.start(run.work(), program, database, settings)) {
      server.program().awaitTrue("/readyz", READY_MAX, () -> isReady(http, readyz));
      return (System.nanoTime() - begun) / 1e9;
    }
  }

  private static boolean isReady(HttpClient http, HttpRequest readyz) {
    try {
      return http.send(readyz, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
