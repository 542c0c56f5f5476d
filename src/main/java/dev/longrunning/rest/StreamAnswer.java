package dev.longrunning.rest;

import dev.longrunning.connection.CutOff;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.OpenStream;
import dev.longrunning.rpc.StatusTable;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.rpc.StreamWire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one stream over HTTP, in any {@link StreamForm}.
 *
 * <p><b>Promise.</b> The status waits for what it is to tell: it leaves with the first reply, with
 * the end of a stream that had none, or after {@value #HEAD_WAIT_MILLIS} ms if neither came. So a
 * call that fails before it has anything to say is answered with an ordinary error; later an error
 * is the last part of the body. A HEAD is a stream that ends where its body would begin.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> Those of {@link OpenStream}.
 */
final class StreamAnswer implements StreamWire {
  /** More than a look at the database takes, less than a proxy waits. */
  static final long HEAD_WAIT_MILLIS = 1_000;

  private static final Buffer NOTHING = Buffer.buffer(0);
  private static final long NO_TIMER = -1;
  private static final long CANCEL = 8;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final StreamForm form;
  private final JsonStyle style;
  private final JsonMessages json;
  private final Context loop = Vertx.currentContext();
  private @Nullable OpenStream<?> stream;
  private long timer = NO_TIMER;

  /** The status is 200, whatever comes. */
  private boolean accepted;

  /** There was a reply. */
  private boolean began;

  StreamAnswer(HttpServerRequest request, StreamForm form, JsonStyle style, JsonMessages json) {
    this.request = request;
    this.response = request.response();
    this.form = form;
    this.style = style;
    this.json = json;
  }

  /** Whose answer it is; to be said before anything else. */
  void isOf(OpenStream<?> stream) {
    this.stream = stream;
  }

  private OpenStream<?> stream() {
    if (stream == null) {
      throw new IllegalStateException("the answer of no stream");
    }
    return stream;
  }

  /** The caller is gone. */
  void leave() {
    stopTimer();
  }

  @Override
  public void fetch() {
    // Its only request has come.
  }

  @Override
  public StreamReply.Form form() {
    return began ? form.next() : form.first();
  }

  @Override
  public boolean showsLast() {
    return form.showsLast();
  }

  @Override
  public void opened() {
    if (!accepted && isWritable()) {
      timer = loop.owner().setTimer(HEAD_WAIT_MILLIS, fired -> writeHead());
    }
  }

  private void writeHead() {
    timer = NO_TIMER;
    if (!isWritable()) {
      return;
    }
    accept();
    if (isHead()) {
      return;
    }
    if (isOld()) {
      // The library has a head without a length go out with some of its body only.
      response.write(NOTHING);
    } else {
      response.writeHead();
    }
  }

  /** Decides that the answer is a stream. */
  private void accept() {
    if (accepted) {
      return;
    }
    accepted = true;
    stopTimer();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, form.contentType())
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("x-accel-buffering", "no")
        .putHeader("x-content-type-options", "nosniff");
    if (isHead()) {
      // A turn later: its handler need not expect the end while it sends.
      loop.runOnContext(now -> stream().end());
    } else if (request.version() == HttpVersion.HTTP_1_1) {
      response.setChunked(true);
    }
    if (isOld()) {
      // Its end is that of the connection, also where the caller asked to keep it.
      response.headersEndHandler(
          last -> response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
    }
  }

  private boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  private boolean isOld() {
    return request.version() == HttpVersion.HTTP_1_0;
  }

  private boolean isWritable() {
    return !response.ended() && !response.closed();
  }

  @Override
  public void write(Buffer frame) {
    int bytes = frame.length();
    began = true;
    if (isWritable()) {
      accept();
      if (!isHead()) {
        response.write(frame).onComplete(left -> stream().written(bytes));
        return;
      }
    }
    stream().written(bytes);
  }

  @Override
  public void end(Optional<Problem> problem) {
    stopTimer();
    if (!isWritable()) {
      stream().ended();
      return;
    }
    writeEnd(problem).onComplete(out -> finish());
  }

  private Future<Void> writeEnd(Optional<Problem> problem) {
    if (!accepted && problem.isPresent()) {
      return new RestAnswer(request, json).fail(status(problem.get()), problem.get(), style);
    }
    if (!accepted && form.emptyIsNoContent()) {
      return response.setStatusCode(204).end();
    }
    accept();
    return isHead() ? response.end() : response.end(last(problem));
  }

  private Buffer last(Optional<Problem> problem) {
    return problem
        .map(failed -> form.failure(began, ErrorBody.of(status(failed), failed, json, style)))
        .orElseGet(() -> form.end(began));
  }

  private static int status(Problem problem) {
    return StatusTable.http(problem.kind());
  }

  private void finish() {
    stream().ended();
    if (isOld() && accepted) {
      request.connection().close();
    }
  }

  @Override
  public void cutOff() {
    stopTimer();
    CutOff.now(request, CANCEL);
  }

  private void stopTimer() {
    if (timer != NO_TIMER) {
      loop.owner().cancelTimer(timer);
      timer = NO_TIMER;
    }
  }
}
