package dev.longrunning.fleet;

import com.google.rpc.Status;
import dev.longrunning.v1.WatchEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;

/**
 * How the events of one stream come, on a connection of its own.
 *
 * <p><b>Threads.</b> Confined to the context that opens it.
 */
abstract class Wire {
  private final Ear ear;
  private final HttpClient http;
  private HttpClientResponse response;

  /** Who listens. After an end it may hear more of a stream that is no more. */
  interface Ear {
    void event(WatchEvent event);

    /** The stream is over; UNKNOWN: the connection broke. */
    void ended(Status status);
  }

  Wire(Vertx vertx, HttpClientOptions options, Ear ear) {
    this.ear = ear;
    this.http = vertx.createHttpClient(options);
  }

  /** Opens a stream. */
  interface Kind {
    Wire open(Vertx vertx, int port, Subject subject, String token, Ear ear);
  }

  final void send(int port, RequestOptions options, Buffer body) {
    options.setHost("127.0.0.1").setPort(port);
    http.request(options)
        .compose(
            request -> {
              request.exceptionHandler(this::broke);
              var sent = body.length() == 0 ? request.send() : request.send(body);
              return sent.onSuccess(this::read);
            })
        .onFailure(this::broke);
  }

  private void read(HttpClientResponse head) {
    response = head;
    head.exceptionHandler(this::broke);
    head.handler(part -> take(head, part));
    head.endHandler(end -> over(head));
  }

  /** Some of the body came. */
  abstract void take(HttpClientResponse head, Buffer part);

  /** All of the body came. */
  abstract void over(HttpClientResponse head);

  final Ear ear() {
    return ear;
  }

  final void broke(Throwable cause) {
    ear.ended(Status.newBuilder().setCode(2).setMessage("" + cause).build());
  }

  /** Stops reading for now, or goes on. */
  final void read(boolean on) {
    if (response == null) {
      return;
    }
    if (on) {
      response.resume();
    } else {
      response.pause();
    }
  }

  /** Leaves, as somebody who hangs up. */
  final void leave() {
    http.close();
  }
}
