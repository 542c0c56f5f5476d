package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Bytes;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One reply, for any number of streams.
 *
 * <p><b>Promise.</b> It is made ready for sending once for each form that its streams have, whoever
 * sends it first, and the bytes are shared from then on: to thousands of watchers of one form a
 * change is one buffer.
 *
 * <p><b>Threads.</b> Any. Two that come first at the same time may both encode.
 *
 * <p><b>Bounds.</b> As many buffers as there are forms.
 */
public final class StreamReply {
  /** How replies look on the wire of some streams; one constant object each. */
  @FunctionalInterface
  public interface Form {
    Buffer encode(Bytes body);
  }

  private record Encoded(Form form, Buffer buffer, @Nullable Encoded next) {}

  private final Bytes body;

  /** Immutable links: seen whole or not at all by other threads. */
  private @Nullable Encoded encoded;

  private StreamReply(Bytes body) {
    this.body = body;
  }

  public static StreamReply of(Bytes body) {
    return new StreamReply(body);
  }

  public static StreamReply of(Message message) {
    return of(Bytes.of(message.toByteArray()));
  }

  /** Its bytes in a form; to be read only. */
  public Buffer in(Form form) {
    var known = encoded;
    for (var each = known; each != null; each = each.next()) {
      if (each.form() == form) {
        return each.buffer();
      }
    }
    var buffer = form.encode(body);
    encoded = new Encoded(form, buffer, known);
    return buffer;
  }
}
