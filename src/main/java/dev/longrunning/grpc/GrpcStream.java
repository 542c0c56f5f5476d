package dev.longrunning.grpc;

import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.longrunning.connection.CutOff;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.CallBegin;
import dev.longrunning.rpc.ErrorStatus;
import dev.longrunning.rpc.OpenStream;
import dev.longrunning.rpc.StreamMethod;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.rpc.StreamWire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream over gRPC or gRPC-Web, from its headers to its status.
 *
 * <p><b>Promise.</b> Requests are read from the connection only as the handler asks for them, so
 * that its flow control slows the caller down. A status goes out whatever came in, unless the
 * caller is gone.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Coming in, {@link RequestFrames}, and what the connection's own window lets in
 * before. Going out, those of {@link OpenStream}. What a caller sends once its stream is over is
 * dropped; after {@value #IGNORED_BYTES_MAX} bytes it is cut off.
 */
final class GrpcStream<Q extends Message> implements StreamWire {
  private static final long IGNORED_BYTES_MAX = RequestFrame.MESSAGE_BYTES_MAX;
  private static final Buffer NOTHING = Buffer.buffer(0);
  private static final long NO_ERROR = 0;
  private static final long CANCEL = 8;

  private final StreamMethod<Q, ?> method;
  private final Framing framing;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Promise<Void> gone = Promise.promise();
  private final Context loop = Vertx.currentContext();
  private final OpenStream<Q> stream;

  /** Null once there are no more requests to read, and so is {@link #late}. */
  private @Nullable RequestFrames frames;

  private @Nullable LateMessage late;
  private @Nullable TextBody text;
  private @Nullable Q only;
  private boolean wanted;
  private boolean reading;
  private boolean requestEnded;
  private long ignoredBytes;

  GrpcStream(
      StreamMethod<Q, ?> method,
      Framing framing,
      GrpcTransport transport,
      CallBegin begin,
      HttpServerRequest request) {
    this.method = method;
    this.framing = framing;
    this.request = request;
    this.response = request.response();
    this.text = framing == Framing.WEB_TEXT ? new TextBody() : null;
    var call = GrpcHeaders.call(transport.services(request), request, begin, gone.future());
    var encoding = request.getHeader(GrpcHeaders.ENCODING);
    this.frames = new RequestFrames(transport.intakes().budget(), call.caller(), encoding);
    this.stream = transport.pipeline().stream(method, call, this);
    this.late = LateMessage.of(stream, transport.pipeline(), loop.owner());
  }

  void begin() {
    request.exceptionHandler(lost -> leave());
    response.exceptionHandler(lost -> leave());
    response.closeHandler(closed -> leave());
    request.handler(this::read);
    request.endHandler(end -> endRequests());
    request.pause();
    stream.begin();
    if (method.requests() == StreamMethod.Requests.MANY) {
      stream.open();
    } else {
      fetch();
    }
  }

  private void leave() {
    requestEnded = true;
    drop();
    if (stream.left()) {
      gone.tryComplete();
    }
  }

  private void drop() {
    if (frames != null) {
      frames.drop();
    }
    if (late != null) {
      late.stop();
    }
    frames = null;
    late = null;
    text = null;
    only = null;
    wanted = false;
  }

  private void read(Buffer part) {
    var unfinished = frames;
    if (unfinished == null) {
      ignore(part);
    } else {
      attempt(() -> unfinished.add(text == null ? part : text.decoded(part)));
      attempt(this::deliver);
    }
  }

  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (Throwable failure) {
      stream.fail(failure);
    }
  }

  private void ignore(Buffer part) {
    ignoredBytes += part.length();
    if (ignoredBytes > IGNORED_BYTES_MAX) {
      CutOff.now(request, NO_ERROR);
    }
  }

  private void endRequests() {
    requestEnded = true;
    attempt(this::deliver);
  }

  @Override
  public void fetch() {
    wanted = true;
    // From within a request's own delivery the loop there goes on.
    if (!reading) {
      attempt(this::deliver);
    }
  }

  /** Hands over what is wanted and there, and asks the connection for more if that is not all. */
  private void deliver() {
    reading = true;
    try {
      while (wanted && frames != null && late != null) {
        var message = frames.next();
        late.watch(frames.isPartial());
        if (message.isPresent()) {
          deliver(message.get());
        } else if (requestEnded) {
          finishRequests(frames);
        } else {
          request.fetch(1);
          return;
        }
      }
    } finally {
      reading = false;
    }
  }

  private void deliver(Bytes message) {
    if (method.requests() == StreamMethod.Requests.MANY) {
      wanted = false;
      stream.request(method.parse(message));
    } else if (only == null) {
      only = method.parse(message);
    } else {
      throw Problem.invalid("body", "a second message", "one message");
    }
  }

  private void finishRequests(RequestFrames ended) {
    if (text != null) {
      text.end();
    }
    ended.end();
    var request = only;
    drop();
    if (method.requests() == StreamMethod.Requests.ONE) {
      if (request == null) {
        throw Problem.invalid("body", "0 bytes", "one message with its prefix");
      }
      stream.open();
      stream.request(request);
    }
    stream.halfClosed();
  }

  @Override
  public StreamReply.Form form() {
    return StreamFrames.form(framing);
  }

  @Override
  public void opened() {
    if (!response.headWritten() && isWritable()) {
      putHead();
      response.writeHead();
    }
  }

  private void putHead() {
    response.putHeader(HttpHeaders.CONTENT_TYPE, framing.contentType());
    if (request.version() != HttpVersion.HTTP_2) {
      response.setChunked(true);
    }
  }

  private boolean isWritable() {
    return !response.ended() && !response.closed();
  }

  @Override
  public void write(Buffer frame) {
    int bytes = frame.length();
    if (!isWritable()) {
      stream.written(bytes);
      return;
    }
    if (!response.headWritten()) {
      putHead();
    }
    response.write(frame).onComplete(done -> stream.written(bytes));
  }

  @Override
  public void end(Optional<Problem> problem) {
    drop();
    if (!isWritable()) {
      stream.ended();
      return;
    }
    // A caller that has not half-closed has nobody left to send to: it may finish, but not go on.
    boolean goesOn = !requestEnded;
    if (goesOn) {
      request.resume();
    }
    writeEnd(problem.map(ErrorStatus::of))
        .onComplete(
            out -> {
              stream.ended();
              if (goesOn && request.version() == HttpVersion.HTTP_2) {
                loop.runOnContext(reset -> stopCaller());
              }
            });
  }

  private Future<Void> writeEnd(Optional<Status> status) {
    if (!response.headWritten()) {
      if (status.isPresent()) {
        return GrpcTransport.answer(response, framing, status.get());
      }
      putHead();
    }
    if (framing != Framing.GRPC) {
      return response.end(StreamFrames.trailers(framing, status));
    }
    // Trailers that have to wait for the caller's window cannot be taken back: Vert.x throws if it
    // resets its stream then. Nothing waits behind what has left.
    return response.write(NOTHING).compose(left -> writeTrailers(status));
  }

  private Future<Void> writeTrailers(Optional<Status> status) {
    if (!isWritable()) {
      return Future.succeededFuture();
    }
    StreamFrames.putStatus(response.trailers(), status);
    return response.end();
  }

  private void stopCaller() {
    if (!requestEnded) {
      response.reset(NO_ERROR);
    }
  }

  @Override
  public void cutOff() {
    drop();
    CutOff.now(request, CANCEL);
  }
}
