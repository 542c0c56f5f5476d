package dev.longrunning.connection;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a connection of HTTP/2 that wait until their caller makes room for them.
 *
 * <p><b>Promise.</b> One that is not taken in time is reset with CANCEL, and what was held of it is
 * free. One that finds room at once is not known here and costs nothing: it is on its way. Over
 * HTTP/1.1 everything finds room: there the connection ends when nothing is taken.
 *
 * <p><b>Threads.</b> Confined to the event loop of its connection.
 *
 * <p><b>Bounds.</b> {@value #BYTES_MAX} bytes of one connection, {@value #ALL_BYTES_MAX} of all,
 * but for an answer beside which nothing waits; {@link #LOOKS_MAX} times {@link Connection#TICK}
 * for each, and up to one more.
 */
public final class UnreadAnswers extends Http2ConnectionAdapter {
  /** Sixteen large messages: a caller that asks for more lists at a time reads some first. */
  static final int BYTES_MAX = 67_108_864;

  static final int ALL_BYTES_MAX = 268_435_456;

  /** A minute: the largest message at 0.6 Mbit/s. */
  static final int LOOKS_MAX = 4;

  /** Below, an answer may be wrong about the connection's window by those of the same turn. */
  private static final int EXACT_BYTES_MIN = 16_384;

  private static final long CANCEL = 8;
  private static final AttributeKey<UnreadAnswers> KEY =
      AttributeKey.valueOf(UnreadAnswers.class.getName());

  private record Answer(int bytes, long since) {}

  private final Http2ConnectionHandler handler;
  private final Channel channel;
  private final AtomicLong all;

  /** By their streams, the oldest first. */
  private final LinkedHashMap<Integer, Answer> waiting = new LinkedHashMap<>();

  private long bytes;
  private long looks;

  /**
   * Makes that of one connection.
   *
   * @param all bytes of all connections
   */
  UnreadAnswers(Http2ConnectionHandler handler, Channel channel, AtomicLong all) {
    this.handler = handler;
    this.channel = channel;
    this.all = all;
  }

  void attach() {
    handler.connection().addListener(this);
    channel.attr(KEY).set(this);
  }

  private static @Nullable UnreadAnswers of(HttpServerRequest request) {
    var connection = (HttpServerConnection) request.connection();
    return connection.channelHandlerContext().channel().attr(KEY).get();
  }

  /** Whether an answer may wait for its caller; asked before it is written. */
  public static boolean hasRoom(HttpServerRequest request, int bytes) {
    var unread = of(request);
    return unread == null || unread.hasRoom(request.response().streamId(), bytes);
  }

  private boolean hasRoom(int stream, int more) {
    return waiting.isEmpty()
        || (bytes + more <= BYTES_MAX && all.get() + more <= ALL_BYTES_MAX)
        || leavesAtOnce(stream, more);
  }

  /**
   * Whether an answer finds room at once; told just before it is written. If not, it is watched
   * from now on.
   */
  public static boolean leavesAtOnce(HttpServerRequest request, int bytes) {
    var unread = of(request);
    if (unread == null) {
      return true;
    }
    int stream = request.response().streamId();
    if (unread.leavesAtOnce(stream, bytes)) {
      return true;
    }
    unread.watch(stream, bytes);
    return false;
  }

  /** What is queued in front of it counts in whether its stream may be written to. */
  private boolean leavesAtOnce(int id, int more) {
    var stream = handler.connection().stream(id);
    if (stream == null) {
      return true;
    }
    var flow = handler.encoder().flowController();
    return (more < EXACT_BYTES_MIN || isWritten(flow))
        && flow.isWritable(stream)
        && more < flow.windowSize(stream)
        && more < flow.windowSize(handler.connection().connectionStream());
  }

  /** What was answered before it in this turn of the loop takes its part of the windows. */
  private static boolean isWritten(Http2RemoteFlowController flow) {
    try {
      flow.writePendingBytes();
      return true;
    } catch (Http2Exception broken) {
      return false;
    }
  }

  private void watch(int id, int more) {
    boolean there = handler.connection().stream(id) != null;
    if (there && waiting.putIfAbsent(id, new Answer(more, looks)) == null) {
      bytes += more;
      all.addAndGet(more);
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    var answer = waiting.isEmpty() ? null : waiting.remove(stream.id());
    if (answer != null) {
      bytes -= answer.bytes();
      all.addAndGet(-answer.bytes());
    }
  }

  /** Called every {@link Connection#TICK}. */
  void look() {
    looks++;
    var late = new ArrayList<Integer>();
    waiting.forEach(
        (stream, answer) -> {
          if (looks - answer.since() > LOOKS_MAX) {
            late.add(stream);
          }
        });
    late.forEach(stream -> CutOff.reset(channel, stream, CANCEL));
  }
}
