package dev.longrunning.testing;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.v1.AdoptOperationRequest;
import dev.longrunning.v1.AdoptOperationResponse;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Calls one server over gRPC, on one connection.
 *
 * <p><b>Promise.</b> A call ends with the response; with the server's {@link CallFailure}; or with
 * something else where the connection broke, or no answer came for {@value #PATIENCE_SECONDS} s.
 */
public final class ApiClient implements AutoCloseable {
  /** Longer than any call of a test may take: what runs into it hangs. */
  public static final int PATIENCE_SECONDS = 40;

  private static final String OPERATIONS = "/google.longrunning.Operations/";
  private static final String PRODUCER = "/longrunning.v1.OperationProducer/";
  private static final int PREFIX_BYTES = 5;

  private final HttpClient http;
  private final String host;
  private volatile int port;

  public ApiClient(Vertx vertx, int port) {
    this(vertx, port, "127.0.0.1");
  }

  /** One that calls this machine by another name. */
  public ApiClient(Vertx vertx, int port, String host) {
    this.host = host;
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    this.port = port;
  }

  /** Calls from now on go to another server. */
  public void moveTo(int newPort) {
    port = newPort;
  }

  /** A further verb of a service, by its full name such as {@code package.Service/Method}. */
  public Future<Empty> signal(String method, String name) {
    var request = GetOperationRequest.newBuilder().setName(name).build();
    return call('/' + method, request, Empty.getDefaultInstance());
  }

  public Future<StartOperationResponse> start(StartOperationRequest request) {
    return call(PRODUCER + "StartOperation", request, StartOperationResponse.getDefaultInstance());
  }

  public Future<UpdateOperationResponse> update(UpdateOperationRequest request) {
    return call(
        PRODUCER + "UpdateOperation", request, UpdateOperationResponse.getDefaultInstance());
  }

  public Future<CompleteOperationResponse> complete(CompleteOperationRequest request) {
    return call(
        PRODUCER + "CompleteOperation", request, CompleteOperationResponse.getDefaultInstance());
  }

  public Future<AdoptOperationResponse> adopt(AdoptOperationRequest request) {
    return call(PRODUCER + "AdoptOperation", request, AdoptOperationResponse.getDefaultInstance());
  }

  public Future<Operation> get(String name) {
    return get(name, Map.of());
  }

  /** A read that takes what the server remembers. */
  public Future<Operation> getCached(String name) {
    return get(name, Map.of("longrunning-consistency", "cached"));
  }

  private Future<Operation> get(String name, Map<String, String> headers) {
    var request = GetOperationRequest.newBuilder().setName(name).build();
    return call(OPERATIONS + "GetOperation", request, Operation.getDefaultInstance(), headers);
  }

  public Future<ListOperationsResponse> list(ListOperationsRequest request) {
    return call(
        OPERATIONS + "ListOperations", request, ListOperationsResponse.getDefaultInstance());
  }

  public Future<Operation> waitFor(WaitOperationRequest request) {
    return call(OPERATIONS + "WaitOperation", request, Operation.getDefaultInstance());
  }

  /** A wait that may take longer than this client's patience. */
  public Future<Operation> waitForLong(WaitOperationRequest request) {
    return send(OPERATIONS + "WaitOperation", request, Operation.getDefaultInstance(), Map.of());
  }

  public Future<Empty> cancel(String name) {
    var request = CancelOperationRequest.newBuilder().setName(name).build();
    return call(OPERATIONS + "CancelOperation", request, Empty.getDefaultInstance());
  }

  public Future<Empty> delete(String name) {
    var request = DeleteOperationRequest.newBuilder().setName(name).build();
    return call(OPERATIONS + "DeleteOperation", request, Empty.getDefaultInstance());
  }

  private <A extends Message> Future<A> call(String path, Message request, A response) {
    return call(path, request, response, Map.of());
  }

  private <A extends Message> Future<A> call(
      String path, Message request, A response, Map<String, String> headers) {
    return send(path, request, response, headers).timeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private <A extends Message> Future<A> send(
      String path, Message request, A response, Map<String, String> headers) {
    var options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
            .setHost(host)
            .setPort(port)
            .setMethod(HttpMethod.POST)
            .setURI(path)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    headers.forEach(options::putHeader);
    var bytes = request.toByteArray();
    var body = Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
    return http.request(options)
        .compose(http -> http.send(body).compose(head -> answer(head, response)));
  }

  /** Attached where the response comes in: later the body would have passed by unseen. */
  private static <A extends Message> Future<A> answer(HttpClientResponse head, A response) {
    return head.body().map(body -> read(head, body, response));
  }

  @SuppressWarnings("unchecked")
  private static <A extends Message> A read(HttpClientResponse head, Buffer body, A response) {
    MultiMap fields = head.headers().contains("grpc-status") ? head.headers() : head.trailers();
    try {
      if (!"0".equals(fields.get("grpc-status"))) {
        throw new CallFailure(status(fields));
      }
      var message = body.getBytes(PREFIX_BYTES, body.length());
      return (A) response.getParserForType().parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Status status(MultiMap fields) throws InvalidProtocolBufferException {
    String details = fields.get("grpc-status-details-bin");
    if (details != null) {
      return Status.parseFrom(Base64.getDecoder().decode(details));
    }
    String code = fields.get("grpc-status");
    return Status.newBuilder()
        .setCode(code == null ? Code.UNKNOWN_VALUE : Integer.parseInt(code))
        .setMessage("no details")
        .build();
  }

  @Override
  public void close() {
    http.close();
  }
}
