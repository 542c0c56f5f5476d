package dev.longrunning.fleet;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.types.Types;
import dev.longrunning.v1.WatchEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** A stream over HTTP/1.1, an event a line. */
final class LinesWire extends Wire {
  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser().usingTypeRegistry(Types.builtIn().registry());

  private Buffer unread = Buffer.buffer();
  private Optional<Status> failure = Optional.empty();

  private LinesWire(Vertx vertx, Ear ear) {
    super(vertx, new HttpClientOptions(), ear);
  }

  static Wire open(Vertx vertx, int port, Subject subject, String token, Ear ear) {
    boolean changesOnly = subject.changesOnly() && token.isEmpty();
    String uri =
        subject.path()
            + "?alt=ndjson"
            + (token.isEmpty() ? "" : "&resumeToken=" + token)
            + (changesOnly ? "&changesOnly=true" : "");
    var wire = new LinesWire(vertx, ear);
    wire.send(port, new RequestOptions().setMethod(HttpMethod.GET).setURI(uri), Buffer.buffer());
    return wire;
  }

  @Override
  void take(HttpClientResponse head, Buffer part) {
    unread.appendBuffer(part);
    if (head.statusCode() != 200) {
      return;
    }
    int from = 0;
    for (int i = unread.length() - part.length(); i < unread.length(); i++) {
      if (unread.getByte(i) == '\n') {
        line(unread.getString(from, i));
        from = i + 1;
      }
    }
    unread = unread.getBuffer(from, unread.length());
  }

  private void line(String line) {
    if (line.startsWith("{\"error\"")) {
      failure = Optional.of(status(line));
      return;
    }
    var event = WatchEvent.newBuilder();
    try {
      PARSER.merge(line, event);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(line, e);
    }
    ear().event(event.build());
  }

  @Override
  void over(HttpClientResponse head) {
    ear()
        .ended(
            head.statusCode() == 200
                ? failure.orElse(Status.getDefaultInstance())
                : status(unread.toString()));
  }

  private static Status status(String body) {
    var error = new JsonObject(body).getJsonObject("error");
    return Status.newBuilder()
        .setCode(Code.valueOf(error.getString("status")).getNumber())
        .setMessage(error.getString("message"))
        .build();
  }
}
