package dev.longrunning.connection;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of the operating system, and a guard before those that listen: Vert.x itself tells of
 * a connection only once it has sent a whole request.
 *
 * <p><b>Threads.</b> Any.
 */
public final class GuardedTransport implements Transport {
  private final Transport transport;
  private volatile @Nullable Connections connections;

  private GuardedTransport(Transport transport) {
    this.transport = transport;
  }

  /** The native one where there is one. */
  public static GuardedTransport ofThisMachine() {
    var fast = Transport.nativeTransport();
    return new GuardedTransport(fast != null && fast.available() ? fast : Transport.NIO);
  }

  /** Guards the sockets that begin to listen from now on. */
  public void guard(Connections guarded) {
    connections = guarded;
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public boolean available() {
    return transport.available();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return transport.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return new Guarded(transport.implementation());
  }

  /** On the thread that accepts, before anything of the connection is read. */
  @Sharable
  private static final class Gate extends ChannelInboundHandlerAdapter {
    private final Connections connections;

    Gate(Connections connections) {
      this.connections = connections;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      connections.acceptedOn(context.executor());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      var channel = (Channel) accepted;
      if (connections.admits(channel)) {
        connections.watch(channel);
        context.fireChannelRead(accepted);
      } else {
        channel.unsafe().closeForcibly();
      }
    }
  }

  private final class Guarded implements io.vertx.core.spi.transport.Transport {
    private final io.vertx.core.spi.transport.Transport real;

    Guarded(io.vertx.core.spi.transport.Transport real) {
      this.real = real;
    }

    @Override
    public void configure(
        NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
      real.configure(options, domainSocket, bootstrap);
      var guarded = connections;
      if (guarded != null) {
        bootstrap.handler(new Gate(guarded));
      }
    }

    @Override
    public boolean supportsDomainSockets() {
      return real.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
      return real.supportFileRegion();
    }

    @Override
    public boolean isAvailable() {
      return real.isAvailable();
    }

    @Override
    public Throwable unavailabilityCause() {
      return real.unavailabilityCause();
    }

    @Override
    public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
      return real.convert(address);
    }

    @Override
    public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
      return real.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return real.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(
        int type, int threads, ThreadFactory factory, int ioRatio) {
      return real.eventLoopGroup(type, threads, factory, ioRatio);
    }

    @Override
    public DatagramChannel datagramChannel() {
      return real.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation")
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
      return real.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
      return real.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
      return real.serverChannelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
      real.configure(channel, options);
    }

    @Override
    public void configure(
        ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
      real.configure(options, connectTimeout, domainSocket, bootstrap);
    }
  }
}
