package dev.longrunning.testing;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 connection on which anything can be sent, also what no client would; answers are
 * taken apart.
 *
 * <p>Waits for at most {@value #PATIENCE_MILLIS} ms: an answer that takes longer never came.
 */
public final class RawHttp1 implements Closeable {
  public static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  private RawHttp1(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /**
   * One answer.
   *
   * @param headers by lower-case name; a repeated one has its values joined by a comma
   */
  public record Answer(int status, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  public static RawHttp1 open(int port) {
    try {
      var socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      return new RawHttp1(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text as it is, one byte a character. */
  public RawHttp1 send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawHttp1 send(byte[] bytes) {
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

  /** Says that nothing more will come. */
  public RawHttp1 finish() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next answer, to a request with another verb than HEAD. */
  public Answer answer() {
    return answer(false);
  }

  /** The next answer; one to a HEAD has no body, whatever its length says. */
  public Answer answer(boolean head) {
    try {
      String line = line();
      if (!line.matches("[A-Z]+/[0-9]\\.[0-9] [0-9]{3}( .*)?")) {
        throw new AssertionError("not a status line: " + line);
      }
      int status = Integer.parseInt(line.split(" ", 3)[1]);
      var headers = headers();
      boolean bare = head || status < 200 || status == 204 || status == 304;
      return new Answer(status, headers, bare ? "" : body(headers));
    } catch (SocketTimeoutException e) {
      throw new AssertionError("never answered", e);
    } catch (IOException e) {
      throw new AssertionError("no whole answer", e);
    }
  }

  /** The lines of the next answer's head; its body is left. */
  public String head() {
    try {
      var head = new StringBuilder();
      for (String line = line(); !line.isEmpty(); line = line()) {
        head.append(line).append('\n');
      }
      return head.toString();
    } catch (IOException e) {
      throw new AssertionError("no whole head", e);
    }
  }

  private Map<String, String> headers() throws IOException {
    var headers = new LinkedHashMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (before, more) -> before + ", " + more);
    }
    return headers;
  }

  private String body(Map<String, String> headers) throws IOException {
    if (headers.containsKey("content-length")) {
      return text(Integer.parseInt(headers.get("content-length")));
    }
    if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      var body = new StringBuilder();
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        body.append(text(size));
        line();
      }
      line();
      return body.toString();
    }
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private String text(int length) throws IOException {
    var bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("closed after " + bytes.length + " of " + length + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("closed within " + line.toString(StandardCharsets.ISO_8859_1));
      }
      line.write(octet);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** Waits until the server closes the connection, and answers what it sent before. */
  public String rest() {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("never closed", e);
    } catch (SocketException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
