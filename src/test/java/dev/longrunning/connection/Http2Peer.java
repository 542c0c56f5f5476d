package dev.longrunning.connection;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/** The other end of a connection of HTTP/2, frame by frame, as honest as the test likes. */
public final class Http2Peer implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int CONTINUATION = 9;
  public static final int ACK = 1;
  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;
  public static final byte[] NOTHING = {};

  private static final int PATIENCE_MILLIS = 20_000;
  private static final int CANCEL = 8;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ArrayDeque<Frame> passed = new ArrayDeque<>();
  private int lastStream = -1;
  private long pings;

  /** One frame. */
  public record Frame(int type, int flags, int stream, ByteBuffer payload) {
    /** What a GOAWAY says: the last stream that is answered. */
    public int lastStream() {
      return payload.getInt(0);
    }

    /** What a GOAWAY says, or RST_STREAM. */
    public int error() {
      return payload.getInt(type == GOAWAY ? 4 : 0);
    }
  }

  /** Connects and sends what opens a connection. */
  public Http2Peer(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Over a connection that is there. */
  public Http2Peer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, NOTHING);
    flush();
  }

  /** Sends a frame with the next flush. */
  public void send(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeShort(payload.length >> 8);
    out.writeByte(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  public void flush() throws IOException {
    out.flush();
  }

  /** Begins a request without a body on a new stream. */
  public int get(String path) throws IOException {
    return begin(path, END_STREAM | END_HEADERS);
  }

  /** Begins a request on a new stream, its headers as far as {@code flags} say. */
  public int begin(String path, int flags) throws IOException {
    lastStream += 2;
    send(HEADERS, flags, lastStream, headers(path));
    return lastStream;
  }

  /** Gives a stream up. */
  public void cancel(int stream) throws IOException {
    send(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
  }

  private static byte[] headers(String path) {
    var block = new ByteArrayOutputStream();
    block.write(0x82); // :method GET
    block.write(0x86); // :scheme http
    literal(block, 4, path);
    literal(block, 1, "localhost");
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, int name, String value) {
    block.write(name);
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  /** The next frame; empty once the connection is closed. */
  public Optional<Frame> next() throws IOException {
    return passed.isEmpty() ? read() : Optional.of(passed.poll());
  }

  private Optional<Frame> read() throws IOException {
    try {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      var payload = new byte[length];
      in.readFully(payload);
      return Optional.of(new Frame(type, flags, stream, ByteBuffer.wrap(payload)));
    } catch (EOFException | SocketException e) {
      return Optional.empty();
    }
  }

  /** The next frame of that type; others are passed over. */
  public Frame next(int type) throws IOException {
    return find(type)
        .orElseThrow(() -> new AssertionError("closed without a frame of type " + type));
  }

  /** The next frame of that type; empty if it is closed before one comes. */
  public Optional<Frame> find(int type) throws IOException {
    var frame = next();
    while (frame.filter(other -> other.type() != type).isPresent()) {
      frame = next();
    }
    return frame;
  }

  /** Whether the other end has closed it; reads whatever comes before. */
  public boolean isClosed() throws IOException {
    while (next().isPresent()) {
      // Nothing that comes before matters.
    }
    return true;
  }

  /** Waits until all that was sent has been worked through; what comes meanwhile is kept. */
  public void settle() throws IOException {
    send(PING, 0, 0, ByteBuffer.allocate(8).putLong(++pings).array());
    flush();
    for (var frame = read(); frame.isPresent(); frame = read()) {
      if (frame.get().type() == PING && frame.get().payload().getLong(0) == pings) {
        return;
      }
      passed.add(frame.get());
    }
    throw new AssertionError("closed");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
