package dev.longrunning.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.HttpRoutes;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.Reply;
import dev.longrunning.rpc.StatusTable;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One request for a method, from its headers to its answer.
 *
 * <p><b>Promise.</b> Answered once, unless the caller is gone: then nothing is written, and nothing
 * is logged.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Holds one {@link RequestBody}. A caller that goes on sending after it has its
 * answer is cut off after as many bytes.
 */
final class RestCall<Q extends Message> {
  private final Method<Q, ?> method;
  private final HttpRoutes.Match match;
  private final CallPipeline pipeline;
  private final JsonMessages json;
  private final Instant begun;
  private final HttpServerRequest request;
  private final RestAnswer answer;
  private final Promise<Void> gone = Promise.promise();
  private final RequestBody body;
  private JsonStyle style = JsonStyle.DEFAULT;
  private long ignoredBytes;

  RestCall(
      Method<Q, ?> method,
      HttpRoutes.Match match,
      RestTransport transport,
      HttpServerRequest request) {
    this.method = method;
    this.match = match;
    this.pipeline = transport.pipeline();
    this.json = transport.json();
    this.begun = transport.now();
    this.request = request;
    this.answer = new RestAnswer(request, json);
    this.body = new RequestBody(pipeline.bodies());
  }

  void begin() {
    request.exceptionHandler(lost -> leave());
    request.response().exceptionHandler(lost -> leave());
    request.response().closeHandler(closed -> leave());
    request.handler(this::read);
    request.endHandler(end -> run());
  }

  private void leave() {
    body.drop();
    if (!request.response().ended()) {
      gone.tryComplete();
    }
  }

  private void read(Buffer part) {
    if (answer.isOver()) {
      ignoredBytes += part.length();
      if (ignoredBytes > RequestBody.BYTES_MAX) {
        request.response().reset(0);
      }
    } else {
      keep(part);
    }
  }

  private void keep(Buffer part) {
    try {
      if (!body.add(part)) {
        answer.fail(413, RequestBody.tooLarge(), style);
        body.drop();
      }
    } catch (Problem problem) {
      fail(problem);
      body.drop();
    }
  }

  private void run() {
    if (answer.isOver()) {
      return;
    }
    try {
      check();
    } catch (RuntimeException failure) {
      fail(pipeline.problem(method.fullName(), failure));
    }
  }

  private void check() {
    var parameters = parameters();
    var fault =
        RequestBody.fault(request.getHeader("content-type"), request.getHeader("content-encoding"));
    if (!body.isEmpty() && fault.isPresent()) {
      answer.fail(415, fault.get(), style);
      body.drop();
      return;
    }
    var call =
        new Call(
            OperationKey.DEFAULT_SERVICE,
            Call.caller(request.remoteAddress()),
            deadline(),
            Call.isCached(request.getHeader(Call.CONSISTENCY)),
            Call.Transport.REST,
            gone.future());
    pipeline
        .run(method, call, () -> message(parameters), this::encoded)
        .onComplete(this::send, this::fail);
  }

  /** The query's parameters but for those that say how to answer. */
  private List<QueryString.Parameter> parameters() {
    var system = new SystemParameters();
    var parameters = new ArrayList<QueryString.Parameter>();
    for (var parameter : QueryString.parse(request.query()).parameters()) {
      boolean field =
          FieldPath.find(method.request().getDescriptorForType(), parameter.name()).isPresent();
      if (field || !system.takes(parameter)) {
        parameters.add(parameter);
      }
    }
    style = system.style();
    return parameters;
  }

  private Optional<Instant> deadline() {
    return ServerTimeout.parse(request.getHeader(ServerTimeout.HEADER)).map(begun::plus);
  }

  private Q message(List<QueryString.Parameter> parameters) {
    var builder = method.request().newBuilderForType();
    String text = body.text();
    body.drop();
    new RequestBinding(match, parameters, text).fill(builder, json);
    return method.built(builder);
  }

  /** A reply, and its JSON; empty if the caller holds the state already. */
  private record Encoded(Reply reply, String body) {}

  private Encoded encoded(Reply reply) {
    boolean held = reply.etag().filter(this::isHeld).isPresent();
    return new Encoded(reply, held ? "" : json.print(response(reply), style));
  }

  private void send(Encoded encoded) {
    encoded.reply().pollAfter().ifPresent(answer::putRetryAfter);
    encoded.reply().etag().ifPresent(etag -> answer.putHeader("etag", Etags.header(etag)));
    if (encoded.body().isEmpty()) {
      answer.sendEmpty(304);
    } else {
      answer.send(200, encoded.body());
    }
  }

  private boolean isHeld(String etag) {
    boolean read =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    return read && Etags.matches(request.getHeader("if-none-match"), etag);
  }

  private Message response(Reply reply) {
    try {
      return method.response().getParserForType().parseFrom(reply.body().array());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("not a response of " + method.fullName(), e);
    }
  }

  /** The pipeline fails with a {@link Problem} only. */
  private void fail(Throwable failure) {
    var problem = (Problem) failure;
    body.drop();
    answer.fail(StatusTable.http(problem.kind()), problem, style);
  }
}
