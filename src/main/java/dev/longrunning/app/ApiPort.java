package dev.longrunning.app;

import dev.longrunning.connection.Certificates;
import dev.longrunning.connection.Connections;
import dev.longrunning.connection.Limits;
import dev.longrunning.grpc.GrpcTransport;
import dev.longrunning.profile.Services;
import dev.longrunning.rest.JsonMessages;
import dev.longrunning.rest.OriginPolicy;
import dev.longrunning.rest.RestTransport;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.Callers;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.MethodTable;
import dev.longrunning.rpc.ServiceRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The port that gRPC, gRPC-Web and REST share, as one event loop serves it; deployed once a loop.
 *
 * <p><b>Promise.</b> A request that a web page must not make reaches no transport.
 *
 * <p><b>Threads.</b> Everything that it makes belongs to its event loop.
 *
 * <p><b>Bounds.</b> {@value #HEADER_BYTES_MAX} bytes of headers, {@value #STREAMS_MAX} calls at a
 * time on one connection; see the transports for bodies.
 */
public final class ApiPort extends VerticleBase {
  static final int HEADER_BYTES_MAX = 16_384;

  /** A name of 512 bytes percent-encoded twice, and a query of a filter. */
  static final int REQUEST_LINE_BYTES_MAX = 8_192;

  static final int STREAMS_MAX = 1_000;

  /** A peer that takes nothing of what was sent is gone, or as good as. */
  private static final int UNTAKEN_MILLIS_MAX = 60_000;

  /** A client that gives up 100 calls a second is honest; the default of 200 in 30 s is less. */
  private static final int RESETS_MAX = 3_000;

  private static final int RESETS_WINDOW_SECONDS = 30;

  /** A large request is not held up by the default window of 64 KiB. */
  private static final int STREAM_WINDOW_BYTES = 262_144;

  private static final int CONNECTION_WINDOW_BYTES = 1_048_576;

  private static final int BACKLOG_MAX = 4_096;

  /**
   * Where to listen.
   *
   * @param port 0: any free one, the same for all instances of one deployment
   * @param connections those of all instances
   * @param certificates what they show to clients; empty: connections are not encrypted
   */
  public record Address(
      String host, int port, Connections connections, Optional<Certificates> certificates) {
    /** With the usual limits on connections, not encrypted. */
    public Address(String host, int port) {
      this(host, port, new Connections(Limits.DEFAULT), Optional.empty());
    }
  }

  /** What serves the calls of one event loop; made on that loop. */
  public record Service(
      MethodTable table,
      Services profiles,
      CallPipeline pipeline,
      Callers callers,
      Intakes intakes,
      InstantSource clock) {}

  private final Address address;
  private volatile OriginPolicy policy;
  private final JsonMessages json;
  private final Supplier<Service> services;
  private Future<?> awaited = Future.succeededFuture();
  private @Nullable HttpServer server;

  /**
   * Makes one instance.
   *
   * @param services called once, on the instance's event loop
   */
  public ApiPort(
      Address address, OriginPolicy policy, JsonMessages json, Supplier<Service> services) {
    this.address = address;
    this.policy = policy;
    this.json = json;
    this.services = services;
  }

  @Override
  public Future<?> start() {
    var service = services.get();
    var routes = ServiceRoutes.of(service.table(), service.profiles());
    var rest =
        new RestTransport(
            routes,
            service.pipeline(),
            service.callers(),
            service.intakes(),
            json,
            service.clock());
    var grpc =
        new GrpcTransport(
            service.table(),
            routes,
            service.pipeline(),
            service.callers(),
            service.intakes(),
            service.clock());
    var listener =
        vertx
            .createHttpServer(options())
            .connectionHandler(address.connections()::speaks)
            .exceptionHandler(address.connections()::failed)
            .requestHandler(
                request -> {
                  service.pipeline().arrived(request);
                  dispatch(request, grpc, rest);
                })
            .invalidRequestHandler(
                request -> {
                  service.pipeline().arrived(request);
                  rest.refuseMalformed(request);
                });
    server = listener;
    return here(awaited)
        .compose(now -> listener.listen())
        .onSuccess(now -> address.certificates().ifPresent(all -> all.keepUpToDate(now)));
  }

  /** Has it listen no sooner than this has completed, and fail if that fails. */
  void listenAfter(Future<?> other) {
    awaited = other;
  }

  /** The same future, completed on this event loop. */
  private <T> Future<T> here(Future<T> other) {
    return Future.future(
        promise -> other.onComplete(done -> context.runOnContext(now -> promise.handle(done))));
  }

  /** The port that it listens on, once deployed. */
  public int port() {
    if (server == null) {
      throw new IllegalStateException("not deployed");
    }
    return server.actualPort();
  }

  /** Lets in other web pages and host names from now on. */
  void allow(OriginPolicy other) {
    policy = other;
  }

  /** Takes no more connections; completes once there are none, or when the grace is over. */
  Future<Void> drain(Duration grace) {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void dispatch(HttpServerRequest request, GrpcTransport grpc, RestTransport rest) {
    if (request.version() == null) {
      rest.refuseVersion(request);
      return;
    }
    boolean isGrpc = GrpcTransport.speaks(request);
    var now = policy;
    var refusal = now.refusal(request);
    if (refusal.isPresent()) {
      if (isGrpc) {
        grpc.refuse(request, refusal.get());
      } else {
        rest.refuse(request, refusal.get());
      }
    } else if (now.answersPreflight(request)) {
      rest.intakes().discard(request);
    } else {
      (isGrpc ? grpc : rest).handle(request);
    }
  }

  private HttpServerOptions options() {
    // A negative port is a free one that the instances of a deployment share; 0 would be one each.
    int port = address.port() == 0 ? -1 : address.port();
    var options = new HttpServerOptions();
    options
        .setHost(address.host())
        .setPort(port)
        .setAcceptBacklog(BACKLOG_MAX)
        .setTcpKeepAlive(true)
        .setTcpUserTimeout(UNTAKEN_MILLIS_MAX);
    address.certificates().ifPresent(certificates -> certificates.secure(options));
    return options
        .setHttp2ClearTextEnabled(true)
        .setCompressionSupported(false)
        .setDecompressionSupported(false)
        .setHandle100ContinueAutomatically(false)
        .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
        .setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS)
        .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(STREAMS_MAX)
                .setInitialWindowSize(STREAM_WINDOW_BYTES)
                .setMaxHeaderListSize(HEADER_BYTES_MAX));
  }
}
