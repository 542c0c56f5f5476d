package dev.longrunning.site;

import static dev.longrunning.testing.Calls.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.observe.EffectiveSetting;
import dev.longrunning.observe.Liveness;
import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.Readiness;
import dev.longrunning.pages.ServicePages;
import dev.longrunning.profile.Services;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.types.Types;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ManagementPortTest {
  private static final int PATIENCE_SECONDS = 20;

  private static final Services SERVICES =
      Services.of(
          List.of(
              TestProfiles.profile("default"),
              TestProfiles.profile("speech-v1"),
              TestProfiles.as("a.md", "dataproc-v1")));

  private final Readiness readiness = new Readiness();
  private long nanos;
  private final Liveness liveness = new Liveness(() -> nanos);
  private final Metrics metrics = new Metrics(System::nanoTime);
  private final Vertx vertx = Vertx.vertx();
  private volatile List<EffectiveSetting> settings =
      List.of(new EffectiveSetting("listen", "127.0.0.1:0", "flag --listen"));
  private int port;

  @BeforeEach
  void listen() throws Exception {
    port = listen(ManagementPort.CONNECTION_MAX);
  }

  private int listen(Duration connectionMax) throws Exception {
    var made =
        new ManagementPort(
            new ManagementPort.Address("127.0.0.1", 0),
            new ManagementPort.Views(
                readiness,
                liveness,
                metrics,
                () -> settings,
                new ServicePages(SERVICES, () -> Optional.of(Types.builtIn().registry()::find))),
            connectionMax);
    await(vertx.deployVerticle(made), PATIENCE_SECONDS);
    return made.port();
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close(), PATIENCE_SECONDS);
  }

  private Socket connect(int to) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), to);
    socket.setSoTimeout(PATIENCE_SECONDS * 1_000);
    return socket;
  }

  /** Sends bytes as they are; answers all that comes back until the connection is closed. */
  private String send(String request) throws IOException {
    try (var socket = connect(port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n");
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void readiness_follows_the_life_of_the_server() throws Exception {
    assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ").endsWith("starting\n");

    readiness.ready();
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ").endsWith("ready\n");

    readiness.draining();
    assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ").endsWith("draining\n");
  }

  @Test
  void a_stuck_thread_is_a_reason_to_restart_unless_the_server_stops_anyway() throws Exception {
    liveness.pulse();
    assertThat(get("/livez")).startsWith("HTTP/1.1 200 ").endsWith("alive\n");

    nanos = Liveness.STUCK.toNanos();
    assertThat(get("/livez")).startsWith("HTTP/1.1 503 ");

    readiness.draining();
    assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void the_index_names_every_page() throws Exception {
    assertThat(body(get("/"))).contains("/livez", "/readyz", "/metrics", "/config", "/services");
  }

  @Test
  void metrics_come_in_the_format_that_is_asked_for() throws Exception {
    metrics.count("longrunning_test_dropped_total", "Dropped.", () -> 7);

    assertThat(get("/metrics"))
        .startsWith("HTTP/1.1 200 ")
        .contains("content-type: text/plain; version=0.0.4", "longrunning_test_dropped_total 7.0");
    assertThat(send("GET /metrics HTTP/1.1\r\naccept: application/openmetrics-text\r\n\r\n"))
        .contains("content-type: application/openmetrics-text")
        .endsWith("# EOF\n");
  }

  @Test
  void the_settings_are_shown_with_their_sources() throws Exception {
    var page = new JsonObject(body(get("/config")));

    assertThat(page.getJsonObject("settings").getJsonObject("listen"))
        .isEqualTo(new JsonObject().put("value", "127.0.0.1:0").put("source", "flag --listen"));

    settings = List.of(new EffectiveSetting("wait-max", "2m", "file"));
    page = new JsonObject(body(get("/config")));
    assertThat(page.getJsonObject("settings").fieldNames()).containsExactly("wait-max");
  }

  @Test
  void head_is_get_without_its_body() throws Exception {
    metrics.count("longrunning_test_dropped_total", "Dropped.", () -> 7);

    var answer = send("HEAD /metrics HTTP/1.1\r\nhost: x\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 200 ").contains("content-length: ");
    assertThat(body(answer)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"})
  void nothing_can_be_changed(String verb) throws Exception {
    assertThat(send(verb + " /config HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .contains("allow: GET, HEAD");
  }

  @Test
  void the_active_services_are_listed_with_a_link_to_each() throws Exception {
    var answer = get("/services");

    assertThat(answer).startsWith("HTTP/1.1 200 ").contains("content-type: text/html");
    var page = body(answer).replace("<wbr>", "");
    for (var profile : SERVICES.profiles()) {
      assertThat(page)
          .contains("href=\"/services/" + profile.id() + '"', "<code>" + profile.source());
      profile.hosts().forEach(host -> assertThat(page).contains("<code>" + host));
      assertThat(get("/services/" + profile.id())).startsWith("HTTP/1.1 200 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/services", "/services/speech-v1", "/services/speech-v1?x=1"})
  void a_page_about_services_is_html_that_runs_nothing_and_loads_nothing(String path)
      throws Exception {
    var answer = get(path);
    var style = body(answer).replaceAll("(?s).*<style>(.*)</style>.*", "$1");
    var digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(UTF_8));

    assertThat(answer)
        .startsWith("HTTP/1.1 200 ")
        .contains("content-type: text/html; charset=utf-8", "cache-control: no-store")
        .contains(
            "content-security-policy: default-src 'none'; style-src 'sha256-"
                + Base64.getEncoder().encodeToString(digest)
                + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    assertThat(body(answer).toLowerCase(Locale.ROOT))
        .startsWith("<!doctype html>")
        .doesNotContain("<script", " style=", " src=", "href=\"http", "url(", "@import", "<link");
  }

  @ParameterizedTest
  @CsvSource({
    "/services, text/markdown, # Services",
    "/services/speech-v1, text/markdown, # Cloud Speech",
    "/services/speech-v1.md, text/html, # Cloud Speech",
    "/services/a.md.md, */*, # Cloud Dataproc",
  })
  void a_page_about_services_is_markdown_if_that_is_asked_for(
      String path, String accept, String begin) throws Exception {
    var answer = send("GET " + path + " HTTP/1.1\r\naccept: " + accept + "\r\n\r\n");

    assertThat(answer).contains("content-type: text/markdown; charset=utf-8");
    assertThat(body(answer)).startsWith(begin);
  }

  @Test
  void the_name_of_a_service_goes_before_the_ending_of_markdown() throws Exception {
    assertThat(get("/services/a.md")).contains("content-type: text/html");
  }

  @ParameterizedTest
  @ValueSource(strings = {"storage-transfer-v1", "", "speech-v1/", "speech-v1.html", "b.md", "%61"})
  void a_service_that_is_not_active_is_not_found(String id) throws Exception {
    String shown = id.isEmpty() ? "''" : id.replaceFirst("\\.md$", "");

    assertThat(get("/services/" + id))
        .startsWith("HTTP/1.1 404 ")
        .contains("content-type: text/plain")
        .endsWith("service: got " + shown + ", allowed one of those at /services\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/services", "/services/speech-v1", "/services/none"})
  void pages_about_services_are_for_reading(String path) throws Exception {
    assertThat(send("POST " + path + " HTTP/1.1\r\ncontent-length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .contains("allow: GET, HEAD");

    int length = body(get(path)).getBytes(UTF_8).length;
    var head = send("HEAD " + path + " HTTP/1.1\r\n\r\n");
    assertThat(head).contains("content-length: " + length + "\r\n");
    assertThat(body(head)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/services2",
        "/livez/",
        "//livez",
        "/%6civez",
        "/livez/../config",
        "*"
      })
  void other_paths_are_not_found(String path) throws Exception {
    assertThat(get(path)).startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @CsvSource({"8100, 200", "9000, 400"})
  void headers_are_bounded(int bytes, int status) throws Exception {
    assertThat(send("GET /livez HTTP/1.1\r\nx: " + "a".repeat(bytes) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + ' ');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /livez HTTP/9.9\r\n\r\n",
        "\r\n\r\n\0\0\0 nonsense\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
      })
  void what_is_not_http_is_refused_and_the_connection_closed(String bytes) throws Exception {
    assertThat(send(bytes)).doesNotContain("alive").doesNotContain("Exception");
    assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void a_connection_is_for_one_request() throws Exception {
    var one = "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";

    assertThat(send(one + one).split("HTTP/1.1 200", -1)).hasSize(2);
  }

  @Test
  void a_client_that_is_slow_is_cut_off() throws Exception {
    int hurried = listen(Duration.ofMillis(200));
    try (var socket = connect(hurried)) {
      socket.getOutputStream().write("GET /livez HT".getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void a_client_that_does_not_read_is_cut_off() throws Exception {
    metrics.count("longrunning_test_dropped_total", "x".repeat(16 * 1_048_576), () -> 7);
    int hurried = listen(Duration.ofMillis(500));
    try (var socket = connect(hurried)) {
      var out = socket.getOutputStream();
      out.write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  out.write('x');
                  Thread.sleep(5);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void more_connections_than_the_bound_are_closed_and_do_not_keep_others_out_for_long()
      throws Exception {
    int hurried = listen(Duration.ofMillis(500));
    var sockets = new ArrayList<Socket>();
    try {
      for (int i = 0; i <= ManagementPort.CONNECTIONS_MAX; i++) {
        sockets.add(connect(hurried));
      }

      // All end: the one past the bound at once, the others after their time.
      for (var socket : sockets) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      port = hurried;
      assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }
}
