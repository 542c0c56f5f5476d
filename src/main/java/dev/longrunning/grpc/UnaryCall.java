package dev.longrunning.grpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.ErrorStatus;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.Reply;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * One unary call, from its headers to its status.
 *
 * <p><b>Promise.</b> Answered once, unless the caller is gone: then nothing is written, and nothing
 * is logged.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Holds at most one message and its prefix ({@link
 * RequestFrame#MESSAGE_BYTES_MAX}). A caller that goes on sending after it has its answer is cut
 * off after as many bytes.
 */
final class UnaryCall<Q extends Message> {
  private static final int BODY_BYTES_MAX = RequestFrame.MESSAGE_BYTES_MAX + 5;

  /** Base64 takes four characters for three bytes. */
  private static final int TEXT_BYTES_MAX = (BODY_BYTES_MAX + 2) / 3 * 4;

  private static final long NO_ERROR = 0;
  private static final Buffer NONE = Buffer.buffer(0);

  private final Method<Q, ?> method;
  private final Framing framing;
  private final CallPipeline pipeline;
  private final Instant begun;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Promise<Void> gone = Promise.promise();

  /** The first part as it came, which nearly always is all; a copy once there are more. */
  private Buffer body = NONE;

  private int parts;
  private int takenBytes;
  private long ignoredBytes;

  UnaryCall(
      Method<Q, ?> method,
      Framing framing,
      CallPipeline pipeline,
      Instant begun,
      HttpServerRequest request) {
    this.method = method;
    this.framing = framing;
    this.pipeline = pipeline;
    this.begun = begun;
    this.request = request;
    this.response = request.response();
  }

  void begin() {
    request.exceptionHandler(lost -> leave());
    response.exceptionHandler(lost -> leave());
    response.closeHandler(closed -> leave());
    request.handler(this::read);
    request.endHandler(end -> run());
  }

  private void leave() {
    drop();
    if (!response.ended()) {
      gone.tryComplete();
    }
  }

  /** Lets go of the body: a call may wait for minutes once it is decoded. */
  private void drop() {
    pipeline.bodies().give(takenBytes);
    takenBytes = 0;
    body = NONE;
  }

  private void read(Buffer part) {
    if (response.ended()) {
      ignoredBytes += part.length();
      if (ignoredBytes > BODY_BYTES_MAX) {
        response.reset(NO_ERROR);
      }
      return;
    }
    int max = framing == Framing.WEB_TEXT ? TEXT_BYTES_MAX : BODY_BYTES_MAX;
    if (body.length() + part.length() > max) {
      fail(RequestFrame.tooLarge("more"));
      return;
    }
    if (!pipeline.bodies().take(part.length())) {
      fail(Problem.overloaded("request bodies"));
      return;
    }
    takenBytes += part.length();
    parts++;
    if (parts == 1) {
      body = part;
    } else if (parts == 2) {
      body =
          Buffer.buffer(2 * (body.length() + part.length())).appendBuffer(body).appendBuffer(part);
    } else {
      body.appendBuffer(part);
    }
  }

  private void run() {
    if (response.ended() || response.closed()) {
      return;
    }
    try {
      pipeline
          .run(method, call(), this::message, Function.identity())
          .onComplete(this::reply, this::fail);
    } catch (RuntimeException failure) {
      fail(pipeline.problem(method.fullName(), failure));
    }
  }

  private Call call() {
    return new Call(
        OperationKey.DEFAULT_SERVICE,
        Call.caller(request.remoteAddress()),
        deadline(),
        Call.isCached(request.getHeader(GrpcHeaders.CONSISTENCY)),
        Call.Transport.GRPC,
        gone.future());
  }

  private Optional<Instant> deadline() {
    return GrpcHeaders.timeout(request.getHeader(GrpcHeaders.TIMEOUT)).map(begun::plus);
  }

  private Q message() {
    var encoding = request.getHeader(GrpcHeaders.ENCODING);
    var frames = framing.decoded(body);
    drop();
    return method.parse(RequestFrame.message(frames, encoding));
  }

  private void reply(Reply reply) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, framing.contentType());
    reply
        .pollAfter()
        .ifPresent(
            pause -> response.putHeader(GrpcHeaders.POLL_AFTER, Long.toString(pause.toMillis())));
    if (framing == Framing.GRPC) {
      response.putTrailer(GrpcHeaders.STATUS, GrpcHeaders.OK);
    }
    response.end(framing.encoded(reply.body().array()));
  }

  /** The pipeline fails with a {@link Problem} only. */
  private void fail(Throwable failure) {
    drop();
    if (!response.ended() && !response.closed()) {
      GrpcTransport.answer(response, framing, ErrorStatus.of((Problem) failure));
    }
  }
}
