package dev.longrunning.rest;

import com.google.protobuf.Message;
import dev.longrunning.connection.Peer;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallBegin;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.Callers;
import dev.longrunning.rpc.HttpRoutes;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.ServiceRoutes;
import dev.longrunning.rpc.StatusTable;
import dev.longrunning.rpc.StreamMethod;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The methods of a table over HTTP with JSON.
 *
 * <p><b>Promise.</b> Every request gets an answer, and every error a body that says what is wrong.
 *
 * <p><b>Threads.</b> Belongs to one event loop.
 */
public final class RestTransport implements Handler<HttpServerRequest> {
  private static final String OVERRIDE = "x-http-method-override";

  /** What a POST may stand for: everything that has a body in some HTTP library only as POST. */
  private static final Set<String> OVERRIDES = Set.of("GET", "PUT", "PATCH", "DELETE", "POST");

  private final ServiceRoutes routes;
  private final CallPipeline pipeline;
  private final Callers callers;
  private final Intakes intakes;
  private final JsonMessages json;
  private final InstantSource clock;

  public RestTransport(
      ServiceRoutes routes,
      CallPipeline pipeline,
      Callers callers,
      Intakes intakes,
      JsonMessages json,
      InstantSource clock) {
    this.routes = routes;
    this.pipeline = pipeline;
    this.callers = callers;
    this.intakes = intakes;
    this.json = json;
    this.clock = clock;
  }

  CallPipeline pipeline() {
    return pipeline;
  }

  JsonMessages json() {
    return json;
  }

  public Intakes intakes() {
    return intakes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    try {
      dispatch(request);
    } catch (RuntimeException failure) {
      refuse(request, pipeline.problem(request.method().name(), failure));
    }
  }

  private void dispatch(HttpServerRequest request) {
    var expected = request.getHeader("expect");
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      refuse(request, 417, Problem.invalid("expect", expected, "100-continue"));
      return;
    }
    var coding = request.getHeader("transfer-encoding");
    if (coding != null && !coding.equalsIgnoreCase("chunked")) {
      refuse(request, 501, Problem.unimplemented("transfer-encoding: allowed chunked"));
      return;
    }
    if (request.method().equals(HttpMethod.OPTIONS) && "*".equals(request.uri())) {
      // About the server as a whole; all that can be said is that it is there.
      intakes.discard(request);
      answer(request).sendEmpty(204);
      return;
    }
    String path = Objects.requireNonNullElse(request.path(), "");
    var own = routes.of(routes.services(request));
    var match = own.find(verb(request), path);
    if (match.isPresent()) {
      begin(match.get(), request);
      return;
    }
    var verbs = own.verbs(path);
    if (verbs.isEmpty()) {
      throw Problem.noRoute(path);
    }
    if (verbs.contains("GET")) {
      verbs.add("HEAD");
    }
    verbs.add("OPTIONS");
    request.response().putHeader("allow", String.join(", ", verbs));
    if (request.method().name().equals("OPTIONS")) {
      intakes.discard(request);
      answer(request).sendEmpty(204);
    } else {
      String allowed = "method: allowed here: " + String.join(", ", verbs);
      refuse(request, 405, Problem.unimplemented(allowed));
    }
  }

  private void begin(HttpRoutes.Match match, HttpServerRequest request) {
    var begun = clock.instant();
    var row = match.method();
    callers.ask(
        request,
        row,
        begun,
        true,
        begin -> begin(match, begin, request),
        failure -> refuseUnread(match, begun, request, failure));
  }

  private void begin(HttpRoutes.Match match, CallBegin begin, HttpServerRequest request) {
    var row = match.method();
    try {
      if (row instanceof Method<?, ?> method) {
        begin(method, match, begin, request);
      } else if (row instanceof StreamMethod<?, ?> method
          && method.requests() == StreamMethod.Requests.ONE) {
        begin(method, match, begin, request);
      } else {
        throw Problem.unimplemented("method: of many requests, over gRPC and gRPC-Web only");
      }
    } catch (RuntimeException failure) {
      refuseUnread(match, begin.at(), request, failure);
    }
  }

  /** A call of nobody who is known, or whose headers are not as they must be. */
  private void refuseUnread(
      HttpRoutes.Match match, Instant begun, HttpServerRequest request, Throwable failure) {
    var call = Call.unread(match.services(), Peer.of(request), Call.Transport.REST);
    refuse(request, pipeline.refused(match.method(), call, begun, failure));
  }

  private <Q extends Message> void begin(
      Method<Q, ?> method, HttpRoutes.Match match, CallBegin begin, HttpServerRequest request) {
    new RestCall<>(method, new RestRequest<>(method, match, json, begin, request), this).begin();
  }

  private <Q extends Message> void begin(
      StreamMethod<Q, ?> method,
      HttpRoutes.Match match,
      CallBegin begin,
      HttpServerRequest request) {
    var said = new RestRequest<>(method, match, json, begin, request);
    var accept = request.headers().getAll(HttpHeaders.ACCEPT);
    var media = StreamMedia.wanted(said.alt(), accept);
    if (media.isPresent()) {
      new RestStream<>(method, said, media.get(), this).begin();
      return;
    }
    var problem = Problem.invalid("accept", String.join(", ", accept), StreamMedia.ALLOWED);
    refuse(request, 406, pipeline.refused(method, said.call(), begin.at(), problem));
  }

  /** The verb that the request is to be matched by. */
  private static String verb(HttpServerRequest request) {
    String verb = request.method().name();
    var override = Optional.ofNullable(request.getHeader(OVERRIDE));
    if (override.isPresent() && verb.equals("POST")) {
      if (!OVERRIDES.contains(override.get())) {
        throw Problem.invalid(OVERRIDE, override.get(), "GET, PUT, PATCH or DELETE");
      }
      return override.get();
    }
    return verb.equals("HEAD") ? "GET" : verb;
  }

  /** Answers without looking any further. */
  public void refuse(HttpServerRequest request, Problem problem) {
    refuse(request, StatusTable.http(problem.kind()), problem);
  }

  private void refuse(HttpServerRequest request, int status, Problem problem) {
    intakes.discard(request);
    answer(request).fail(status, problem, JsonStyle.DEFAULT);
  }

  /** Answers what could not be read as HTTP, and closes the connection. */
  public void refuseMalformed(HttpServerRequest request) {
    var cause = request.decoderResult().cause();
    var problem = Problem.invalid("request", "what is not HTTP", "HTTP/1.1 or HTTP/2");
    int status = StatusTable.http(problem.kind());
    if (cause instanceof TooLongHttpLineException) {
      problem = Problem.invalid("path", "a longer request line", "at most 8 KiB");
      status = 414;
    } else if (cause instanceof TooLongHttpHeaderException) {
      problem = Problem.invalid("headers", "more", "at most 16 KiB");
      status = 431;
    }
    refuseAndClose(request, status, problem);
  }

  /** Answers a request of an HTTP that is not spoken here, and closes the connection. */
  public void refuseVersion(HttpServerRequest request) {
    refuseAndClose(
        request, 505, Problem.unimplemented("version: allowed HTTP/1.0, HTTP/1.1 and HTTP/2"));
  }

  private void refuseAndClose(HttpServerRequest request, int status, Problem problem) {
    request.response().putHeader("connection", "close");
    answer(request).fail(status, problem, JsonStyle.DEFAULT);
    request.connection().close();
  }

  private RestAnswer answer(HttpServerRequest request) {
    return new RestAnswer(request, json);
  }
}
