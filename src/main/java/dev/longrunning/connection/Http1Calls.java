package dev.longrunning.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * The calls of a connection of HTTP/1.1.
 *
 * <p><b>Promise.</b> The first answer that begins after the connection should leave says {@code
 * connection: close}, and is the last one; one that had begun is, if no request came behind it.
 * What was sent after that request has not been begun.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 */
final class Http1Calls extends ChannelDuplexHandler implements Connection.Wire {
  private final Connection connection;
  private final Channel channel;
  private boolean last;

  /** Whether it closes after the answers that have begun. */
  private boolean finishing;

  Http1Calls(Connection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
    connection.speaks(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest) {
      connection.opened();
      connection.callBegan();
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    while (connection.inFlight() > 0) {
      connection.callEnded();
    }
    context.fireChannelInactive();
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean interim =
        message instanceof HttpResponse response
            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    if (message instanceof HttpResponse response && !interim && connection.isLeaving()) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      last = true;
    }
    if (message instanceof LastHttpContent && !interim && connection.inFlight() > 0) {
      connection.callEnded();
      if (last || (finishing && connection.inFlight() == 0)) {
        var ignored =
            context.write(message, promise.unvoid().addListener(ChannelFutureListener.CLOSE));
        return;
      }
    }
    var ignored = context.write(message, promise);
  }

  @Override
  public void leave() {
    // Its next answer says so.
  }

  @Override
  public void finish() {
    finishing = true;
    if (connection.inFlight() == 0) {
      var ignored = channel.close();
    }
  }

  @Override
  public boolean ask() {
    return false;
  }

  @Override
  public void close() {
    CutOff.now(channel);
  }
}
