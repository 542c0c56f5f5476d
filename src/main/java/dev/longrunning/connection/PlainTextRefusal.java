package dev.longrunning.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Tells a client that speaks without TLS so, in its own words; the TLS engine would close without
 * any.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 */
final class PlainTextRefusal extends ChannelInboundHandlerAdapter {
  /** How every record of a handshake begins. */
  private static final byte HANDSHAKE = 0x16;

  private static final String BODY =
      """
      {"error":{"code":400,"message":"request: got one without TLS, allowed TLS 1.2 or newer",\
      "status":"INVALID_ARGUMENT"}}
      """;
  private static final String ANSWER =
      "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=utf-8\r\n"
          + "connection: close\r\ncontent-length: "
          + BODY.length()
          + "\r\n\r\n"
          + BODY;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var bytes = (ByteBuf) message;
    if (!bytes.isReadable() || bytes.getByte(bytes.readerIndex()) == HANDSHAKE) {
      context.fireChannelRead(message);
      context.pipeline().remove(this);
    } else {
      ReferenceCountUtil.release(message);
      var ignored =
          context
              .writeAndFlush(Unpooled.copiedBuffer(ANSWER, StandardCharsets.US_ASCII))
              .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
