package dev.longrunning.compat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The built server as a process of its own, on a free port and an empty directory.
 *
 * <p><b>Promise.</b> It answers once {@link #start} returns, and is gone once {@link #close} does.
 */
final class ServerProcess implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("Longrunning listens on http://(\\S+) \\(gRPC and REST\\)");
  private static final Pattern TOKEN = Pattern.compile("\"token\":\\s*\"([^\"]+)\"");
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final String target;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServerProcess(Process process, String target) {
    this.process = process;
    this.target = target;
  }

  static ServerProcess start(Path data) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("server.jar", "../../../target/longrunning.jar"),
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--data",
                data.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.matches()) {
        return new ServerProcess(process, listening.group(1));
      }
    }
    process.destroy();
    throw new IllegalStateException("the server ended before it listened; see its errors above");
  }

  /** Such as {@code 127.0.0.1:41234}. */
  String target() {
    return target;
  }

  /** Posts JSON as a producer does; answers the body of a success, and fails on anything else. */
  String post(String path, String json) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + target + path))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build();
    var response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  /** Starts an operation with this id in {@code projects/compat}, with a lease; its lease token. */
  String startLeased(String id) throws IOException, InterruptedException {
    String json = "{\"operationId\": \"" + id + "\", \"leaseDuration\": \"3600s\"}";
    Matcher token = TOKEN.matcher(post("/v1/projects/compat/operations:start", json));
    if (!token.find()) {
      throw new IllegalStateException("a start with a lease answers its token");
    }
    return token.group(1);
  }

  /** Stops the database's processes as they are until the answer is closed: it hangs. */
  Hang hangDatabase() throws IOException, InterruptedException {
    List<String> processes = process.descendants().map(child -> "" + child.pid()).toList();
    if (processes.isEmpty()) {
      throw new IllegalStateException("the server has a database of its own");
    }
    signal("-STOP", processes);
    return () -> signal("-CONT", processes);
  }

  /** A database that hangs. */
  interface Hang extends AutoCloseable {
    @Override
    void close() throws IOException, InterruptedException;
  }

  private static void signal(String signal, List<String> processes)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("kill", signal));
    command.addAll(processes);
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("kill " + signal + " ended with " + status);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException("the server did not stop within " + STOP_SECONDS + " s");
    }
  }
}
