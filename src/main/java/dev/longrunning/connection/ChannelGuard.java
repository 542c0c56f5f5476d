package dev.longrunning.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.net.impl.ShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Stands before all that reads the bytes of a channel, TLS included.
 *
 * <p><b>Promise.</b> A stop of the server reaches the {@link Connection} and not what HTTP
 * libraries make of it: they close a connection of HTTP/1.1 without a word.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 */
final class ChannelGuard extends ChannelInboundHandlerAdapter {
  private final Connections connections;
  private @Nullable Connection connection;

  ChannelGuard(Connections connections) {
    this.connections = connections;
  }

  Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("not added to a channel");
    }
    return connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    connection = connections.begin(context.executor(), unopened(context));
    context
        .channel()
        .closeFuture()
        .addListener(
            closed -> {
              connection().closed();
              connections.closed(connection());
            });
  }

  /** Before it speaks HTTP there is nobody to talk to. */
  private static Connection.Wire unopened(ChannelHandlerContext context) {
    return new Connection.Wire() {
      @Override
      public void leave() {}

      @Override
      public void finish() {
        var ignored = context.close();
      }

      @Override
      public boolean ask() {
        return false;
      }

      @Override
      public void close() {
        var ignored = context.close();
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    connection().heard();
    context.fireChannelRead(bytes);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ShutdownEvent) {
      connection().stop();
    } else {
      context.fireUserEventTriggered(event);
    }
  }
}
