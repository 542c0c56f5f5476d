package dev.longrunning.grpc;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * How a message and its status travel in an HTTP body: as the content type says.
 *
 * <p>gRPC has the status in HTTP trailers and needs HTTP/2; gRPC-Web has it in a last frame of the
 * body, and its text form is base64 of the whole body.
 */
enum Framing {
  GRPC("application/grpc"),
  WEB("application/grpc-web"),
  WEB_TEXT("application/grpc-web-text");

  /** Marks the frame of a gRPC-Web body that holds the trailers. */
  static final byte TRAILERS = (byte) 0x80;

  static final int PREFIX_BYTES = 5;

  /** What nearly every call has. */
  private static final Optional<Framing> PLAIN = Optional.of(GRPC);

  private final String contentType;

  Framing(String contentType) {
    this.contentType = contentType;
  }

  /** Only protobuf is spoken: {@code application/grpc+json} and the like are none of ours. */
  static Optional<Framing> of(String contentType) {
    if (contentType.equals(GRPC.contentType)) {
      return PLAIN;
    }
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    String bare = type.strip().toLowerCase(Locale.ROOT);
    for (Framing framing : values()) {
      if (bare.equals(framing.contentType) || bare.equals(framing.contentType + "+proto")) {
        return Optional.of(framing);
      }
    }
    return Optional.empty();
  }

  String contentType() {
    return contentType;
  }

  /** Whether the status travels in HTTP trailers, which HTTP/1.1 clients do not read. */
  boolean needsHttp2() {
    return this == GRPC;
  }

  /** The frames that a request body holds. */
  Buffer decoded(Buffer body) {
    if (this != WEB_TEXT) {
      return body;
    }
    return Buffer.buffer(Base64Chunks.decoded(body.getBytes()));
  }

  /** The whole body of a successful answer. */
  Buffer encoded(byte[] message) {
    if (this == GRPC) {
      return frame(Buffer.buffer(PREFIX_BYTES + message.length), (byte) 0, message);
    }
    var trailers = "grpc-status: 0\r\n".getBytes(StandardCharsets.US_ASCII);
    var body = Buffer.buffer(2 * PREFIX_BYTES + message.length + trailers.length);
    frame(frame(body, (byte) 0, message), TRAILERS, trailers);
    return this == WEB ? body : Buffer.buffer(Base64.getEncoder().encode(body.getBytes()));
  }

  static Buffer frame(Buffer to, byte flags, byte[] content) {
    return to.appendByte(flags).appendInt(content.length).appendBytes(content);
  }
}
