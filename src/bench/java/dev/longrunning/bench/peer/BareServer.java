package dev.longrunning.bench.peer;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import dev.longrunning.bench.Hot;
import dev.longrunning.v1.Bookmark;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationRequest;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server of Vert.x gRPC and nothing else: an operation out of a map, and streams that say one
 * thing and stay open.
 */
public final class BareServer extends VerticleBase {
  private static final ServiceMethod<GetOperationRequest, Operation> GET =
      ServiceMethod.server(
          ServiceName.create("google.longrunning", "Operations"),
          "GetOperation",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(GetOperationRequest.newBuilder()));
  private static final ServiceMethod<WatchOperationRequest, WatchEvent> WATCH =
      ServiceMethod.server(
          ServiceName.create("longrunning.v1", "OperationWatcher"),
          "WatchOperation",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(WatchOperationRequest.newBuilder()));
  private static final WatchEvent SEEN =
      WatchEvent.newBuilder()
          .setBookmark(Bookmark.newBuilder().setSynced(true))
          .setResumeToken("0123456789abcdef")
          .build();

  private final int port;
  private final Map<String, Operation> operations;

  private BareServer(int port, Map<String, Operation> operations) {
    this.port = port;
    this.operations = operations;
  }

  public static void main(String[] none) throws Exception {
    var vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors()));
    int port = Program.freePort();
    var operations = Map.of(Hot.NAME, Hot.operation());
    vertx
        .deployVerticle(
            () -> new BareServer(port, operations),
            new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    System.out.println("listens on " + port);
  }

  @Override
  public Future<?> start() {
    var grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        GET,
        call -> call.handler(request -> call.response().end(operations.get(request.getName()))));
    grpc.callHandler(WATCH, call -> call.handler(request -> call.response().write(SEEN)));
    // The windows and the bound of the server that is measured.
    var options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setHttp2ConnectionWindowSize(1_048_576)
            .setIdleTimeout(0)
            .setInitialSettings(
                new Http2Settings().setMaxConcurrentStreams(1_000).setInitialWindowSize(262_144));
    return vertx.createHttpServer(options).requestHandler(grpc).listen();
  }
}
