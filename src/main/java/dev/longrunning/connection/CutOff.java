package dev.longrunning.connection;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * The end of a connection, or of a call, that does not wait for its peer.
 *
 * <p><b>Promise.</b> What the peer has not made room for is lost; all before that has left. HTTP
 * libraries and TLS close a connection behind what is written to it, which a peer that does not
 * read puts off for ever.
 *
 * <p><b>Threads.</b> The event loop of the connection.
 */
public final class CutOff {
  private CutOff() {}

  /**
   * Cuts off a call, answered or not: HTTP/2 has a reset for this, HTTP/1 only the end of the
   * connection.
   *
   * @param code of the reset
   */
  public static void now(HttpServerRequest request, long code) {
    if (request.version() == HttpVersion.HTTP_2) {
      var connection = (HttpServerConnection) request.connection();
      int stream = request.response().streamId();
      // The HTTP library itself does not reset what has ended, although it may not have left.
      if (request.response().reset(code).failed()) {
        reset(connection.channelHandlerContext().channel(), stream, code);
      }
    } else {
      now(request.connection());
    }
  }

  /** Cuts off a connection of a server. */
  public static void now(HttpConnection connection) {
    now(((HttpServerConnection) connection).channelHandlerContext().channel());
  }

  /** Resets a stream of HTTP/2, whatever of it is on its way; one that is closed stays as it is. */
  static void reset(Channel channel, int stream, long code) {
    var handler = channel.pipeline().get(Http2ConnectionHandler.class);
    if (handler != null && handler.connection().stream(stream) != null) {
      var context = channel.pipeline().context(handler);
      var ignored = handler.resetStream(context, stream, code, context.newPromise());
      context.flush();
    }
  }

  static void now(Channel channel) {
    channel.flush();
    // Below all that stands in its pipeline.
    channel.unsafe().close(channel.voidPromise());
  }
}
