package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.Main;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.Collector;
import dev.longrunning.testing.ReportClient;
import dev.longrunning.testing.Scrape;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.WatchOperationRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with everything on that can be watched, in a process of its own. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WatchedServerIT {
  private static final String CANARY = "Canary7secret";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final int PATIENCE_SECONDS = 30;
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\| ([a-z_, ]+) \\| \\S.*\\|$");
  private static final Pattern MANAGEMENT = Pattern.compile("metrics are on (http://\\S+)");

  @TempDir static Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
  private final List<String> all = new ArrayList<>();
  private TestPostgres postgres;
  private Collector collector;
  private ServerProcess server;
  private ApiClient client;
  private String api;
  private String management;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    collector = Collector.start(vertx);
    String url = postgres.url().replace("postgres@", "postgres:" + CANARY + "@");
    Path config =
        Files.writeString(
            temp.resolve("longrunning.yaml"),
            """
            listen: 127.0.0.1:0
            management: 127.0.0.1:0
            database: %s
            log: {level: debug, format: json, access: json}
            traces: {endpoint: %s, ratio: 0, headers: "authorization=%s"}
            """
                .formatted(url, collector.endpoint(), CANARY));
    server =
        ServerProcess.run(
            List.of("-Xlog:class+load:file=" + temp.resolve("classes")),
            Main.class,
            temp.resolve("err"),
            "serve",
            "--config",
            config.toString());
    int port = server.awaitReady(Duration.ofSeconds(60));
    api = "http://127.0.0.1:" + port;
    management = MANAGEMENT.matcher(server.errors()).results().findFirst().orElseThrow().group(1);
    client = new ApiClient(vertx, port);
    var reader = new Thread(this::drain, "output");
    reader.setDaemon(true);
    reader.start();
  }

  private void drain() {
    for (String line = server.line(); line != null; line = server.line()) {
      output.add(line);
    }
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), Calls.LONG_SECONDS);
    server.close();
    postgres.close();
  }

  private String send(String uri, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(uri));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body();
  }

  private JsonObject lineOf(String id) throws Exception {
    for (; ; ) {
      String line = output.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(line).as("a line of " + id).isNotNull();
      all.add(line);
      var facts = new JsonObject(line);
      if (id.equals(facts.getString("id")) || id.equals(facts.getString("method"))) {
        return facts;
      }
    }
  }

  @Test
  void every_metric_is_documented_as_it_is_and_nothing_else_is() throws Exception {
    send(api + "/v1/operations/none");
    Scrape scrape;
    do {
      TimeUnit.MILLISECONDS.sleep(50);
      scrape = Scrape.of(management);
      // A round of the janitor, which comes every second; the test's time limit ends it.
    } while (scrape.sum("longrunning_service_chore_rounds_total", "chore", "sweep") == 0);

    var documented =
        ROW.matcher(Files.readString(Path.of("docs", "metrics.md")))
            .results()
            .map(row -> new Scrape.Kind(row.group(1), row.group(2), sorted(row.group(3))))
            .collect(Collectors.toSet());

    assertThat(scrape.kinds()).containsExactlyInAnyOrderElementsOf(documented);
  }

  private static String sorted(String labels) {
    return Pattern.compile(", ").splitAsStream(labels).sorted().collect(Collectors.joining(", "));
  }

  @Test
  void a_call_is_one_line_with_its_method_operation_code_and_sizes() throws Exception {
    String body = send(api + "/v1/operations/none?prettyPrint=true", "x-request-id", "call-1");

    var line = lineOf("call-1");
    assertThat(line.getString("method")).isEqualTo("google.longrunning.Operations/GetOperation");
    assertThat(line.getString("operation")).isEqualTo("operations/none");
    assertThat(line.getString("code")).isEqualTo("NOT_FOUND");
    assertThat(line.getString("reason")).isEqualTo("OPERATION_NOT_FOUND");
    assertThat(line.getInteger("status")).isEqualTo(404);
    assertThat(line.getString("caller")).isEqualTo("127.0.0.1");
    assertThat(line.getString("transport")).startsWith("rest+");
    assertThat(line.getString("agent")).startsWith("Java-http-client");
    assertThat(line.getLong("bytes_out")).isEqualTo(body.length());
    assertThat(line.getLong("took_us")).isPositive();
    assertThat(line.encode()).doesNotContain("prettyPrint");
  }

  @Test
  void a_request_that_is_no_call_is_a_line_too() throws Exception {
    send(api + "/nowhere", "x-request-id", "nowhere-1");

    var line = lineOf("nowhere-1");
    assertThat(line.getString("method")).isEmpty();
    assertThat(line.getInteger("status")).isEqualTo(404);
  }

  @Test
  void a_request_id_that_is_not_one_is_replaced() throws Exception {
    send(api + "/v1/operations/other", "x-request-id", "no id");

    var line = lineOf("google.longrunning.Operations/GetOperation");
    assertThat(line.getString("id")).matches("[0-9a-f]{16}");
  }

  @Test
  void a_stream_is_a_line_with_what_came_in_its_headers() throws Exception {
    var http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    var bytes = WatchOperationRequest.newBuilder().setName("operations/none").build().toByteArray();
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(api + "/longrunning.v1.OperationWatcher/WatchOperation")
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers")
            .putHeader("user-agent", "a-watcher/1")
            .putHeader("x-request-id", "stream-1");
    var body = Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
    await(http.request(options).compose(call -> call.send(body)), Calls.LONG_SECONDS);

    var line = lineOf("stream-1");
    assertThat(line.getString("transport")).isEqualTo("grpc+h2");
    assertThat(line.getString("agent")).isEqualTo("a-watcher/1");
    assertThat(line.getString("operation")).isEqualTo("operations/none");
    assertThat(line.getString("code")).isEqualTo("NOT_FOUND");
  }

  @Test
  void a_grpc_call_is_a_line_with_its_code() throws Exception {
    await(client.start(StartOperationRequest.getDefaultInstance()), Calls.LONG_SECONDS);

    var line = lineOf("longrunning.v1.OperationProducer/StartOperation");
    assertThat(line.getString("transport")).isEqualTo("grpc+h2");
    assertThat(line.getString("code")).isEqualTo("OK");
    assertThat(line.getString("reason")).isEmpty();
    assertThat(line.getInteger("status")).isEqualTo(200);
  }

  @Test
  void a_call_continues_the_trace_of_its_caller_down_to_the_store() throws Exception {
    send(api + "/v1/operations/traced", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");

    var call = collector.next("google.longrunning.Operations/GetOperation");
    var read = collector.next("feed.strong_read");
    assertThat(call.trace()).isEqualTo(TRACE);
    assertThat(call.parent()).isEqualTo("00f067aa0ba902b7");
    assertThat(call.attributes())
        .containsEntry("rpc.system", "rest")
        .containsEntry("longrunning.operation", "operations/traced")
        .containsEntry("error.type", "NOT_FOUND");
    assertThat(read.parent()).isEqualTo(call.id());
    assertThat(collector.headers())
        .allSatisfy(headers -> assertThat(headers).containsEntry("authorization", CANARY));
  }

  @Test
  void a_stream_of_reports_is_one_line_and_one_span_however_long_it_lasts() throws Exception {
    String trace = TRACE.replace('4', '5');
    var http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    int port = URI.create(api).getPort();
    var headers =
        Map.of("x-request-id", "reports-1", "traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
    var stream = await(ReportClient.open(http, port, headers), Calls.LONG_SECONDS);
    for (int i = 0; i < 10; i++) {
      var start = StartOperationRequest.newBuilder().setParent("traced/t");
      var report = ReportOperationsRequest.newBuilder().setStart(start);
      assertThat(await(stream.report(report), Calls.LONG_SECONDS).hasError()).isFalse();
    }
    stream.halfClose();

    assertThat(lineOf("reports-1").getString("method")).endsWith("/ReportOperations");
    assertThat(collector.next("longrunning.v1.OperationProducer/ReportOperations").trace())
        .isEqualTo(trace);
    assertThat(collector.others(trace)).isEmpty();
    var scrape = Scrape.of(management);
    assertThat(scrape.sum("longrunning_rpc_reports_total", "code", "OK")).isEqualTo(10);
    assertThat(scrape.sum("longrunning_rpc_reports_under_way")).isZero();
  }

  @Test
  void no_secret_is_shown_anywhere() throws Exception {
    send(api + "/v1/operations/last", "x-request-id", "last-1", "authorization", CANARY);
    lineOf("last-1");

    for (String path :
        List.of("/", "/config", "/metrics", "/livez", "/readyz", "/services", "/nowhere")) {
      assertThat(send(management + path)).as(path).doesNotContain(CANARY);
    }
    assertThat(server.errors()).doesNotContain(CANARY);
    assertThat(all).noneMatch(line -> line.contains(CANARY));
    var settings = new JsonObject(send(management + "/config")).getJsonObject("settings");
    assertThat(settings.getJsonObject("traces.headers"))
        .isEqualTo(new JsonObject().put("value", "***").put("source", "file"));
    assertThat(settings.getJsonObject("database").getString("value"))
        .matches("postgres://\\*\\*\\*@127\\.0\\.0\\.1:[0-9]+/postgres");
    assertThat(settings.getJsonObject("wait-max"))
        .isEqualTo(new JsonObject().put("value", "10m").put("source", "default"));
  }

  @Test
  void log_lines_are_json_with_time_level_event_and_facts() throws Exception {
    var lines =
        server.errors().lines().filter(line -> line.startsWith("{")).map(JsonObject::new).toList();

    var followed =
        lines.stream()
            .filter(line -> "feed.resynchronised".equals(line.getString("message")))
            .findFirst()
            .orElseThrow();
    assertThat(followed.getString("level")).isEqualTo("INFO");
    assertThat(followed.getLong("timestamp")).isPositive();
    assertThat(followed.getJsonArray("kvpList")).contains(new JsonObject().put("why", "start"));
  }

  @Test
  void tracing_is_loaded_only_where_it_is_wanted() throws Exception {
    assertThat(Files.readString(temp.resolve("classes"))).contains("io.opentelemetry.");
    Path classes = temp.resolve("classes-without");
    try (var plain =
        ServerProcess.run(
            List.of("-Xlog:class+load:file=" + classes, ServerProcess.QUIET),
            Main.class,
            temp.resolve("err-without"),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database",
            postgres.url())) {
      int port = plain.awaitReady(Duration.ofSeconds(60));
      send("http://127.0.0.1:" + port + "/v1/operations/none");
    }

    assertThat(Files.readString(classes))
        .contains("dev.longrunning.rpc.CallMetrics")
        .doesNotContain("io.opentelemetry.");
  }
}
