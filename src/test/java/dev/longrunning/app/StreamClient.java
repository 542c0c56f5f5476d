package dev.longrunning.app;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The client's end of one stream; frames are made and read by hand, so that wrong ones can be. */
final class StreamClient {
  /** What a stream may come in on. */
  enum Form {
    GRPC("application/grpc", true),
    WEB_HTTP2("application/grpc-web+proto", true),
    WEB_HTTP1("application/grpc-web", false),
    TEXT_HTTP2("application/grpc-web-text", true),
    TEXT_HTTP1("application/grpc-web-text+proto", false),
    JSON_HTTP2("application/json", true),
    JSON_HTTP1("application/json", false),
    LINES_HTTP2("application/x-ndjson", true),
    LINES_HTTP1("application/x-ndjson", false),
    EVENTS_HTTP2("text/event-stream", true),
    EVENTS_HTTP1("text/event-stream", false);

    final String contentType;
    final boolean http2;

    Form(String contentType, boolean http2) {
      this.contentType = contentType;
      this.http2 = http2;
    }

    boolean isText() {
      return contentType.contains("-text");
    }

    /** Over HTTP as it is: one request, and no frames. */
    boolean isRest() {
      return !contentType.startsWith("application/grpc");
    }

    /** The header that says how long the caller waits. */
    Map<String, String> timeout(int millis) {
      return isRest()
          ? Map.of("x-server-timeout", "" + millis / 1000.0)
          : Map.of("grpc-timeout", millis + "m");
    }
  }

  final HttpClientRequest request;
  final Future<HttpClientResponse> head;

  private final Form form;
  private final BlockingQueue<byte[]> replies = new LinkedBlockingQueue<>();
  private final BlockingQueue<Status> statuses = new LinkedBlockingQueue<>();

  /** Base64 that is no quad yet, and bytes that are no frame yet. */
  private final StringBuilder text = new StringBuilder();

  private Buffer bytes = Buffer.buffer();
  private boolean hasStatus;
  private final RestBody body;

  private StreamClient(Form form, HttpClientRequest request) {
    this.form = form;
    this.request = request;
    request.exceptionHandler(this::lost);
    this.body = new RestBody(form.contentType, replies::add);
    this.head = request.response().onSuccess(form.isRest() ? this::readRest : this::read);
    if (!form.isRest()) {
      request.setChunked(true);
    }
  }

  static StreamClient open(TestServer server, Form form, String method, Map<String, String> more) {
    return call(server, form, TestMethods.SERVICE + '/' + method, more);
  }

  /** Opens one of a method by its full name. */
  static StreamClient call(TestServer server, Form form, String method, Map<String, String> more) {
    var options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(server.port)
            .setMethod(HttpMethod.POST)
            .setURI('/' + method)
            .putHeader("content-type", form.contentType);
    more.forEach(options::putHeader);
    var opened = begin(server, form, options);
    TestServer.await(opened.request.sendHead());
    return opened;
  }

  static StreamClient open(TestServer server, Form form, String method) {
    return open(server, form, method, Map.of());
  }

  /** Opens one and sends the one request that it has. */
  static StreamClient watch(TestServer server, Form form, Map<String, String> more) {
    if (form.isRest()) {
      var headers = new HashMap<>(more);
      headers.put("accept", form.contentType);
      return get(server, form, "/v1/operations/a:" + TestStreams.WATCH, headers);
    }
    var client = open(server, form, TestStreams.WATCH, more);
    client.send(frame("operations/a"));
    client.halfClose();
    return client;
  }

  /** Opens one over HTTP. */
  static StreamClient get(TestServer server, Form form, String uri, Map<String, String> headers) {
    var options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(server.port)
            .setMethod(HttpMethod.GET)
            .setURI(uri);
    headers.forEach(options::putHeader);
    var opened = begin(server, form, options);
    TestServer.await(opened.request.end());
    return opened;
  }

  private static StreamClient begin(TestServer server, Form form, RequestOptions options) {
    var client = form.http2 ? server.http2 : server.http1;
    var begun =
        TestServer.await(client.request(options).map(request -> new StreamClient(form, request)));
    server.streamRequests.add(begun.request);
    return begun;
  }

  static Buffer frame(String name) {
    return frame(GetOperationRequest.newBuilder().setName(name).build());
  }

  static Buffer frame(Message request) {
    return frame(0, request.toByteArray());
  }

  static Buffer frame(int flags, byte[] content) {
    return Buffer.buffer().appendByte((byte) flags).appendInt(content.length).appendBytes(content);
  }

  /** Sends some of the body; text is made of it where the form has it. */
  Future<Void> send(Buffer part) {
    return sendRaw(
        form.isText() ? Buffer.buffer(Base64.getEncoder().encode(part.getBytes())) : part);
  }

  Future<Void> sendRaw(Buffer part) {
    return request.write(part);
  }

  void halfClose() {
    request.end();
  }

  HttpClientResponse head() {
    return TestServer.await(head);
  }

  Operation reply() {
    return reply(Operation.getDefaultInstance());
  }

  @SuppressWarnings("unchecked")
  <A extends Message> A reply(A type) {
    try {
      return (A) type.getParserForType().parseFrom(TestServer.take(replies));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  Status status() {
    return TestServer.take(statuses);
  }

  Code code() {
    return Code.forNumber(status().getCode());
  }

  /** How many replies are there to be read. */
  int unread() {
    return replies.size();
  }

  /** Whether nothing is there to be read, so far. */
  boolean isQuiet() {
    return replies.isEmpty() && statuses.isEmpty();
  }

  private void read(HttpClientResponse response) {
    response.handler(this::take);
    response.exceptionHandler(this::lost);
    response.endHandler(
        end -> {
          if (form == Form.GRPC || response.headers().contains("grpc-status")) {
            var bare = response.headers().contains("grpc-status");
            putStatus(bare ? response.headers() : response.trailers());
          } else if (!hasStatus) {
            lost(new AssertionError("a body without a status"));
          }
        });
  }

  private void readRest(HttpClientResponse response) {
    boolean stream = response.statusCode() == 200;
    response.handler(part -> body.take(part, stream));
    response.exceptionHandler(this::lost);
    response.endHandler(
        end -> {
          try {
            var status = body.end(stream, response.statusCode() == 204);
            hasStatus = true;
            statuses.add(status);
          } catch (RuntimeException | AssertionError wrong) {
            lost(wrong);
          }
        });
  }

  private void lost(Throwable failure) {
    if (!hasStatus) {
      hasStatus = true;
      statuses.add(
          Status.newBuilder().setCode(Code.UNKNOWN_VALUE).setMessage("" + failure).build());
    }
  }

  private void take(Buffer part) {
    if (form.isText()) {
      text.append(part.toString(StandardCharsets.US_ASCII));
      for (; text.length() >= 4; text.delete(0, 4)) {
        bytes.appendBytes(Base64.getDecoder().decode(text.substring(0, 4)));
      }
    } else {
      bytes.appendBuffer(part);
    }
    while (bytes.length() >= 5 && bytes.length() >= 5 + bytes.getInt(1)) {
      int end = 5 + bytes.getInt(1);
      takeFrame(bytes.getByte(0), bytes.getBytes(5, end));
      bytes = bytes.getBuffer(end, bytes.length());
    }
  }

  private void takeFrame(int flags, byte[] content) {
    if (flags == 0) {
      replies.add(content);
      return;
    }
    var fields = MultiMap.caseInsensitiveMultiMap();
    new String(content, StandardCharsets.US_ASCII)
        .lines()
        .forEach(line -> fields.add(line.split(": ", 2)[0], line.split(": ", 2)[1]));
    putStatus(fields);
  }

  private void putStatus(MultiMap fields) {
    if (hasStatus) {
      return;
    }
    hasStatus = true;
    String details = fields.get("grpc-status-details-bin");
    try {
      int code = Integer.parseInt(fields.get("grpc-status"));
      var status =
          details == null
              ? Status.newBuilder().setCode(code).build()
              : Status.parseFrom(Base64.getDecoder().decode(details));
      if (status.getCode() != code) {
        throw new AssertionError(status.getCode() + " in the details of " + code);
      }
      statuses.add(status);
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      statuses.add(
          Status.newBuilder().setCode(Code.UNKNOWN_VALUE).setMessage(fields + ": " + e).build());
    }
  }
}
