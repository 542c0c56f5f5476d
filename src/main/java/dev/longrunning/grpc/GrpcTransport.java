package dev.longrunning.grpc;

import com.google.rpc.Status;
import dev.longrunning.connection.Peer;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Candidates;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallBegin;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.Callers;
import dev.longrunning.rpc.ErrorStatus;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.MethodTable;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.ServiceRoutes;
import dev.longrunning.rpc.StreamMethod;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * The methods of a table over gRPC and gRPC-Web.
 *
 * <p><b>Promise.</b> Every request gets a gRPC status, also one that is not well-formed.
 *
 * <p><b>Threads.</b> Belongs to one event loop.
 */
public final class GrpcTransport implements Handler<HttpServerRequest> {
  private static final String PREFIX = "application/grpc";

  private final MethodTable table;
  private final ServiceRoutes services;
  private final CallPipeline pipeline;
  private final Callers callers;
  private final Intakes intakes;
  private final InstantSource clock;

  public GrpcTransport(
      MethodTable table,
      ServiceRoutes services,
      CallPipeline pipeline,
      Callers callers,
      Intakes intakes,
      InstantSource clock) {
    this.table = table;
    this.services = services;
    this.pipeline = pipeline;
    this.callers = callers;
    this.intakes = intakes;
    this.clock = clock;
  }

  /** Who may be meant by a request. */
  Candidates services(HttpServerRequest request) {
    return services.services(request);
  }

  CallPipeline pipeline() {
    return pipeline;
  }

  Intakes intakes() {
    return intakes;
  }

  /** Whether a request wants gRPC of some form, by its content type. */
  public static boolean speaks(HttpServerRequest request) {
    var type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null && type.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
  }

  @Override
  public void handle(HttpServerRequest request) {
    try {
      check(request);
    } catch (RuntimeException failure) {
      refuse(request, pipeline.problem("grpc", failure));
    }
  }

  private void check(HttpServerRequest request) {
    var framing = framing(request);
    if (framing.isEmpty()) {
      // 415 is for proxies; gRPC clients read the status beside it.
      request.response().setStatusCode(415);
      refuse(
          request,
          Problem.unimplemented("content-type: allowed application/grpc[-web[-text]][+proto]"));
    } else if (!request.method().equals(HttpMethod.POST)) {
      request.response().setStatusCode(405).putHeader("allow", "POST");
      refuse(request, Problem.unimplemented("method: allowed POST"));
    } else if (framing.get().needsHttp2() && request.version() != HttpVersion.HTTP_2) {
      request.response().setStatusCode(505);
      refuse(request, Problem.unimplemented("version: allowed HTTP/2"));
    } else {
      dispatch(request, framing.get());
    }
  }

  /** Answers without looking any further. */
  public void refuse(HttpServerRequest request, Problem problem) {
    intakes.discard(request);
    answer(request.response(), framing(request).orElse(Framing.GRPC), ErrorStatus.of(problem));
  }

  private static Optional<Framing> framing(HttpServerRequest request) {
    var type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type == null ? Optional.empty() : Framing.of(type);
  }

  private void dispatch(HttpServerRequest request, Framing framing) {
    String path = Objects.requireNonNullElse(request.path(), "");
    var row = table.atPath(path).orElse(null);
    if (row == null) {
      refuse(request, Problem.unimplemented("method: nothing answers at " + Problem.shown(path)));
      return;
    }
    var begun = clock.instant();
    callers.ask(
        request,
        row,
        begun,
        row instanceof Method,
        begin -> begin(row, begin, framing, request),
        failure -> refuseUnread(row, begun, request, failure));
  }

  private void begin(Row<?, ?> row, CallBegin begin, Framing framing, HttpServerRequest request) {
    try {
      if (row instanceof Method<?, ?> method) {
        new UnaryCall<>(method, framing, this, begin, request).begin();
      } else if (row instanceof StreamMethod<?, ?> method) {
        new GrpcStream<>(method, framing, this, begin, request).begin();
        forgetHeaders(request);
      }
    } catch (RuntimeException failure) {
      refuseUnread(row, begin.at(), request, failure);
    }
  }

  /** They have been read: a stream may be open for hours, and a credential is long. */
  private static void forgetHeaders(HttpServerRequest request) {
    // Over HTTP/1.1 a stream has a connection of its own, and Vert.x may still look at them.
    if (request.version() == HttpVersion.HTTP_2) {
      request.headers().clear();
    }
  }

  /** A call of nobody who is known, or whose headers are not as they must be. */
  private void refuseUnread(
      Row<?, ?> row, Instant begun, HttpServerRequest request, Throwable failure) {
    var call = Call.unread(services(request), Peer.of(request), Call.Transport.GRPC);
    refuse(request, pipeline.refused(row, call, begun, failure));
  }

  /** Ends the response with nothing but a status. */
  static Future<Void> answer(HttpServerResponse response, Framing framing, Status status) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, framing.contentType())
        .putHeader(GrpcHeaders.ACCEPT_ENCODING, "gzip");
    GrpcHeaders.putStatus(response.headers(), status);
    return response.end();
  }
}
