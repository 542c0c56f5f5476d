package dev.longrunning.rest;

import dev.longrunning.connection.UnreadAnswers;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Challenge;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * Writes the one answer of a request.
 *
 * <p><b>Promise.</b> Does nothing if the request is answered or its caller gone. What is returned
 * completes once the answer is on its way or lost.
 *
 * <p><b>Threads.</b> Confined to the event loop of its request.
 *
 * <p><b>Bounds.</b> Waits for its caller as long as {@link UnreadAnswers} let it.
 */
final class RestAnswer {
  private static final String JSON = "application/json; charset=utf-8";

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final JsonMessages json;

  RestAnswer(HttpServerRequest request, JsonMessages json) {
    this.request = request;
    this.response = request.response();
    this.json = json;
  }

  boolean isOver() {
    return response.ended() || response.closed();
  }

  void putHeader(String name, String value) {
    if (!isOver()) {
      response.putHeader(name, value);
    }
  }

  /** Says when to come again: whole seconds, rounded up, at least one. */
  void putRetryAfter(Duration pause) {
    long seconds = Math.max(1, pause.plusNanos(999_999_999).toSeconds());
    putHeader("retry-after", Long.toString(seconds));
  }

  /** What is sent of some JSON. */
  static Buffer body(String json) {
    // People read it in terminals.
    return Buffer.buffer(json).appendByte((byte) '\n');
  }

  Future<Void> send(int status, Buffer body) {
    if (isOver()) {
      return Future.succeededFuture();
    }
    response
        .setStatusCode(status)
        .putHeader("content-type", JSON)
        .putHeader("cache-control", "private, no-cache")
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("content-length", Integer.toString(body.length()));
    if (request.method().equals(HttpMethod.HEAD)) {
      return response.end();
    }
    // Watched from here on if it does not.
    UnreadAnswers.leavesAtOnce(request, body.length());
    return response.end(body);
  }

  Future<Void> sendEmpty(int status) {
    return isOver() ? Future.succeededFuture() : response.setStatusCode(status).end();
  }

  Future<Void> fail(int status, Problem problem, JsonStyle style) {
    problem.retryAfter().ifPresent(this::putRetryAfter);
    if (problem.kind() == Problem.Kind.UNAUTHENTICATED) {
      putHeader("www-authenticate", Challenge.of(problem));
    }
    return send(status, body(ErrorBody.of(status, problem, json, style)));
  }
}
