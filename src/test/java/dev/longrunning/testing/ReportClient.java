package dev.longrunning.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.ReportResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A producer's end of one stream of reports, over gRPC.
 *
 * <p><b>Promise.</b> A report's future ends with its result, or with an {@link AssertionError} for
 * a second one. What is no result is among the events, in its order.
 *
 * <p><b>Threads.</b> Any.
 */
public final class ReportClient {
  private static final int PREFIX_BYTES = 5;

  private final HttpClientRequest request;
  private final AtomicLong sequences = new AtomicLong();
  private final Map<Long, Promise<ReportResult>> waiting = new ConcurrentHashMap<>();
  private final BlockingQueue<ReportOperationsResponse> events = new LinkedBlockingQueue<>();
  private final Promise<Status> status = Promise.promise();
  private final Promise<HttpClientResponse> head = Promise.promise();
  private Buffer bytes = Buffer.buffer();

  private ReportClient(HttpClientRequest request) {
    this.request = request;
    request.exceptionHandler(this::lost);
    request.response().onSuccess(this::read);
  }

  /** Opens one. */
  public static Future<ReportClient> open(HttpClient client, int port) {
    return open(client, port, Map.of());
  }

  /** Opens one with further headers. */
  public static Future<ReportClient> open(
      HttpClient client, int port, Map<String, String> headers) {
    var options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(HttpMethod.POST)
            .setURI("/longrunning.v1.OperationProducer/ReportOperations")
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    headers.forEach(options::putHeader);
    return client
        .request(options)
        .compose(
            request -> {
              var opened = new ReportClient(request);
              return request.setChunked(true).sendHead().map(opened);
            });
  }

  /** Sends a report under the next sequence. */
  public Future<ReportResult> report(ReportOperationsRequest.Builder report) {
    long sequence = sequences.incrementAndGet();
    Promise<ReportResult> result = Promise.promise();
    waiting.put(sequence, result);
    send(report.setSequence(sequence).build());
    return result.future();
  }

  /** Sends a report as it is; its result is among the events unless it was waited for. */
  public Future<Void> send(ReportOperationsRequest report) {
    var content = report.toByteArray();
    return request.write(
        Buffer.buffer().appendByte((byte) 0).appendInt(content.length).appendBytes(content));
  }

  public void halfClose() {
    request.end();
  }

  public Future<Void> cancel() {
    return request.reset(8).mapEmpty();
  }

  /** Reads no more for now. */
  public Future<Void> pause() {
    return head.future()
        .map(
            response -> {
              response.pause();
              return null;
            });
  }

  public void resume() {
    head.future().onSuccess(HttpClientResponse::resume);
  }

  /** What came that is no result waited for. */
  public BlockingQueue<ReportOperationsResponse> events() {
    return events;
  }

  /** How the stream ended. */
  public Future<Status> status() {
    return status.future();
  }

  /** Reports without a result. */
  public int waiting() {
    return waiting.size();
  }

  private void read(HttpClientResponse response) {
    response.handler(this::take);
    response.exceptionHandler(this::lost);
    response.endHandler(end -> end(response));
    head.complete(response);
  }

  private void take(Buffer part) {
    bytes.appendBuffer(part);
    int at = 0;
    while (bytes.length() >= at + PREFIX_BYTES
        && bytes.length() >= at + PREFIX_BYTES + bytes.getInt(at + 1)) {
      int begin = at + PREFIX_BYTES;
      at = begin + bytes.getInt(at + 1);
      deliver(bytes.getBytes(begin, at));
    }
    bytes = bytes.getBuffer(at, bytes.length());
  }

  private void deliver(byte[] content) {
    try {
      var response = ReportOperationsResponse.parseFrom(content);
      var promise =
          response.hasResult() ? waiting.remove(response.getResult().getSequence()) : null;
      if (promise == null) {
        events.add(response);
      } else {
        promise.complete(response.getResult());
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void end(HttpClientResponse response) {
    var fields =
        response.headers().contains("grpc-status") ? response.headers() : response.trailers();
    try {
      var details = fields.get("grpc-status-details-bin");
      status.tryComplete(
          details == null
              ? Status.newBuilder().setCode(Integer.parseInt(fields.get("grpc-status"))).build()
              : Status.parseFrom(Base64.getDecoder().decode(details)));
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      lost(e);
    }
  }

  private void lost(Throwable failure) {
    status.tryComplete(
        Status.newBuilder().setCode(Code.UNKNOWN_VALUE).setMessage("" + failure).build());
  }
}
