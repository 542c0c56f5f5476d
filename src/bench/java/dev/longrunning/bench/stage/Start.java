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
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How soon a server that was told to start is of use. */
final class Start implements Stage {
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final String PLAIN = "plain jar";
  private static final String ARCHIVE = "with a class-data archive";

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
    var archive = archive(run);
    var http = HttpClient.newHttpClient();
    run.rounds("s")
        .add(PLAIN, time -> seconds(run, http, List.of()))
        .add(ARCHIVE, time -> seconds(run, http, List.of("-XX:SharedArchiveFile=" + archive)))
        .measure();
    var findings = run.findings();
    for (String name : new String[] {PLAIN, ARCHIVE}) {
      double seconds = findings.row(name).median();
      findings.target(new Target(name + ", seconds to ready", seconds, Target.Bound.AT_MOST, 1));
    }
    findings.compare(ARCHIVE, PLAIN);
  }

  /** Made by a start whose classes are archived at its end. */
  private static Path archive(Run run) throws Exception {
    run.says("an archive of classes");
    var file = run.work().resolve("longrunning.jsa");
    Files.deleteIfExists(file);
    seconds(run, HttpClient.newHttpClient(), List.of("-XX:ArchiveClassesAtExit=" + file));
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " was not made");
    }
    return file;
  }

  private static double seconds(Run run, HttpClient http, List<String> options) throws Exception {
    int port = Program.freePort();
    var readyz = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz")).build();
    var database = run.postgres().database();
    var settings = Map.of("MANAGEMENT", "127.0.0.1:" + port);
    long begun = System.nanoTime();
    try (var server = Server.start(run.work(), run.jar(), database, options, settings)) {
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
