package dev.longrunning.bench.wire;

import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/**
 * A connection of HTTP/2 that calls.
 *
 * <p><b>Promise.</b> Keeps the windows of its peer, answers settings and pings, and tells each
 * stream of every message and of its end, once; a connection that breaks ends all its streams.
 *
 * <p><b>Threads.</b> Confined to its loop.
 */
public final class Connection {
  static final int FRAME_HEAD = 9;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int OPENED_WINDOW = 1 << 30;
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int OUT_BYTES = 512;

  private final Loop loop;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final HeaderBlocks headers = new HeaderBlocks();
  private final IntObjectHashMap<Stream> streams = new IntObjectHashMap<>(4);
  private final Inbound inbound;
  private final Queue<Parked> parked = new ArrayDeque<>();
  private ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
  private boolean unsent;
  private int next = 1;
  private long window = DEFAULT_WINDOW;
  private int streamWindow = DEFAULT_WINDOW;
  private long consumed;
  private long bytesIn;
  private long bytesOut;
  private final IntObjectHashMap<long[]> streamWindows = new IntObjectHashMap<>(2);

  /** Bytes for which there was no window. */
  @SuppressWarnings("ArrayRecordComponent") // Handed on as it is, and never compared.
  private record Parked(int id, byte[] message, boolean last) {}

  private Connection(Loop loop, SocketChannel channel) throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.inbound = new Inbound(this, loop.ends());
    channel.configureBlocking(false);
    this.key = channel.register(loop.selector(), SelectionKey.OP_READ, this);
    room(PREFACE.length).put(PREFACE);
    // No table of headers, no push, windows that do not close.
    frame(FrameType.SETTINGS, 0, 0, 18);
    out.putShort((short) 1)
        .putInt(0)
        .putShort((short) 2)
        .putInt(0)
        .putShort((short) 4)
        .putInt(Integer.MAX_VALUE);
    grant(OPENED_WINDOW - DEFAULT_WINDOW);
    dirty();
  }

  /** On the loop: connects to a port of this machine; waits until it is open. */
  public static Connection open(Loop loop, int port) throws IOException {
    return open(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  static Connection open(Loop loop, InetSocketAddress address) throws IOException {
    var channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return new Connection(loop, channel);
  }

  /** A call with one message; answers its id. */
  public int call(String path, Map<String, String> more, byte[] message, Stream stream) {
    int id = begin(path, more, stream);
    send(id, message, true);
    return id;
  }

  /** Begins a stream whose messages are sent by {@link #send}. */
  public int begin(String path, Map<String, String> more, Stream stream) {
    int id = next;
    next += 2;
    byte[] block = headers.block(HeaderBlocks.grpc(path, more));
    frame(FrameType.HEADERS, FrameType.END_HEADERS, id, block.length).put(block);
    streams.put(id, stream);
    dirty();
    return id;
  }

  /** A message with its prefix of gRPC, now or when the peer lets it. */
  public void send(int id, byte[] message, boolean last) {
    if (parked.isEmpty() && fits(id, message.length)) {
      data(id, message, last);
    } else {
      parked.add(new Parked(id, message, last));
    }
  }

  /** Ends a stream from this side. */
  public void cancel(int id) {
    if (streams.remove(id) != null) {
      frame(FrameType.RESET, 0, id, 4).putInt(8);
      dirty();
    }
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  public long bytesIn() {
    return bytesIn;
  }

  public long bytesOut() {
    return bytesOut;
  }

  private boolean fits(int id, int length) {
    var own = streamWindows.get(id);
    return length <= window && length <= (own == null ? streamWindow : streamWindow + own[0]);
  }

  private void data(int id, byte[] message, boolean last) {
    window -= message.length;
    if (!last) {
      own(id)[0] -= message.length;
    }
    frame(FrameType.DATA, last ? FrameType.END_STREAM : 0, id, message.length).put(message);
    dirty();
  }

  /** What a stream's window is beyond the initial one. */
  private long[] own(int id) {
    var own = streamWindows.get(id);
    if (own == null) {
      own = new long[1];
      streamWindows.put(id, own);
    }
    return own;
  }

  void widened(int id, int bytes) {
    if (id == 0) {
      window += bytes;
    } else if (streamWindows.containsKey(id)) {
      own(id)[0] += bytes;
    }
    for (var first = parked.peek();
        first != null && fits(first.id, first.message.length);
        first = parked.peek()) {
      parked.remove();
      data(first.id, first.message, first.last);
    }
  }

  void initialWindow(int bytes) {
    streamWindow = bytes;
    widened(0, 0);
  }

  void acknowledge(int type, byte[] bytes, int from, int length) {
    frame(type, FrameType.ACK, 0, length).put(bytes, from, length);
    dirty();
  }

  /** Bytes of DATA came: the window of the connection is opened again long before it closes. */
  void consumed(int bytes) {
    consumed += bytes;
    if (consumed > OPENED_WINDOW / 2) {
      grant((int) consumed);
      consumed = 0;
      dirty();
    }
  }

  private void grant(int bytes) {
    frame(FrameType.WINDOW_UPDATE, 0, 0, 4).putInt(bytes);
  }

  void message(int id, byte[] bytes, int offset, int length) {
    var stream = streams.get(id);
    if (stream != null) {
      stream.message(id, bytes, offset, length);
    }
  }

  void ended(int id, int status, String message) {
    var stream = streams.remove(id);
    streamWindows.remove(id);
    if (stream != null) {
      stream.ended(id, status, message);
    }
  }

  private ByteBuffer frame(int type, int flags, int id, int length) {
    return room(FRAME_HEAD + length).putInt(length << 8 | type).put((byte) flags).putInt(id);
  }

  private ByteBuffer room(int bytes) {
    if (out.remaining() < bytes) {
      var larger = ByteBuffer.allocate(Math.max(2 * out.capacity(), out.position() + bytes));
      out = larger.put(out.flip());
    }
    return out;
  }

  private void dirty() {
    if (!unsent) {
      unsent = true;
      loop.unsent(this);
    }
  }

  void send() {
    unsent = false;
    try {
      bytesOut += channel.write(out.flip());
      boolean all = !out.hasRemaining();
      out.compact();
      key.interestOps(all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      if (all && out.capacity() > OUT_BYTES && streams.isEmpty()) {
        out = ByteBuffer.allocate(OUT_BYTES);
      }
    } catch (IOException e) {
      broken(String.valueOf(e.getMessage()));
    }
  }

  @SuppressWarnings("ByteBufferBackingArray") // The buffer of the loop, which is allocated.
  void read() {
    var in = loop.in();
    try {
      int count = channel.read(inbound.rest(in));
      if (count < 0) {
        broken("closed by the peer");
        return;
      }
      bytesIn += count;
      inbound.take(in.array(), in.position());
    } catch (IOException | IllegalStateException e) {
      broken(String.valueOf(e.getMessage()));
    }
  }

  private void broken(String why) {
    close();
    for (int id : streams.keySet().toArray(Integer[]::new)) {
      ended(id, 14, why);
    }
  }

  /** On the loop. Streams hear nothing of it. */
  public void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
