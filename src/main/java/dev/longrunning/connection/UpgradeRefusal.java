package dev.longrunning.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;

/**
 * Gives a body to what the HTTP library answers by itself to an upgrade to HTTP/2 that it cannot
 * read, and closes the connection: the library says so and does not, and its answer has no end.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 */
final class UpgradeRefusal extends ChannelOutboundHandlerAdapter {
  private static final ByteBuf BARE =
      ascii("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");

  private static final String BODY =
      """
      {"error":{"code":400,"message":"http2-settings: got none that can be read, allowed settings",\
      "status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",\
      "reason":"INVALID_FIELD","domain":"longrunning.dev"}]}}
      """;
  private static final String ANSWER =
      "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=utf-8\r\n"
          + "connection: close\r\ncontent-length: "
          + BODY.length()
          + "\r\n\r\n"
          + BODY;

  private static ByteBuf ascii(String text) {
    return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes && ByteBufUtil.equals(bytes, BARE)) {
      bytes.release();
      var answer = Unpooled.copiedBuffer(ANSWER, StandardCharsets.US_ASCII);
      var ignored =
          context.write(answer, promise.unvoid()).addListener(ChannelFutureListener.CLOSE);
    } else {
      var ignored = context.write(message, promise);
    }
  }
}
