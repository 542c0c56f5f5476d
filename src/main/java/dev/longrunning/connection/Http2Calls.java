package dev.longrunning.connection;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.TimeUnit;

/**
 * The calls of a connection of HTTP/2, which are its streams.
 *
 * <p><b>Promise.</b> Told to leave, the peer gets GOAWAY for no stream in particular, and after the
 * last call GOAWAY with the last stream that is answered: a stream above that was not begun and can
 * be sent again elsewhere. A peer that floods the connection with what costs it nothing gets GOAWAY
 * with ENHANCE_YOUR_CALM. Resets, CONTINUATION and empty DATA are bounded by Netty.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 *
 * <p><b>Bounds.</b> {@value #CONTROL_FRAMES_MAX} frames of PING, PRIORITY and unknown types, and
 * {@value #SETTINGS_FRAMES_MAX} of SETTINGS, in {@value #WINDOW_SECONDS} seconds; {@link
 * TinyFrames} of DATA.
 */
final class Http2Calls extends Http2ConnectionAdapter implements Connection.Wire {
  static final int WINDOW_SECONDS = 10;

  /**
   * A client that measures its bandwidth sends one PING for what it reads, one at a time: with a
   * round trip of 0.2 ms that is half of this, and calls that begin are not counted against it.
   */
  static final int CONTROL_FRAMES_MAX = 50_000;

  static final int SETTINGS_FRAMES_MAX = 200;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
  private static final long NO_ERROR = 0;

  private final Connection connection;
  private final HttpConnection http;
  private final Http2ConnectionHandler handler;
  private final Channel channel;
  private final UnreadAnswers unread;
  private final FloodMeter control =
      new FloodMeter(System::nanoTime, WINDOW_NANOS, CONTROL_FRAMES_MAX);
  private final FloodMeter settings =
      new FloodMeter(System::nanoTime, WINDOW_NANOS, SETTINGS_FRAMES_MAX);
  private final TinyFrames data = new TinyFrames();

  /** Whether no more calls are taken. */
  private boolean finishing;

  Http2Calls(
      Connection connection,
      HttpConnection http,
      Http2ConnectionHandler handler,
      UnreadAnswers unread,
      Channel channel) {
    this.connection = connection;
    this.unread = unread;
    this.http = http;
    this.handler = handler;
    this.channel = channel;
  }

  void attach() {
    connection.speaks(this);
    connection.opened();
    // The stream of an upgrade is there already.
    for (int i = handler.connection().numActiveStreams(); i > 0; i--) {
      connection.callBegan();
    }
    handler.connection().addListener(this);
    unread.attach();
    handler.decoder().frameListener(new Metered(handler.decoder().frameListener()));
  }

  @Override
  public void onStreamActive(Http2Stream stream) {
    connection.callBegan();
    control.forgive();
    data.forgive();
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    connection.callEnded();
    if (finishing) {
      // Not from within: the codec is not done with the stream.
      channel.eventLoop().execute(this::closeIfDone);
    }
  }

  @Override
  public void leave() {
    http.goAway(NO_ERROR, Integer.MAX_VALUE);
  }

  @Override
  public void finish() {
    http.goAway(NO_ERROR);
    finishing = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (finishing && handler.connection().numActiveStreams() == 0) {
      http.close();
    }
  }

  @Override
  public void look() {
    unread.look();
  }

  @Override
  public boolean ask() {
    http.ping(Buffer.buffer(new byte[Long.BYTES]));
    return true;
  }

  @Override
  public void close() {
    http.goAway(NO_ERROR);
    CutOff.now(channel);
  }

  private static void check(boolean counts, String what) throws Http2Exception {
    if (!counts) {
      throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "too many %s frames", what);
    }
  }

  /** Counts the frames that need no stream, and those that take more than they bring. */
  private final class Metered extends Http2FrameListenerDecorator {
    Metered(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int streamId, ByteBuf bytes, int padding, boolean last)
        throws Http2Exception {
      check(data.counts(bytes.readableBytes()), "tiny DATA");
      return super.onDataRead(context, streamId, bytes, padding, last);
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
      check(control.counts(), "PING");
      super.onPingRead(context, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
      check(control.counts(), "PING");
      super.onPingAckRead(context, data);
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext context,
        int streamId,
        int streamDependency,
        short weight,
        boolean exclusive)
        throws Http2Exception {
      check(control.counts(), "PRIORITY");
      super.onPriorityRead(context, streamId, streamDependency, weight, exclusive);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext context,
        byte frameType,
        int streamId,
        Http2Flags flags,
        ByteBuf payload)
        throws Http2Exception {
      check(control.counts(), "unknown");
      super.onUnknownFrame(context, frameType, streamId, flags, payload);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings read)
        throws Http2Exception {
      check(settings.counts(), "SETTINGS");
      super.onSettingsRead(context, read);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext context) throws Http2Exception {
      check(settings.counts(), "SETTINGS");
      super.onSettingsAckRead(context);
    }
  }
}
