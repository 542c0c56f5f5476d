package dev.longrunning.site;

import dev.longrunning.observe.Readiness;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * Answers the probes of whoever runs the server: {@code GET /livez} and {@code GET /readyz}.
 *
 * <p><b>Promise.</b> {@code /livez} is 200 as long as the event loop turns; {@code /readyz} is 200
 * while calls are wanted and 503 otherwise. Nothing that these ports answer is secret.
 */
public final class ManagementPort {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private final Readiness readiness;

  public ManagementPort(Readiness readiness) {
    this.readiness = readiness;
  }

  /** Answers one request. */
  public void handle(HttpServerRequest request) {
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    int status = reads ? status(request.path()) : NOT_ALLOWED;
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .putHeader("cache-control", "no-store")
        .end(status == OK ? "ok\n" : "no\n");
  }

  private int status(String path) {
    return switch (path) {
      case "/livez" -> OK;
      case "/readyz" -> readiness.isReady() ? OK : UNAVAILABLE;
      default -> NOT_FOUND;
    };
  }
}
