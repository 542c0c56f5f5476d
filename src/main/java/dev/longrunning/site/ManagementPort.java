package dev.longrunning.site;

import dev.longrunning.connection.CutOff;
import dev.longrunning.observe.EffectiveSetting;
import dev.longrunning.observe.Liveness;
import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.Readiness;
import dev.longrunning.pages.Html;
import dev.longrunning.pages.Page;
import dev.longrunning.pages.ServicePages;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The port of whoever runs the server: probes, metrics, settings, and pages about services.
 *
 * <p><b>Promise.</b> {@code /livez} is 503 once a thread that serves calls has stopped turning,
 * unless the server stops, which has an end of its own; {@code /readyz} is 200 while calls are
 * wanted and 503 otherwise. Neither asks the database. What this port answers is not secret, and
 * nothing that it is sent changes anything.
 *
 * <p><b>Threads.</b> Confined to an event loop that serves nothing else, so that it answers while
 * those of the calls are busy.
 *
 * <p><b>Bounds.</b> {@value #CONNECTIONS_MAX} connections, each for one request and at most {@link
 * #CONNECTION_MAX}, however slowly it is read or written; what comes beyond is closed at once.
 */
public final class ManagementPort extends VerticleBase {
  /** Some probes and scrapes at a time; a page of metrics is some 50 KiB. */
  static final int CONNECTIONS_MAX = 32;

  static final Duration CONNECTION_MAX = Duration.ofSeconds(10);
  static final int HEADER_BYTES_MAX = 8_192;
  static final int REQUEST_LINE_BYTES_MAX = 2_048;

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String MARKDOWN = "text/markdown; charset=utf-8";
  private static final String MARKDOWN_ENDING = ".md";
  private static final int OK = 200;
  private static final int MALFORMED = 400;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private static final String INDEX =
      """
      <!doctype html>
      <title>Longrunning</title>
      <ul>
      <li><a href="/livez">/livez</a> 503: restart it
      <li><a href="/readyz">/readyz</a> 503: send no calls
      <li><a href="/metrics">/metrics</a> for Prometheus
      <li><a href="/config">/config</a> what is set, and where
      <li><a href="/services">/services</a> what the server presents itself as
      </ul>
      """;

  /** Where to listen; port 0 is any free one. */
  public record Address(String host, int port) {}

  /**
   * What there is to see.
   *
   * @param settings that hold when it is asked
   */
  public record Views(
      Readiness readiness,
      Liveness liveness,
      Metrics metrics,
      Supplier<List<EffectiveSetting>> settings,
      ServicePages services) {}

  private record Answer(int status, String contentType, Buffer body) {
    static Answer text(int status, String line) {
      return new Answer(status, TEXT, Buffer.buffer(line + '\n'));
    }
  }

  private final Address address;
  private final Views views;
  private final Duration connectionMax;
  private @Nullable HttpServer server;
  private final Set<HttpConnection> unused = new HashSet<>();
  private int connections;

  /** Makes a port that does not listen yet. */
  public ManagementPort(Address address, Views views) {
    this(address, views, CONNECTION_MAX);
  }

  ManagementPort(Address address, Views views, Duration connectionMax) {
    this.address = address;
    this.views = views;
    this.connectionMax = connectionMax;
  }

  @Override
  public Future<?> start() {
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(this::admit)
            .invalidRequestHandler(request -> answer(request, Answer.text(MALFORMED, "malformed")))
            .requestHandler(this::handle);
    return server.listen();
  }

  /** The port that it listens on, once deployed. */
  public int port() {
    if (server == null) {
      throw new IllegalStateException("not deployed");
    }
    return server.actualPort();
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setHost(address.host())
        .setPort(address.port())
        .setHttp2ClearTextEnabled(false)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
        .setIdleTimeout((int) CONNECTION_MAX.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }

  private void admit(HttpConnection connection) {
    if (connections >= CONNECTIONS_MAX) {
      connection.close();
      return;
    }
    connections++;
    unused.add(connection);
    long limit = vertx.setTimer(connectionMax.toMillis(), late -> CutOff.now(connection));
    connection.closeHandler(
        closed -> {
          connections--;
          unused.remove(connection);
          vertx.cancelTimer(limit);
        });
  }

  private void handle(HttpServerRequest request) {
    if (request.version() == null) {
      answer(request, Answer.text(MALFORMED, "malformed"));
      return;
    }
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    if (!reads) {
      request.response().putHeader("allow", "GET, HEAD");
    }
    answer(request, reads ? page(request) : Answer.text(NOT_ALLOWED, "allowed: GET, HEAD"));
  }

  private Answer page(HttpServerRequest request) {
    String path = Objects.requireNonNullElse(request.path(), "");
    return switch (path) {
      case "/" -> new Answer(OK, HTML, Buffer.buffer(INDEX));
      case "/livez" ->
          views.liveness().isAlive() || views.readiness().isDraining()
              ? Answer.text(OK, "alive")
              : Answer.text(UNAVAILABLE, "an event loop is stuck");
      case "/readyz" ->
          Answer.text(views.readiness().isReady() ? OK : UNAVAILABLE, views.readiness().word());
      case "/metrics" -> metrics(request.getHeader("accept"));
      case "/config" -> settings();
      case ServicePages.PATH -> shown(views.services().index(), isTerse(request));
      default ->
          path.startsWith(ServicePages.PATH + '/')
              ? service(path.substring(ServicePages.PATH.length() + 1), isTerse(request))
              : Answer.text(NOT_FOUND, "nothing here");
    };
  }

  /** Browsers do not ask for Markdown. */
  private static boolean isTerse(HttpServerRequest request) {
    String accept = Objects.requireNonNullElse(request.getHeader("accept"), "");
    return accept.toLowerCase(Locale.ROOT).contains("text/markdown");
  }

  /** A service's name may itself end as that of a file of Markdown does. */
  private Answer service(String path, boolean terse) {
    var exact = views.services().service(path);
    if (exact.isEmpty() && path.endsWith(MARKDOWN_ENDING)) {
      String id = path.substring(0, path.length() - MARKDOWN_ENDING.length());
      return views
          .services()
          .service(id)
          .map(page -> shown(page, true))
          .orElseGet(() -> unknown(id));
    }
    return exact.map(page -> shown(page, terse)).orElseGet(() -> unknown(path));
  }

  private static Answer unknown(String id) {
    return Answer.text(NOT_FOUND, ServicePages.unknown(id));
  }

  private static Answer shown(Page page, boolean terse) {
    return terse
        ? new Answer(OK, MARKDOWN, Buffer.buffer(page.markdown()))
        : new Answer(OK, HTML, Buffer.buffer(page.html()));
  }

  private Answer metrics(@Nullable String accept) {
    var page = views.metrics().page(accept);
    return new Answer(OK, page.contentType(), Buffer.buffer(page.text()));
  }

  private Answer settings() {
    var settings = new JsonObject();
    for (var setting : views.settings().get()) {
      settings.put(
          setting.key(),
          new JsonObject().put("value", setting.value()).put("source", setting.source()));
    }
    var text = new JsonObject().put("settings", settings).encodePrettily() + '\n';
    return new Answer(OK, "application/json; charset=utf-8", Buffer.buffer(text));
  }

  private void answer(HttpServerRequest request, Answer answer) {
    if (!unused.remove(request.connection())) {
      // What was sent behind the first request: the connection is about to be closed.
      return;
    }
    var response = request.response();
    response
        .setStatusCode(answer.status())
        .putHeader("content-type", answer.contentType())
        .putHeader("content-length", Integer.toString(answer.body().length()))
        .putHeader("cache-control", "no-store")
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("content-security-policy", Html.POLICY)
        .putHeader("connection", "close");
    var sent =
        request.method().equals(HttpMethod.HEAD) ? response.end() : response.end(answer.body());
    sent.onComplete(done -> request.connection().close());
  }
}
