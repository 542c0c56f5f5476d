package dev.longrunning.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.connection.UnreadAnswers;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.Intake;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.Reply;
import dev.longrunning.rpc.StatusTable;
import dev.longrunning.rpc.WatchCookie;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;

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
  private final RestRequest<Q> said;
  private final CallPipeline pipeline;
  private final JsonMessages json;
  private final HttpServerRequest request;
  private final RestAnswer answer;
  private final Intake intake;
  private boolean runs;

  RestCall(Method<Q, ?> method, RestRequest<Q> said, RestTransport transport) {
    this.method = method;
    this.said = said;
    this.pipeline = transport.pipeline();
    this.json = transport.json();
    this.request = said.http();
    this.answer = new RestAnswer(request, json);
    this.intake =
        transport.intakes().of(request, said.call().caller(), RequestBody.BYTES_MAX, this);
  }

  void begin() {
    intake.begin(said.call().deadline());
  }

  @Override
  public void taken() {
    var fault = said.bodyFault(intake.body());
    if (fault.isPresent()) {
      intake.release();
      fail(415, unread(fault.get()));
      return;
    }
    runs = true;
    pipeline
        .run(method, said.call(), said.source(this::message), this::encoded)
        .onComplete(this::send, this::fail);
  }

  @Override
  public void refused(Problem problem) {
    fail(RestRequest.bodyStatus(problem), unread(problem));
  }

  private Problem unread(Problem problem) {
    return pipeline.refused(method, said.call(), said.begun(), problem);
  }

  @Override
  public void gone() {
    if (!runs) {
      unread(Problem.cancelled());
    }
    said.leave();
  }

  private Q message() {
    String text = RequestBody.text(intake.body());
    intake.release();
    return method.built(said.message(text));
  }

  /** A reply, and its JSON; empty if the caller holds the state already. */
  private record Encoded(Reply reply, Buffer body) {}

  private Encoded encoded(Reply reply) {
    boolean held = reply.etag().filter(this::isHeld).isPresent();
    var body = held ? Buffer.buffer(0) : RestAnswer.body(json.print(response(reply), said.style()));
    if (!UnreadAnswers.hasRoom(request, body.length())) {
      throw Problem.overloaded("unread answers");
    }
    return new Encoded(reply, body);
  }

  private void send(Encoded encoded) {
    encoded.reply().pollAfter().ifPresent(answer::putRetryAfter);
    encoded.reply().etag().ifPresent(etag -> answer.putHeader("etag", Etags.header(etag)));
    encoded.reply().cookie().ifPresent(this::putCookie);
    if (encoded.body().length() == 0) {
      answer.sendEmpty(304);
    } else {
      answer.send(200, encoded.body());
    }
  }

  /** It is for the watch beside the path that was called. */
  private void putCookie(WatchCookie cookie) {
    String path = Objects.requireNonNullElse(request.path(), "/");
    String watch = path.substring(0, path.lastIndexOf(':')) + ":watch";
    boolean secure =
        request.isSSL() || "https".equalsIgnoreCase(request.getHeader("x-forwarded-proto"));
    answer.putHeader("set-cookie", cookie.header(watch, secure));
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
    answer.fail(status, problem, said.style());
  }
}
