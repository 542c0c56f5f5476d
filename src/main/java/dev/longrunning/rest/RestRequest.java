package dev.longrunning.rest;

import com.google.protobuf.Message;
import dev.longrunning.connection.Peer;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.CallBegin;
import dev.longrunning.rpc.HttpRoutes;
import dev.longrunning.rpc.RequestSource;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StatusTable;
import dev.longrunning.rpc.StreamMethod;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What one HTTP request says to a method, whether it is answered once or by a stream.
 *
 * <p><b>Promise.</b> Its headers and its query are read when it is made, its body when it is there.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 */
final class RestRequest<Q extends Message> {
  private final Row<Q, ?> row;
  private final HttpRoutes.Match match;
  private final JsonMessages json;
  private final HttpServerRequest request;
  private final Promise<Void> gone = Promise.promise();
  private final SystemParameters system;
  private final List<QueryString.Parameter> parameters;
  private final Instant begun;
  private final Call call;

  /** Throws a {@link Problem} if the query or the headers are not as they must be. */
  RestRequest(
      Row<Q, ?> row,
      HttpRoutes.Match match,
      JsonMessages json,
      CallBegin begin,
      HttpServerRequest request) {
    this.row = row;
    this.match = match;
    this.json = json;
    this.request = request;
    this.begun = begin.at();
    this.system =
        row instanceof StreamMethod ? SystemParameters.ofStream() : SystemParameters.ofAnswer();
    this.parameters = parameters();
    var peer = Peer.of(request);
    var anybody =
        new Call(
            match.services(),
            peer.network(),
            ServerTimeout.parse(request.getHeader(ServerTimeout.HEADER)).map(begun::plus),
            Call.isCached(request.getHeader(Call.CONSISTENCY)),
            Call.Transport.REST,
            gone.future());
    this.call = anybody.by(begin).from(peer);
  }

  /** The query's parameters but for those that say how to answer. */
  private List<QueryString.Parameter> parameters() {
    var fields = new ArrayList<QueryString.Parameter>();
    for (var parameter : QueryString.parse(request.query()).parameters()) {
      boolean field =
          FieldPath.find(row.request().getDescriptorForType(), parameter.name()).isPresent();
      if (field || !system.takes(parameter)) {
        fields.add(parameter);
      }
    }
    return fields;
  }

  HttpServerRequest http() {
    return request;
  }

  /** When its headers came. */
  Instant begun() {
    return begun;
  }

  Call call() {
    return call;
  }

  /** The caller is gone. */
  void leave() {
    gone.tryComplete();
  }

  /** What {@code alt} says; empty if it does not. */
  String alt() {
    return system.alt();
  }

  JsonStyle style() {
    return system.style();
  }

  /** Why the body is not of a kind that is read, if so; answered with 415. */
  Optional<Problem> bodyFault(Buffer body) {
    return body.length() == 0
        ? Optional.empty()
        : RequestBody.fault(
            request.getHeader("content-type"), request.getHeader("content-encoding"));
  }

  /** Puts the message together of its parts; throws a {@link Problem} INVALID. */
  Message.Builder message(String body) {
    var builder = row.request().newBuilderForType();
    new RequestBinding(match, parameters, body).fill(builder, json);
    return builder;
  }

  /** The request, of which the path says something even if all of it cannot be read. */
  RequestSource<Q> source(Supplier<Q> whole) {
    return new RequestSource<>() {
      @Override
      public Q decode() {
        return whole.get();
      }

      @Override
      public Optional<Q> outline() {
        var builder = row.request().newBuilderForType();
        new RequestBinding(match, List.of(), "").fill(builder, json);
        return Optional.of(row.built(builder));
      }
    };
  }

  /** HTTP has statuses of its own for bodies that do not come. */
  static int bodyStatus(Problem problem) {
    return switch (problem.reason()) {
      case "REQUEST_TIMEOUT" -> 408;
      case "TOO_LARGE" -> 413;
      default -> StatusTable.http(problem.kind());
    };
  }
}
