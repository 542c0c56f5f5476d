package dev.longrunning.testing;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One HTTP/2 connection with prior knowledge on which any frame can be sent, also a wrong one.
 *
 * <p>Reads only while somebody waits for an answer; settings and pings are acknowledged then. Waits
 * for at most {@link RawHttp1#PATIENCE_MILLIS}: an answer that takes longer never came.
 */
public final class RawHttp2 implements Closeable {
  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, Answer> answers = new HashMap<>();
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private OptionalLong goAway = OptionalLong.empty();
  private boolean closed;
  private long pong = -1;
  private int interim;

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** What came on one stream. */
  public static final class Answer {
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<Integer> frames = new ArrayList<>();
    private OptionalLong reset = OptionalLong.empty();
    private boolean ended;

    /** A header, or else a trailer; empty if there is neither. */
    public String header(String name) {
      return headers.getOrDefault(name, trailers.getOrDefault(name, ""));
    }

    public Map<String, String> headers() {
      return headers;
    }

    public byte[] body() {
      return body.toByteArray();
    }

    /** The types of the frames of headers and body, in their order. */
    public List<Integer> frames() {
      return frames;
    }

    /** The code of its RST_STREAM, if one came. */
    public OptionalLong reset() {
      return reset;
    }

    /** Whether END_STREAM came. */
    public boolean ended() {
      return ended;
    }
  }

  /** Connects, and sends the preface and settings: pairs of identifier and value. */
  public static RawHttp2 open(int port, int... settings) {
    return connect(port).send(Frames.preface()).send(Frames.settings(settings));
  }

  /** Sends a request of HTTP/1.1 that asks for HTTP/2, which answers it on stream 1. */
  public static RawHttp2 upgrade(int port, String request) {
    var connection = connect(port).send(request.getBytes(StandardCharsets.ISO_8859_1));
    String head = connection.head();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new AssertionError(head);
    }
    return connection.send(Frames.preface()).send(Frames.settings());
  }

  /** The head of an answer of HTTP/1.1. */
  private String head() {
    var head = new StringBuilder();
    try {
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
    } catch (IOException e) {
      throw new AssertionError("no whole answer: " + head, e);
    }
    return head.toString();
  }

  /** Connects and sends nothing. */
  public static RawHttp2 connect(int port) {
    try {
      var socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(RawHttp1.PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      return new RawHttp2(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public RawHttp2 send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends as much of it as the server takes: false if it has closed the connection. */
  public boolean offer(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (SocketException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What came on a stream until it ended, was reset, or the connection was closed. */
  public Answer answer(int stream) {
    var answer = stream(stream);
    while (!answer.ended && answer.reset.isEmpty() && !closed) {
      read();
    }
    return answer;
  }

  /** Waits for the reset of a stream, which may come after its answer. */
  public OptionalLong awaitReset(int stream) {
    var answer = stream(stream);
    while (answer.reset.isEmpty() && !closed) {
      read();
    }
    return answer.reset;
  }

  /** Waits for that many interim answers (100 Continue) on the connection. */
  public void awaitInterim(int count) {
    while (interim < count && !closed) {
      read();
    }
  }

  /** Waits until the server has read everything that was sent before, or closed the connection. */
  public boolean isAlive(long data) {
    if (!closed && !offer(Frames.ping(data))) {
      closed = true;
    }
    while (pong != data && !closed) {
      read();
    }
    return !closed;
  }

  /** Reads frames until that many bytes of a stream's body have come. */
  public Answer awaitBody(int stream, int bytes) {
    var answer = stream(stream);
    while (answer.body.size() < bytes && !answer.ended && !closed) {
      read();
    }
    return answer;
  }

  /** Waits until the server closes the connection; the code of its GOAWAY, if it sent one. */
  public OptionalLong awaitClose() {
    while (!closed) {
      read();
    }
    return goAway;
  }

  private Answer stream(int id) {
    return answers.computeIfAbsent(id, fresh -> new Answer());
  }

  private void read() {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if (payload.length < length) {
        throw new EOFException();
      }
      take(type, flags, stream, payload);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("never answered", e);
    } catch (EOFException | SocketException e) {
      closed = true;
    } catch (IOException | Http2Exception e) {
      throw new AssertionError(e);
    }
  }

  private void take(int type, int flags, int stream, byte[] payload) throws Http2Exception {
    boolean last = (flags & Frames.END_STREAM) != 0;
    if (type == Frames.DATA || type == Frames.HEADERS) {
      stream(stream).frames.add(type);
    }
    switch (type) {
      case Frames.DATA -> {
        stream(stream).body.writeBytes(payload);
        stream(stream).ended |= last;
        if (payload.length > 0) {
          offer(Frames.windowUpdate(0, payload.length));
        }
      }
      case Frames.HEADERS, Frames.CONTINUATION -> {
        block.writeBytes(type == Frames.HEADERS ? bare(flags, payload) : payload);
        if ((flags & Frames.END_HEADERS) != 0) {
          headers(stream(stream), block.toByteArray());
          block.reset();
        }
        stream(stream).ended |= type == Frames.HEADERS && last;
      }
      case Frames.RST_STREAM -> stream(stream).reset = OptionalLong.of(unsigned(payload, 0));
      case Frames.SETTINGS -> {
        if ((flags & Frames.ACK) == 0) {
          offer(Frames.settingsAck());
        }
      }
      case Frames.PING -> {
        if ((flags & Frames.ACK) == 0) {
          offer(Frames.raw(Frames.PING, Frames.ACK, 0, payload));
        } else {
          pong = unsigned(payload, 0) << 32 | unsigned(payload, 4);
        }
      }
      case Frames.GOAWAY -> goAway = OptionalLong.of(unsigned(payload, 4));
      default -> {}
    }
  }

  /** What is left of a HEADERS frame without its padding and priority. */
  private static byte[] bare(int flags, byte[] payload) {
    boolean padded = (flags & Frames.PADDED) != 0;
    int from = (padded ? 1 : 0) + ((flags & Frames.PRIORITIZED) != 0 ? 5 : 0);
    int padding = padded ? payload[0] & 0xFF : 0;
    return Arrays.copyOfRange(payload, from, payload.length - padding);
  }

  private void headers(Answer answer, byte[] bytes) throws Http2Exception {
    var decoded = hpack.decodeHeaders(1, Unpooled.wrappedBuffer(bytes));
    var status = decoded.status();
    if (status != null && status.length() == 3 && status.charAt(0) == '1') {
      interim++;
      return;
    }
    var target = answer.headers.isEmpty() ? answer.headers : answer.trailers;
    decoded.forEach(
        entry ->
            target.merge(
                entry.getKey().toString(),
                entry.getValue().toString(),
                (before, more) -> before + ", " + more));
  }

  private static long unsigned(byte[] bytes, int at) {
    return (bytes[at] & 0xFFL) << 24
        | (bytes[at + 1] & 0xFFL) << 16
        | (bytes[at + 2] & 0xFFL) << 8
        | (bytes[at + 3] & 0xFFL);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
