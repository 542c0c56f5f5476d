package dev.longrunning.app;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.rpc.Row;
import dev.longrunning.rpc.StreamMethod;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.WatchEvent;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Calls any method over any transport as somebody, and tells how that went. */
final class CallerClient implements AutoCloseable {
  private static final int PREFIX_BYTES = 5;

  private final HttpClient http;
  private final int port;

  CallerClient(Vertx vertx, int port) {
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    this.port = port;
  }

  /**
   * How a call went; of a stream, how it began.
   *
   * @param body what came, of gRPC without the prefix; of a stream the beginning
   */
  record Outcome(
      int http, Code code, String reason, String message, MultiMap headers, Buffer body) {
    boolean isKnown() {
      return code != Code.UNAUTHENTICATED;
    }

    /** Whether it got past everything that is about its caller. */
    boolean passed() {
      return isKnown() && code != Code.PERMISSION_DENIED;
    }

    String text() {
      return body.toString();
    }
  }

  /** Calls over gRPC, at a host. */
  Future<Outcome> grpc(Row<?, ?> row, String host, Message request, Map<String, String> headers) {
    var bytes = request.toByteArray();
    var frame = Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
    var options =
        options(HttpMethod.POST, host, '/' + row.fullName(), headers)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    return http.request(options)
        .compose(call -> call.send(frame).compose(head -> grpcOutcome(row, call, head)));
  }

  private static Future<Outcome> grpcOutcome(
      Row<?, ?> row, HttpClientRequest call, HttpClientResponse head) {
    if (head.headers().contains("grpc-status")) {
      return Future.succeededFuture(outcome(head, status(head.headers()), Buffer.buffer()));
    }
    return begin(row, call, head)
        .map(
            body -> {
              var fields = head.trailers();
              var status =
                  fields.contains("grpc-status") ? status(fields) : Status.getDefaultInstance();
              var message =
                  body.length() > PREFIX_BYTES ? body.slice(PREFIX_BYTES, body.length()) : body;
              return outcome(head, status, message);
            });
  }

  /** Of one that watches the first that comes, of others everything. */
  private static Future<Buffer> begin(
      Row<?, ?> row, HttpClientRequest call, HttpClientResponse head) {
    boolean watches =
        row instanceof StreamMethod<?, ?> stream && stream.requests() == StreamMethod.Requests.ONE;
    if (!watches) {
      return head.body();
    }
    Promise<Buffer> first = Promise.promise();
    head.handler(
        part -> {
          if (first.tryComplete(part)) {
            call.reset();
          }
        });
    head.endHandler(end -> first.tryComplete(Buffer.buffer()));
    head.exceptionHandler(first::tryFail);
    return first.future();
  }

  private static Status status(MultiMap fields) {
    String details = fields.get("grpc-status-details-bin");
    try {
      return details == null
          ? Status.newBuilder().setCode(Integer.parseInt(fields.get("grpc-status"))).build()
          : Status.parseFrom(Base64.getDecoder().decode(details));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Outcome outcome(HttpClientResponse head, Status status, Buffer body) {
    String reason = "";
    try {
      for (var detail : status.getDetailsList()) {
        reason = detail.is(ErrorInfo.class) ? detail.unpack(ErrorInfo.class).getReason() : reason;
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return new Outcome(
        head.statusCode(),
        Code.forNumber(status.getCode()),
        reason,
        status.getMessage(),
        head.headers(),
        body);
  }

  /** A watch as it goes on. */
  static final class Watching {
    final BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
    private final Promise<Outcome> end = Promise.promise();
    private Buffer bytes = Buffer.buffer();

    Future<Outcome> end() {
      return end.future();
    }

    private void read(Buffer part) {
      bytes.appendBuffer(part);
      while (bytes.length() >= PREFIX_BYTES && bytes.length() >= PREFIX_BYTES + bytes.getInt(1)) {
        int to = PREFIX_BYTES + bytes.getInt(1);
        try {
          events.add(WatchEvent.parseFrom(bytes.getBytes(PREFIX_BYTES, to)));
        } catch (InvalidProtocolBufferException e) {
          end.tryFail(e);
        }
        bytes = bytes.getBuffer(to, bytes.length());
      }
    }
  }

  /** Watches over gRPC. */
  Watching watch(Row<?, ?> row, Message request, Map<String, String> headers) {
    var bytes = request.toByteArray();
    var frame = Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
    var options =
        options(HttpMethod.POST, "127.0.0.1", '/' + row.fullName(), headers)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    var watching = new Watching();
    http.request(options)
        .compose(
            call -> {
              // Before anything is sent: what comes while nobody listens is lost.
              call.response().onSuccess(head -> listen(head, watching));
              return call.send(frame);
            })
        .onFailure(watching.end::tryFail);
    return watching;
  }

  private static void listen(HttpClientResponse head, Watching watching) {
    head.handler(watching::read);
    head.exceptionHandler(watching.end::tryFail);
    head.endHandler(
        end -> {
          boolean atOnce = head.headers().contains("grpc-status");
          var status = status(atOnce ? head.headers() : head.trailers());
          watching.end.tryComplete(outcome(head, status, Buffer.buffer()));
        });
  }

  /** Calls over HTTP with JSON, on a path of this rule. */
  Future<Outcome> rest(
      Row<?, ?> row, HttpRule rule, String host, Message request, Map<String, String> headers) {
    boolean hasBody = rule.verb().equals("POST");
    String path = path(rule, request);
    var options = options(HttpMethod.valueOf(rule.verb()), host, path, headers);
    String body = hasBody ? json(request) : "";
    if (hasBody) {
      options.putHeader("content-type", "application/json");
    }
    return http.request(options)
        .compose(call -> call.send(body).compose(head -> restOutcome(row, call, head)));
  }

  private static Future<Outcome> restOutcome(
      Row<?, ?> row, HttpClientRequest call, HttpClientResponse head) {
    var read = head.statusCode() == 200 ? begin(row, call, head) : head.body();
    return read.map(
        body -> {
          if (head.statusCode() < 400) {
            return new Outcome(head.statusCode(), Code.OK, "", "", head.headers(), body);
          }
          var error = new JsonObject(body).getJsonObject("error");
          var info = error.getJsonArray("details").getJsonObject(0);
          return new Outcome(
              head.statusCode(),
              Code.valueOf(error.getString("status")),
              info.getString("reason"),
              error.getString("message"),
              head.headers(),
              body);
        });
  }

  private static String json(Message request) {
    try {
      return JsonFormat.printer().print(request);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The rule's template with the request's name in it, and the filter behind. */
  private static String path(HttpRule rule, Message request) {
    String name = text(request, "name").orElse("");
    String value = request instanceof StartOperationRequest ? place(name) : name;
    String path =
        rule.template()
            .replaceFirst("\\{[a-z]+=[^}]*/operations}", value + "/operations")
            .replaceFirst("\\{[a-z]+=[^}]*}", value);
    return text(request, "filter")
        .filter(filter -> rule.verb().equals("GET"))
        .map(filter -> path + "?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8))
        .orElse(path);
  }

  /** Where an operation of this name is started. */
  private static String place(String name) {
    int nested = name.lastIndexOf("/operations/");
    return nested < 0 ? name.substring(0, name.indexOf('/')) : name.substring(0, nested);
  }

  private static Optional<String> text(Message request, String name) {
    return Optional.ofNullable(request.getDescriptorForType().findFieldByName(name))
        .map(field -> String.valueOf(request.getField(field)))
        .filter(text -> !text.isEmpty());
  }

  /** Asks for a path as it is. */
  Future<Outcome> get(Row<?, ?> row, String path, Map<String, String> headers) {
    return http.request(options(HttpMethod.GET, "127.0.0.1", path, headers))
        .compose(call -> call.send().compose(head -> restOutcome(row, call, head)));
  }

  private RequestOptions options(
      HttpMethod verb, String host, String path, Map<String, String> headers) {
    var options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
            .setHost(host)
            .setPort(port)
            .setMethod(verb)
            .setURI(path);
    headers.forEach(options::putHeader);
    return options;
  }

  @Override
  public void close() {
    http.close();
  }
}
