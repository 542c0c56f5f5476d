package dev.longrunning.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small frames that leave together into one piece of memory.
 *
 * <p>An answer of gRPC is five pieces of some 10 to 60 bytes. To copy them costs less than to have
 * each of them looked after by the channel and by the operating system on its own.
 *
 * <p><b>Promise.</b> Bytes leave in the order in which they were written, not later than the flush
 * after them, and every write is told how it ended.
 *
 * <p><b>Threads.</b> Confined to the event loop of its channel.
 *
 * <p><b>Bounds.</b> {@value #BYTES_MAX} bytes that were written and not handed on, of pieces of
 * {@value #PIECE_BYTES_MAX} bytes at most.
 */
final class JoinedWrites extends ChannelOutboundHandlerAdapter {
  static final int BYTES_MAX = 32_768;
  static final int PIECE_BYTES_MAX = 1_024;

  private static final int BYTES_MIN = 1_024;

  private @Nullable ByteBuf joined;
  private List<ChannelPromise> promises = new ArrayList<>();

  /** About as much as last time will be needed. */
  private int expected = BYTES_MIN;

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf piece) || piece.readableBytes() > PIECE_BYTES_MAX) {
      handOn(context);
      var ignored = context.write(message, promise);
      return;
    }
    var all = joined == null ? begin(context) : joined;
    all.writeBytes(piece);
    piece.release();
    if (!promise.isVoid()) {
      promises.add(promise);
    }
    if (all.readableBytes() > BYTES_MAX - PIECE_BYTES_MAX) {
      handOn(context);
    }
  }

  private ByteBuf begin(ChannelHandlerContext context) {
    var all = context.alloc().directBuffer(expected, BYTES_MAX);
    joined = all;
    return all;
  }

  private void handOn(ChannelHandlerContext context) {
    var all = joined;
    if (all == null) {
      return;
    }
    joined = null;
    expected = Math.max(BYTES_MIN, all.readableBytes());
    if (promises.isEmpty()) {
      var ignored = context.write(all, context.voidPromise());
      return;
    }
    var told = promises;
    promises = new ArrayList<>(told.size());
    var ignored =
        context
            .write(all)
            .addListener(
                written -> {
                  for (var each : told) {
                    if (written.isSuccess()) {
                      each.trySuccess();
                    } else {
                      each.tryFailure(written.cause());
                    }
                  }
                });
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    handOn(context);
    context.flush();
  }

  @Override
  public void disconnect(ChannelHandlerContext context, ChannelPromise promise) {
    handOn(context);
    var ignored = context.disconnect(promise);
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    handOn(context);
    var ignored = context.close(promise);
  }

  /** Also when the channel is closed from the other side: the writes fail then. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    handOn(context);
  }
}
