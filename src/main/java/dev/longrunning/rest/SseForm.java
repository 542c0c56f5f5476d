package dev.longrunning.rest;

import com.google.protobuf.Message;
import dev.longrunning.operation.Bytes;
import dev.longrunning.rpc.StreamReply;
import io.vertx.core.buffer.Buffer;

/**
 * Server-sent events: the kind of a reply is the name of the set field of its first oneof, its id
 * the token that continues the stream behind it.
 *
 * <p>A stream that ends without an event is 204 there, which tells an EventSource not to come back.
 */
final class SseForm implements StreamForm {
  private static final String ERROR = "error";
  private static final String OTHER = "message";

  private final JsonLine line;
  private final StreamReply.Form reply = this::event;

  SseForm(JsonLine line) {
    this.line = line;
  }

  private Buffer event(Bytes reply) {
    var message = line.message(reply);
    String token = ResumeToken.of(message);
    String id = token.isEmpty() ? "" : "id: " + token + '\n';
    return event(kind(message), id, line.print(message));
  }

  /** The data has one line: JSON escapes the breaks in its strings. */
  private static Buffer event(String kind, String id, String data) {
    return Buffer.buffer("event: " + kind + '\n' + id + "data: " + data + "\n\n");
  }

  private static String kind(Message message) {
    var oneofs = message.getDescriptorForType().getRealOneofs();
    if (oneofs.isEmpty()) {
      return OTHER;
    }
    var set = message.getOneofFieldDescriptor(oneofs.get(0));
    return set == null ? OTHER : set.getName();
  }

  @Override
  public String contentType() {
    return StreamMedia.EVENTS.type;
  }

  @Override
  public boolean emptyIsNoContent() {
    return true;
  }

  @Override
  public StreamReply.Form first() {
    return reply;
  }

  @Override
  public StreamReply.Form next() {
    return reply;
  }

  @Override
  public Buffer end(boolean began) {
    return Buffer.buffer();
  }

  @Override
  public Buffer failure(boolean began, String error) {
    return event(ERROR, "", error);
  }
}
