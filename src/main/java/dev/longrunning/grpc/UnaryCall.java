package dev.longrunning.grpc;

import com.google.protobuf.Message;
import dev.longrunning.connection.UnreadAnswers;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallBegin;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.ErrorStatus;
import dev.longrunning.rpc.Intake;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.Reply;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;

/**
 * One unary call, from its headers to its status.
 *
 * <p><b>Promise.</b> Answered once, unless the caller is gone: then nothing is written, and nothing
 * is logged.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Holds at most one message and its prefix ({@link
 * RequestFrame#MESSAGE_BYTES_MAX}), for as long as an {@link Intake} lets it. Its answer waits for
 * its caller as long as {@link UnreadAnswers} let it.
 */
final class UnaryCall<Q extends Message> implements Intake.Taker {
  private static final Buffer NOTHING = Buffer.buffer(0);
  private static final int BODY_BYTES_MAX = RequestFrame.MESSAGE_BYTES_MAX + 5;

  /** Base64 takes four characters for three bytes. */
  private static final int TEXT_BYTES_MAX = (BODY_BYTES_MAX + 2) / 3 * 4;

  private final Method<Q, ?> method;
  private final Framing framing;
  private final CallPipeline pipeline;
  private final Instant begun;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Promise<Void> gone = Promise.promise();
  private final Call call;
  private final Intake intake;
  private boolean runs;

  /** Throws a {@link Problem} if the headers are not as they must be. */
  UnaryCall(
      Method<Q, ?> method,
      Framing framing,
      GrpcTransport transport,
      CallBegin begin,
      HttpServerRequest request) {
    this.method = method;
    this.framing = framing;
    this.pipeline = transport.pipeline();
    this.begun = begin.at();
    this.request = request;
    this.response = request.response();
    this.call = GrpcHeaders.call(transport.services(request), request, begin, gone.future());
    int max = framing == Framing.WEB_TEXT ? TEXT_BYTES_MAX : BODY_BYTES_MAX;
    this.intake = transport.intakes().of(request, call.caller(), max, this);
  }

  void begin() {
    intake.begin(call.deadline());
  }

  @Override
  public void taken() {
    runs = true;
    pipeline.run(method, call, this::message, this::encoded).onComplete(this::reply, this::fail);
  }

  @Override
  public void refused(Problem problem) {
    fail(pipeline.refused(method, call, begun, problem));
  }

  @Override
  public void gone() {
    if (!runs) {
      pipeline.refused(method, call, begun, Problem.cancelled());
    }
    gone.tryComplete();
  }

  private Q message() {
    var encoding = request.getHeader(GrpcHeaders.ENCODING);
    var frames = framing.decoded(intake.body());
    intake.release();
    return method.parse(RequestFrame.message(frames, encoding));
  }

  /** A reply, and what is sent of it. */
  private record Encoded(Reply reply, Buffer body) {}

  private Encoded encoded(Reply reply) {
    var body = framing.encoded(reply.body().array());
    if (!UnreadAnswers.hasRoom(request, body.length())) {
      throw Problem.overloaded("unread answers");
    }
    return new Encoded(reply, body);
  }

  private void reply(Encoded encoded) {
    if (!isWritable()) {
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, framing.contentType());
    encoded
        .reply()
        .pollAfter()
        .ifPresent(
            pause -> response.putHeader(GrpcHeaders.POLL_AFTER, Long.toString(pause.toMillis())));
    var body = encoded.body();
    boolean atOnce = UnreadAnswers.leavesAtOnce(request, body.length());
    if (framing != Framing.GRPC) {
      response.end(body);
    } else if (atOnce) {
      response.putTrailer(GrpcHeaders.STATUS, GrpcHeaders.OK);
      response.end(body);
    } else {
      // As in GrpcStream: trailers that wait for the caller's window cannot be taken back.
      response
          .write(body)
          .compose(left -> response.write(NOTHING))
          .onSuccess(left -> writeTrailers());
    }
  }

  private void writeTrailers() {
    if (isWritable()) {
      response.putTrailer(GrpcHeaders.STATUS, GrpcHeaders.OK);
      response.end();
    }
  }

  private boolean isWritable() {
    return !response.ended() && !response.closed();
  }

  /** The pipeline fails with a {@link Problem} only. */
  private void fail(Throwable failure) {
    intake.release();
    if (isWritable()) {
      GrpcTransport.answer(response, framing, ErrorStatus.of((Problem) failure));
    }
  }
}
