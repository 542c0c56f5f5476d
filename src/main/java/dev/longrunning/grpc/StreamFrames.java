package dev.longrunning.grpc;

import com.google.rpc.Status;
import dev.longrunning.operation.Bytes;
import dev.longrunning.rpc.StreamReply;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The frames of a stream's answer: of its replies, and of its end where that travels in the body.
 *
 * <p>In the text form each frame is base64 with its own padding, as clients have to take it.
 */
final class StreamFrames {
  /** Of gRPC and gRPC-Web alike. */
  private static final StreamReply.Form BINARY = StreamFrames::framed;

  private static final StreamReply.Form TEXT = body -> text(framed(body));

  private StreamFrames() {}

  static StreamReply.Form form(Framing framing) {
    return framing == Framing.WEB_TEXT ? TEXT : BINARY;
  }

  private static Buffer framed(Bytes body) {
    var frame = Buffer.buffer(Framing.PREFIX_BYTES + body.length());
    return Framing.frame(frame, (byte) 0, body.array());
  }

  /**
   * The last frame of a gRPC-Web body.
   *
   * @param status empty: OK
   */
  static Buffer trailers(Framing framing, Optional<Status> status) {
    var lines = new StringBuilder();
    putStatus(MultiMap.caseInsensitiveMultiMap(), status)
        .forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    var bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
    var frame = Buffer.buffer(Framing.PREFIX_BYTES + bytes.length);
    Framing.frame(frame, Framing.TRAILERS, bytes);
    return framing == Framing.WEB_TEXT ? text(frame) : frame;
  }

  static MultiMap putStatus(MultiMap trailers, Optional<Status> status) {
    if (status.isPresent()) {
      GrpcHeaders.putStatus(trailers, status.get());
      return trailers;
    }
    return trailers.set(GrpcHeaders.STATUS, GrpcHeaders.OK);
  }

  private static Buffer text(Buffer frame) {
    return Buffer.buffer(Base64.getEncoder().encode(frame.getBytes()));
  }
}
