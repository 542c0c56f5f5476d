package dev.longrunning.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Calls one server over HTTP/1.1 and JSON. */
public final class RestClient implements AutoCloseable {
  private static final int CONNECTIONS = 8;

  private final HttpClient http;
  private final int port;
  private final String host;

  public RestClient(Vertx vertx, int port) {
    this(vertx, port, "127.0.0.1");
  }

  /** One that calls this machine by another name. */
  public RestClient(Vertx vertx, int port, String host) {
    this.host = host;
    this.http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    this.port = port;
  }

  /**
   * What came back.
   *
   * @param etag of an operation: names its version
   */
  public record Answer(int status, Optional<String> etag, JsonObject body) {}

  public Future<Answer> get(String path) {
    return send("GET", path, "");
  }

  public Future<Answer> post(String path, JsonObject body) {
    return send("POST", path, body.encode());
  }

  public Future<Answer> send(String verb, String path, String body) {
    var options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
            .setHost(host)
            .setPort(port)
            .setMethod(HttpMethod.valueOf(verb))
            .setURI(path);
    if (!body.isEmpty()) {
      options.putHeader("content-type", "application/json");
    }
    return http.request(options)
        .compose(
            request ->
                request
                    .send(Buffer.buffer(body))
                    .compose(
                        head ->
                            head.body()
                                .map(
                                    content ->
                                        new Answer(
                                            head.statusCode(),
                                            Optional.ofNullable(head.getHeader("etag")),
                                            json(content)))))
        .timeout(ApiClient.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static JsonObject json(Buffer content) {
    return content.length() == 0 ? new JsonObject() : new JsonObject(content);
  }

  @Override
  public void close() {
    http.close();
  }
}
