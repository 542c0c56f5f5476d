package dev.longrunning.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.connection.UnreadAnswers;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.HttpRoutes;
import dev.longrunning.rpc.Intake;
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

/**
 * One request for a method, from its headers to its answer.
 *
 * <p><b>Promise.</b> Answered once, unless the caller is gone: then nothing is written, and nothing
 * is logged.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Holds a body of {@value RequestBody#BYTES_MAX} bytes at most, for as long as an
 * {@link Intake} lets it.
 */
final class RestCall<Q extends Message> implements Intake.Taker {
  private final Method<Q, ?> method;
  private final HttpRoutes.Match match;
  private final CallPipeline pipeline;
  private final JsonMessages json;
  private final Instant begun;
  private final HttpServerRequest request;
  private final RestAnswer answer;
  private final Promise<Void> gone = Promise.promise();
  private final SystemParameters system = new SystemParameters();
  private final List<QueryString.Parameter> parameters;
  private final Call call;
  private final Intake intake;
  private boolean runs;

  /** Throws a {@link Problem} if the query or the headers are not as they must be. */
  RestCall(
      Method<Q, ?> method,
      HttpRoutes.Match match,
      RestTransport transport,
      Instant begun,
      HttpServerRequest request) {
    this.method = method;
    this.match = match;
    this.pipeline = transport.pipeline();
    this.json = transport.json();
    this.begun = begun;
    this.request = request;
    this.answer = new RestAnswer(request, json);
    this.parameters = parameters();
    this.call =
        new Call(
            OperationKey.DEFAULT_SERVICE,
            Call.caller(request.remoteAddress()),
            ServerTimeout.parse(request.getHeader(ServerTimeout.HEADER)).map(begun::plus),
            Call.isCached(request.getHeader(Call.CONSISTENCY)),
            Call.Transport.REST,
            gone.future());
    this.intake = transport.intakes().of(request, call.caller(), RequestBody.BYTES_MAX, this);
  }

  void begin() {
    intake.begin(call.deadline());
  }

  @Override
  public void taken() {
    var fault =
        RequestBody.fault(request.getHeader("content-type"), request.getHeader("content-encoding"));
    if (intake.body().length() > 0 && fault.isPresent()) {
      intake.release();
      fail(415, pipeline.refused(method, call, begun, fault.get()));
      return;
    }
    runs = true;
    pipeline.run(method, call, this::message, this::encoded).onComplete(this::send, this::fail);
  }

  @Override
  public void refused(Problem problem) {
    fail(bodyStatus(problem), pipeline.refused(method, call, begun, problem));
  }

  /** HTTP has statuses of its own for bodies. */
  private static int bodyStatus(Problem problem) {
    return switch (problem.reason()) {
      case "REQUEST_TIMEOUT" -> 408;
      case "TOO_LARGE" -> 413;
      default -> StatusTable.http(problem.kind());
    };
  }

  @Override
  public void gone() {
    if (!runs) {
      pipeline.refused(method, call, begun, Problem.cancelled());
    }
    gone.tryComplete();
  }

  /** The query's parameters but for those that say how to answer. */
  private List<QueryString.Parameter> parameters() {
    var parameters = new ArrayList<QueryString.Parameter>();
    for (var parameter : QueryString.parse(request.query()).parameters()) {
      boolean field =
          FieldPath.find(method.request().getDescriptorForType(), parameter.name()).isPresent();
      if (field || !system.takes(parameter)) {
        parameters.add(parameter);
      }
    }
    return parameters;
  }

  private Q message() {
    var builder = method.request().newBuilderForType();
    String text = RequestBody.text(intake.body());
    intake.release();
    new RequestBinding(match, parameters, text).fill(builder, json);
    return method.built(builder);
  }

  /** A reply, and its JSON; empty if the caller holds the state already. */
  private record Encoded(Reply reply, Buffer body) {}

  private Encoded encoded(Reply reply) {
    boolean held = reply.etag().filter(this::isHeld).isPresent();
    var body =
        held ? Buffer.buffer(0) : RestAnswer.body(json.print(response(reply), system.style()));
    if (!UnreadAnswers.hasRoom(request, body.length())) {
      throw Problem.overloaded("unread answers");
    }
    return new Encoded(reply, body);
  }

  private void send(Encoded encoded) {
    encoded.reply().pollAfter().ifPresent(answer::putRetryAfter);
    encoded.reply().etag().ifPresent(etag -> answer.putHeader("etag", Etags.header(etag)));
    if (encoded.body().length() == 0) {
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
    intake.release();
    fail(StatusTable.http(problem.kind()), problem);
  }

  private void fail(int status, Problem problem) {
    answer.fail(status, problem, system.style());
  }
}
