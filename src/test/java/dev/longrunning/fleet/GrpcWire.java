package dev.longrunning.fleet;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.longrunning.v1.WatchEvent;
import dev.longrunning.v1.WatchOperationRequest;
import dev.longrunning.v1.WatchOperationsRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.Base64;

/** A stream over gRPC; frames are made and read by hand. */
final class GrpcWire extends Wire {
  private static final int PREFIX_BYTES = 5;

  private Buffer unread = Buffer.buffer();

  private GrpcWire(Vertx vertx, Ear ear) {
    super(
        vertx,
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false),
        ear);
  }

  static Wire open(Vertx vertx, int port, Subject subject, String token, Ear ear) {
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setURI(
                "/longrunning.v1.OperationWatcher/WatchOperation" + (subject.single() ? "" : "s"))
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    byte[] message = request(subject, token).toByteArray();
    var wire = new GrpcWire(vertx, ear);
    wire.send(
        port,
        options,
        Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message));
    return wire;
  }

  private static Message request(Subject subject, String token) {
    return subject.single()
        ? WatchOperationRequest.newBuilder().setName(subject.name()).setResumeToken(token).build()
        : WatchOperationsRequest.newBuilder()
            .setName(subject.name())
            .setResumeToken(token)
            .setChangesOnly(subject.changesOnly() && token.isEmpty())
            .build();
  }

  @Override
  void take(HttpClientResponse head, Buffer part) {
    unread.appendBuffer(part);
    int at = 0;
    while (unread.length() >= at + PREFIX_BYTES
        && unread.length() >= at + PREFIX_BYTES + unread.getInt(at + 1)) {
      int end = at + PREFIX_BYTES + unread.getInt(at + 1);
      ear().event(event(unread.getBytes(at + PREFIX_BYTES, end)));
      at = end;
    }
    unread = unread.getBuffer(at, unread.length());
  }

  private static WatchEvent event(byte[] message) {
    try {
      return WatchEvent.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  void over(HttpClientResponse head) {
    boolean bare = head.headers().contains("grpc-status");
    var fields = bare ? head.headers() : head.trailers();
    String code = fields.get("grpc-status");
    String details = fields.get("grpc-status-details-bin");
    try {
      if (code == null) {
        broke(new AssertionError("an end without a status"));
      } else if (details == null) {
        ear().ended(Status.newBuilder().setCode(Integer.parseInt(code)).build());
      } else {
        ear().ended(Status.parseFrom(Base64.getDecoder().decode(details)));
      }
    } catch (InvalidProtocolBufferException e) {
      broke(e);
    }
  }
}
