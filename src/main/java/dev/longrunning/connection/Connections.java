package dev.longrunning.connection;

import dev.longrunning.feed.Timers;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections of the port that callers use, on all its event loops.
 *
 * <p><b>Promise.</b> A connection that is one too many, of its caller or of all, is closed before a
 * byte of it is read. Every other one has a {@link Connection} until it is closed.
 *
 * <p><b>Threads.</b> Any, but for what says otherwise.
 *
 * <p><b>Bounds.</b> Those of {@link Limits}.
 */
public final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  /** Why a connection was not taken. */
  enum Refusal {
    ALL,
    CALLER
  }

  /** What a connection speaks. */
  public enum Protocol {
    HTTP_1,
    HTTP_2
  }

  /** Flushes of one turn after which bytes leave all the same. */
  private static final int FLUSHES_MAX = 256;

  private final Callers callers = new Callers();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Tally<Protocol> open = new Tally<>(Protocol.class);
  private final Tally<Connection.End> ended = new Tally<>(Connection.End.class);
  private final LongAdder callsInFlight = new LongAdder();
  private final LongAdder callsCutOff = new LongAdder();
  private final AtomicLong unreadBytes = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final LongAdder handshakesFailed = new LongAdder();
  private final Repeats repeats = new Repeats(System::nanoTime);
  private final Function<EventExecutor, Timers> timers;
  private final DoubleSupplier jitter;
  private final List<EventExecutor> acceptors = new CopyOnWriteArrayList<>();
  private volatile Limits limits;
  private volatile boolean shut;
  private volatile boolean encrypted;

  public Connections(Limits limits) {
    this(limits, LoopTimers::new, () -> 2 * ThreadLocalRandom.current().nextDouble() - 1);
  }

  /**
   * With a time of one's own.
   *
   * @param timers of an event loop
   * @param jitter -1 to 1, asked for each connection
   */
  Connections(Limits limits, Function<EventExecutor, Timers> timers, DoubleSupplier jitter) {
    this.limits = limits;
    this.timers = timers;
    this.jitter = jitter;
  }

  /** The life of a connection that was just accepted. */
  Connection begin(EventExecutor loop, Connection.Wire wire) {
    return new Connection(
        new Connection.World(timers.apply(loop), this::limits, callsInFlight),
        jitter.getAsDouble(),
        wire);
  }

  /** What holds from now on, also for the connections that there are. */
  public void limit(Limits other) {
    limits = other;
  }

  Limits limits() {
    return limits;
  }

  /** Connections from now on speak TLS. */
  public void encrypted() {
    encrypted = true;
  }

  /** Connections that have been accepted and are not closed, whatever they speak. */
  public int accepted() {
    return accepted.get();
  }

  /** Connections that speak this and are not closed. */
  public long open(Protocol protocol) {
    return open.sum(protocol);
  }

  /** Calls that are not answered yet. */
  public long callsInFlight() {
    return callsInFlight.sum();
  }

  /** Calls that were not answered when their connection ended while the server stopped. */
  public long callsCutOff() {
    return callsCutOff.sum();
  }

  /** Bytes of answers that wait until their callers make room for them. */
  public long unreadBytes() {
    return unreadBytes.get();
  }

  /** Connections that were closed unread because there were too many. */
  public long refused() {
    return refused.sum();
  }

  /** Connections that this server ended, by why: in lower case, such as {@code idle}. */
  public Map<String, Long> ended() {
    var counts = new TreeMap<String, Long>();
    for (var end : Connection.End.values()) {
      counts.put(end.name().toLowerCase(Locale.ROOT), ended.sum(end));
    }
    return counts;
  }

  /** TLS handshakes that failed. */
  public long handshakesFailed() {
    return handshakesFailed.sum();
  }

  /** Counts a connection that failed before it spoke HTTP, as the server says. */
  public void failed(Throwable cause) {
    if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
      handshakesFailed.increment();
    }
    log.atDebug().addKeyValue("cause", cause.toString()).log("connection.broken");
  }

  /** Learns of a thread that accepts connections. */
  void acceptedOn(EventExecutor loop) {
    acceptors.add(loop);
  }

  /**
   * Takes no more connections. Completes once none is on its way to an event loop any more: from
   * then on these may be taken away.
   */
  public Future<Void> shut() {
    shut = true;
    var turned = new ArrayList<Future<Void>>();
    for (var acceptor : acceptors) {
      Promise<Void> promise = Promise.promise();
      acceptor.execute(promise::complete);
      turned.add(promise.future());
    }
    return Future.join(turned).mapEmpty();
  }

  /** Whether one more is taken; if so it is counted until it is closed. */
  boolean admits(Channel channel) {
    if (shut) {
      return false;
    }
    var now = limits;
    var address = address(channel);
    if (accepted.incrementAndGet() > now.connectionsMax()) {
      accepted.decrementAndGet();
      return refuse(Refusal.ALL, address, now.connectionsMax());
    }
    if (!callers.take(address, now.callerMax())) {
      accepted.decrementAndGet();
      return refuse(Refusal.CALLER, address, now.callerMax());
    }
    channel
        .closeFuture()
        .addListener(
            closed -> {
              callers.give(address);
              accepted.decrementAndGet();
            });
    return true;
  }

  private boolean refuse(Refusal refusal, InetAddress address, int max) {
    refused.increment();
    repeats
        .due()
        .ifPresent(
            count ->
                log.atWarn()
                    .addKeyValue("limit", refusal)
                    .addKeyValue("max", max)
                    .addKeyValue("caller", address.getHostAddress())
                    .addKeyValue("refused", count)
                    .log("connection.refused"));
    return false;
  }

  /** Watches over a connection that has been accepted; called on its event loop. */
  void watch(Channel channel) {
    var pipeline = channel.pipeline();
    if (encrypted && pipeline.get(SslHandler.class) == null) {
      pipeline.addFirst(new PlainTextRefusal());
    }
    pipeline.addFirst(new UpgradeRefusal());
    pipeline.addFirst(new ChannelGuard(this));
  }

  /** Learns what a connection speaks, once it speaks HTTP; called on its event loop. */
  public void speaks(HttpConnection connection) {
    var context = ((HttpServerConnection) connection).channelHandlerContext();
    var pipeline = context.pipeline();
    if (pipeline.get(ChannelGuard.class) == null) {
      watch(context.channel());
    }
    pipeline.remove(UpgradeRefusal.class);
    var life = pipeline.get(ChannelGuard.class).connection();
    var http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null) {
      counted(Protocol.HTTP_2, context.channel());
      // Answers of one turn of the loop leave together.
      pipeline.addAfter(
          context.name(), "flushes", new FlushConsolidationHandler(FLUSHES_MAX, true));
      var unread = new UnreadAnswers(http2, context.channel(), unreadBytes);
      new Http2Calls(life, connection, http2, unread, context.channel()).attach();
    } else {
      counted(Protocol.HTTP_1, context.channel());
      pipeline.addBefore(context.name(), "calls", new Http1Calls(life, context.channel()));
    }
  }

  private void counted(Protocol protocol, Channel channel) {
    open.add(protocol, 1);
    channel.closeFuture().addListener(closed -> open.add(protocol, -1));
  }

  /** A connection is closed, from our side or by its peer. */
  void closed(Connection connection) {
    var end = connection.end();
    if (end == Connection.End.STOPPED) {
      callsCutOff.add(connection.inFlight());
    }
    if (end != null) {
      ended.add(end, 1);
      log.atDebug().addKeyValue("why", end).log("connection.closed");
    }
  }

  private static InetAddress address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
            && address.getAddress() != null
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }
}
