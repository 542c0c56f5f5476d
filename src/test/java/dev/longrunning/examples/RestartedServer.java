package dev.longrunning.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.ServerProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The built jar, on one port and one directory through all its starts, with a producer that knows
 * what it was told.
 */
final class RestartedServer implements AutoCloseable {
  static final Path JAR = Path.of("target", "longrunning.jar");
  private static final Duration START = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final String url;
  private final List<JsonObject> calls = new CopyOnWriteArrayList<>();

  /** State and version by name, as acknowledged. */
  private final Map<String, String> states = new TreeMap<>();

  private ServerProcess process;

  private RestartedServer(Path folder, int port) {
    this.folder = folder;
    this.url = "http://127.0.0.1:" + port + "/v1/projects/p/operations";
  }

  /** Starts it; pages of this origin may call. */
  static RestartedServer start(Path folder, String origin)
      throws IOException, InterruptedException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.writeString(
        folder.resolve("longrunning.yaml"),
        """
        listen: 127.0.0.1:%d
        data: %s
        cors: {origins: ["%s"]}
        log: {access: json}
        stop: {grace: 2s}
        watch: {heartbeat: 1s}
        """
            .formatted(port, folder.resolve("data"), origin));
    var server = new RestartedServer(folder, port);
    server.run();
    return server;
  }

  private void run() throws IOException, InterruptedException {
    process =
        ServerProcess.jar(
            JAR,
            folder.resolve("server.err"),
            "serve",
            "--config",
            folder.resolve("longrunning.yaml").toString());
    process.awaitReady(START);
    var running = process;
    var reader = new Thread(() -> read(running), "calls");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(ServerProcess running) {
    for (String line = running.line(); line != null; line = running.line()) {
      calls.add(new JsonObject(line));
    }
  }

  /** Stops it as an operator does, and starts it again. */
  void restart() throws IOException, InterruptedException {
    process.stop("TERM");
    run();
  }

  /** The collection's address. */
  String url() {
    return url;
  }

  /** The address of one of the collection's operations. */
  String url(String id) {
    return url + '/' + id;
  }

  void start(String id) throws IOException, InterruptedException {
    took(send("POST", url + ":start", new JsonObject().put("operationId", id)));
  }

  void update(String id, int doneUnits) throws IOException, InterruptedException {
    var progress = new JsonObject().put("doneUnits", doneUnits).put("totalUnits", 10);
    took(send("POST", url(id) + ":update", new JsonObject().put("progress", progress)));
  }

  void complete(String id) throws IOException, InterruptedException {
    var empty = new JsonObject().put("@type", "type.googleapis.com/google.protobuf.Empty");
    took(send("POST", url(id) + ":complete", new JsonObject().put("response", empty)));
  }

  void delete(String id) throws IOException, InterruptedException {
    send("DELETE", url(id), new JsonObject());
    states.remove("projects/p/operations/" + id);
  }

  private void took(JsonObject answer) {
    var snapshot = answer.getJsonObject("snapshot");
    var operation = snapshot.getJsonObject("operation");
    String state = operation.getBoolean("done", false) ? "done " : "running ";
    states.put(operation.getString("name"), state + snapshot.getString("version"));
  }

  private JsonObject send(String verb, String address, JsonObject body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .header("content-type", "application/json")
            .method(verb, BodyPublishers.ofString(body.isEmpty() ? "" : body.encode()))
            .build();
    var answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  /** State and version of each operation, as acknowledged. */
  Map<String, String> states() {
    return Map.copyOf(states);
  }

  /** What ListOperations answers. */
  JsonArray list() throws IOException, InterruptedException {
    return send("GET", url, new JsonObject()).getJsonArray("operations");
  }

  /** The statuses of the calls of a method for an operation that have ended, in their order. */
  List<Integer> statuses(String method, String id) {
    return calls.stream()
        .filter(call -> call.getString("method").endsWith('/' + method))
        .filter(call -> call.getString("operation").endsWith('/' + id))
        .map(call -> call.getInteger("status"))
        .collect(Collectors.toList());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.close();
  }
}
