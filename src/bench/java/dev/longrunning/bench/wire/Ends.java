package dev.longrunning.bench.wire;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;

/**
 * What the last headers of a stream say. The blocks of a connection stand alone, as this client
 * takes no table; the last one that said OK is known by its bytes.
 */
final class Ends {

  /** A status of gRPC. */
  record End(int status, String message) {
    static final End OK = new End(0, "");
  }

  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private byte[] ok = {};

  End end(byte[] bytes, int from, int to) {
    if (Arrays.equals(ok, 0, ok.length, bytes, from, to)) {
      return End.OK;
    }
    var headers = headers(bytes, from, to);
    var status = headers.get("grpc-status");
    if (status == null) {
      return new End(2, "HTTP status " + headers.status());
    }
    if (status.toString().equals("0")) {
      ok = Arrays.copyOfRange(bytes, from, to);
      return End.OK;
    }
    return new End(
        Integer.parseInt(status.toString()), String.valueOf(headers.get("grpc-message")));
  }

  private Http2Headers headers(byte[] bytes, int from, int to) {
    try {
      return decoder.decodeHeaders(1, Unpooled.wrappedBuffer(bytes, from, to - from));
    } catch (Http2Exception e) {
      throw new IllegalStateException("headers that cannot be read: " + e.getMessage(), e);
    }
  }
}
