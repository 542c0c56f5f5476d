package dev.longrunning.app;

import static dev.longrunning.testing.Frames.ACK;
import static dev.longrunning.testing.Frames.CONTINUATION;
import static dev.longrunning.testing.Frames.DATA;
import static dev.longrunning.testing.Frames.ENABLE_PUSH;
import static dev.longrunning.testing.Frames.END_HEADERS;
import static dev.longrunning.testing.Frames.END_STREAM;
import static dev.longrunning.testing.Frames.GOAWAY;
import static dev.longrunning.testing.Frames.HEADERS;
import static dev.longrunning.testing.Frames.INITIAL_WINDOW_SIZE;
import static dev.longrunning.testing.Frames.MAX_FRAME_SIZE;
import static dev.longrunning.testing.Frames.PADDED;
import static dev.longrunning.testing.Frames.PING;
import static dev.longrunning.testing.Frames.PRIORITY;
import static dev.longrunning.testing.Frames.PUSH_PROMISE;
import static dev.longrunning.testing.Frames.RST_STREAM;
import static dev.longrunning.testing.Frames.SETTINGS;
import static dev.longrunning.testing.Frames.data;
import static dev.longrunning.testing.Frames.headers;
import static dev.longrunning.testing.Frames.literals;
import static dev.longrunning.testing.Frames.ping;
import static dev.longrunning.testing.Frames.raw;
import static dev.longrunning.testing.Frames.reset;
import static dev.longrunning.testing.Frames.settings;
import static dev.longrunning.testing.Frames.windowUpdate;

import com.google.longrunning.GetOperationRequest;
import com.google.rpc.Code;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** What may come in on a connection that should speak gRPC, and what is answered. */
final class GrpcBattery {
  /** Exists on every server that the battery is run against. */
  static final String NAME = "operations/battery";

  static final String PATH = "/google.longrunning.Operations/GetOperation";
  static final byte[] GET = message(0, get(NAME));

  private static final int NO_ERROR = 0;
  private static final int PROTOCOL_ERROR = 1;
  private static final int FLOW_CONTROL_ERROR = 3;
  private static final int STREAM_CLOSED = 5;
  private static final int FRAME_SIZE_ERROR = 6;
  private static final int COMPRESSION_ERROR = 9;

  private final List<Case> cases = new ArrayList<>();

  /**
   * One row.
   *
   * @param sent after the preface and settings; a request is on stream 1
   */
  record Case(String name, Buffer sent, Expected expected) {}

  /** What must come back. After all but {@link Closed} the connection goes on. */
  sealed interface Expected {}

  /** An answer with this status, whose message begins so. */
  record Status(int http, Code code, String message) implements Expected {}

  /** An answer of another kind than gRPC. */
  record Http(int status, String part) implements Expected {}

  /** Stream 1 is reset with one of these codes. */
  record Reset(List<Integer> codes) implements Expected {}

  /** The connection is closed, with one of these codes in a GOAWAY if there is time for one. */
  record Closed(List<Integer> codes) implements Expected {}

  /** Either: what is sent belongs to a stream that may be gone by then. */
  record ResetOrClosed() implements Expected {}

  static List<Case> cases() {
    var battery = new GrpcBattery();
    battery.messages();
    battery.encodings();
    battery.paths();
    battery.heads();
    battery.deadlines();
    battery.malformedHeaders();
    battery.streams();
    battery.connections();
    return battery.cases;
  }

  private void messages() {
    call("a request", GET, ok());
    call("an empty body", new byte[0], invalid("body: got 0 bytes, allowed one message"));
    frames("headers that end the stream", headers(1, true, head()), invalid("body: got 0 bytes"));
    call("a truncated prefix", Arrays.copyOf(GET, 3), invalid("body: got 3 bytes"));
    call(
        "a prefix alone",
        Arrays.copyOf(GET, 5),
        invalid("body: got a prefix of 20 bytes before 0"));
    call(
        "a truncated message",
        Arrays.copyOf(GET, GET.length - 1),
        invalid("body: got a prefix of"));
    call("two messages", join(GET, GET), invalid("body: got a prefix of 20 bytes before 45"));
    call(
        "a trailing byte",
        join(GET, new byte[1]),
        invalid("body: got a prefix of 20 bytes before 21"));
    call("reserved flags", message(2, get(NAME)), invalid("body: got message flags 2"));
    call("all flags", message(255, get(NAME)), invalid("body: got message flags 255"));
    call(
        "a length that is negative as an int",
        prefix(0, 0xFFFFFFFF),
        exhausted("message: got 4294967295"));
    call("a length past the bound", prefix(0, 4_194_305), exhausted("message: got 4194305 bytes"));
    call("more than the bound, sent", new byte[4_194_310], exhausted("body: got more"));
    call("no protobuf", message(0, (byte) 0xFF, (byte) 0xFF), invalid("request: got 2 bytes"));
    call(
        "a field that is cut",
        message(0, (byte) 10, (byte) 9, (byte) 'a'),
        invalid("request: got"));
    call("an end of a group", message(0, (byte) 12), invalid("request: got 1 bytes"));
    call("field number 0", message(0, (byte) 2, (byte) 0), invalid("request: got 2 bytes"));
    call("wire type 7", message(0, (byte) 15, (byte) 0), invalid("request: got 2 bytes"));
    call("a varint of 11 bytes", message(0, filled(11, 0xFF)), invalid("request: got 11 bytes"));
    call(
        "a string that is no UTF-8",
        message(0, (byte) 10, (byte) 1, (byte) 0xFF),
        invalid("request: got"));
    call(
        "a surrogate in UTF-8",
        message(0, (byte) 10, (byte) 3, (byte) 0xED, (byte) 0xA0, (byte) 0x80),
        invalid("request: got"));
    call(
        "groups nested too deep",
        message(0, filled(10_000, 0x1B)),
        invalid("request: got 10000 bytes"));
    call("an unknown field", message(0, join(get(NAME), new byte[] {0x78, 1})), ok());
    call("the name twice: the last counts", message(0, join(get("x"), get(NAME))), ok());
  }

  /** What only methods that check their fields refuse. */
  static List<Case> fieldCases() {
    var battery = new GrpcBattery();
    battery.fields();
    return battery.cases;
  }

  private void fields() {
    call("an empty message", message(0), invalid("name: got ''"));
    call("a wrong wire type", message(0, (byte) 8, (byte) 1), invalid("name: got ''"));
    call(
        "a name with a NUL",
        message(0, get("operations/a\0")),
        invalid("name: got operations/a\\u0000"));
  }

  private void encodings() {
    call("gzip", message(1, gzip(get(NAME))), ok(), "grpc-encoding", "gzip");
    call(
        "gzip in two members",
        message(1, join(gzip(new byte[0]), gzip(get(NAME)))),
        ok(),
        "grpc-encoding",
        "gzip");
    call(
        "compressed without an encoding",
        message(1, get(NAME)),
        invalid("grpc-encoding: got none, allowed gzip"));
    call(
        "compressed with identity",
        message(1, get(NAME)),
        invalid("grpc-encoding: got identity"),
        "grpc-encoding",
        "identity");
    call("an encoding that is not used", GET, ok(), "grpc-encoding", "br");
    for (String encoding : List.of("br", "GZIP", "deflate", "", "gzip, gzip")) {
      call(
          "the encoding '" + encoding + "'",
          message(1, get(NAME)),
          unimplemented("grpc-encoding: got"),
          "grpc-encoding",
          encoding);
    }
    call(
        "no gzip",
        message(1, get(NAME)),
        invalid("body: got 20 bytes that are not, allowed gzip"),
        "grpc-encoding",
        "gzip");
    var members = new byte[10_000][];
    Arrays.fill(members, gzip(new byte[0]));
    int size = 10_000 * members[0].length;
    call(
        "gzip in ten thousand empty members",
        message(1, join(members)),
        invalid("body: got " + size + " bytes that are not, allowed gzip"),
        "grpc-encoding",
        "gzip");
    call(
        "gzip of nothing",
        message(1),
        invalid("body: got 0 bytes that are not"),
        "grpc-encoding",
        "gzip");
    call(
        "a cut gzip",
        message(1, Arrays.copyOf(gzip(get(NAME)), 30)),
        invalid("body: got 30 bytes that are not"),
        "grpc-encoding",
        "gzip");
    call(
        "a gzip with a wrong checksum",
        message(1, flipped(gzip(get(NAME)))),
        invalid("body: got"),
        "grpc-encoding",
        "gzip");
    call(
        "gzip and a byte",
        message(1, join(gzip(get(NAME)), new byte[1])),
        invalid("body: got"),
        "grpc-encoding",
        "gzip");
    call(
        "gzip and garbage",
        message(1, join(gzip(get(NAME)), new byte[100])),
        invalid("body: got"),
        "grpc-encoding",
        "gzip");
    call(
        "a gzip bomb",
        message(1, gzip(new byte[50_000_000])),
        exhausted("message: got more, decompressed"),
        "grpc-encoding",
        "gzip");
  }

  private void paths() {
    for (String path :
        List.of(
            "/acme.Nothing/Get",
            "/google.longrunning.Operations/Nothing",
            PATH + "/",
            '/' + PATH,
            PATH.substring(1),
            "/google.longrunning.Operations/%47etOperation",
            "/",
            "*",
            "/google.longrunning.Operations",
            PATH.toLowerCase(java.util.Locale.ROOT),
            "/..",
            '/' + "a".repeat(10_000),
            PATH + "%00")) {
      call(
          "the path " + (path.length() > 60 ? "of 10,000 characters" : path),
          GET,
          unimplemented("method: nothing answers at"),
          ":path",
          path);
    }
    call("a path with a query", GET, ok(), ":path", PATH + "?a=b");
    for (String verb : List.of("GET", "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "post")) {
      call(
          "the verb " + verb,
          GET,
          new Status(405, Code.UNIMPLEMENTED, "method: allowed POST"),
          ":method",
          verb);
    }
  }

  private void heads() {
    call("no content type", GET, new Http(404, "path: nothing answers at"), "content-type", null);
    call(
        "the content type of a form",
        GET,
        new Http(404, "path: nothing answers at"),
        "content-type",
        "application/x-www-form-urlencoded");
    for (String type :
        List.of(
            "application/grpc+proto",
            "Application/GRPC",
            "application/grpc; charset=utf-8",
            "application/grpc;a=b;c=d")) {
      call("the content type " + type, GET, ok(), "content-type", type);
    }
    for (String type :
        List.of("application/grpc+json", "application/grpcfoo", "application/grpc+proto+proto")) {
      call(
          "the content type " + type,
          GET,
          new Status(415, Code.UNIMPLEMENTED, "content-type: allowed application/grpc"),
          "content-type",
          type);
    }
    call("no te", GET, ok(), "te", null);
    call("no scheme that is known", GET, ok(), ":scheme", "ftp");
    call(
        "a host that is not listed",
        GET,
        new Status(200, Code.PERMISSION_DENIED, "host: got evil.example"),
        ":authority",
        "evil.example");
    call("an authority that is none", GET, new ResetOrClosed(), ":authority", "a b");
    call(
        "no authority",
        GET,
        new Status(200, Code.PERMISSION_DENIED, "host: got none"),
        ":authority",
        null);
    call("a host in place of an authority", GET, ok(), ":authority", null, "host", "localhost");
    call("a host that is not the authority", GET, new ResetOrClosed(), "host", "evil.example");
    call(
        "a page of somebody else",
        GET,
        new Status(200, Code.PERMISSION_DENIED, "origin: got https://evil"),
        "origin",
        "https://evil.example");
    call("15 KiB of metadata", GET, ok(), "x-large", "a".repeat(15_000));
    call("17 KiB of metadata", GET, new Http(431, ""), "x-large", "a".repeat(17_000));
    call(
        "70 KiB of metadata",
        GET,
        new Closed(List.of(PROTOCOL_ERROR)),
        "x-large",
        "a".repeat(70_000));
    call("binary metadata that is no base64", GET, ok(), "x-bin", "!!!");
    frames(
        "two content types: the first counts",
        request(pairs(head(), "content-type", "text/html"), GET),
        ok());
    frames(
        "two deadlines: the first counts",
        request(pairs(head("grpc-timeout", "9S"), "grpc-timeout", "0n"), GET),
        ok());
    call(
        "an unknown consistency",
        GET,
        invalid("longrunning-consistency: got eventual"),
        "longrunning-consistency",
        "eventual");
    call("expect", GET, ok(), "expect", "100-continue");
    call("another expectation", GET, ok(), "expect", "cake");
  }

  private void deadlines() {
    for (String timeout :
        List.of(
            "",
            "S",
            "1",
            "1s",
            "1 S",
            "+1S",
            "-1S",
            "1.5S",
            "123456789S",
            "0x1S",
            "\u0661S",
            "1SS",
            "99999999999999999999H")) {
      call(
          "the deadline '" + timeout + "'",
          GET,
          invalid("grpc-timeout: got"),
          "grpc-timeout",
          timeout);
    }
    for (String timeout : List.of("99999999H", "99999999M", "00000001M", "99999999u")) {
      call("the deadline " + timeout, GET, ok(), "grpc-timeout", timeout);
    }
    call(
        "a deadline that is over",
        GET,
        new Status(200, Code.DEADLINE_EXCEEDED, "the call's deadline"),
        "grpc-timeout",
        "0n");
    frames(
        "a deadline that ends before the body comes",
        headers(1, false, head("grpc-timeout", "50m")),
        new Status(200, Code.DEADLINE_EXCEEDED, "the call's deadline"));
    frames(
        "a deadline that ends within the body",
        join(headers(1, false, head("grpc-timeout", "50m")), data(1, false, Arrays.copyOf(GET, 9))),
        new Status(200, Code.DEADLINE_EXCEEDED, "the call's deadline"));
  }

  private void malformedHeaders() {
    var broken = new ResetOrClosed();
    call("an upper-case name", GET, broken, "X-Upper", "a");
    for (String name :
        List.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade")) {
      call("the header " + name, GET, broken, name, "close");
    }
    call("a te that is not trailers", GET, broken, "te", "gzip");
    call("an unknown pseudo header", GET, broken, ":unknown", "a");
    call("a pseudo header of answers", GET, broken, ":status", "200");
    call("no path", GET, broken, ":path", null);
    call("an empty path", GET, broken, ":path", "");
    call("no scheme", GET, broken, ":scheme", null);
    call("no verb", GET, broken, ":method", null);
    call("a CONNECT with a path", GET, broken, ":method", "CONNECT");
    call("a line break in a value", GET, broken, "x-break", "a\r\nx: b");
    call("a NUL in a value", GET, broken, "x-nul", "a\0b");
    call("an empty name", GET, broken, "", "a");
    frames(
        "a pseudo header after others",
        request(pairs(new String[] {"te", "trailers"}, head()), GET),
        broken);
    frames(
        "a pseudo header twice",
        request(pairs(new String[] {":method", "GET"}, head()), GET),
        broken);
    call("a content length that is too small", GET, broken, "content-length", "3");
    call("a content length that is too large", GET, broken, "content-length", "300");
    call("a content length that is none", GET, broken, "content-length", "-1");
  }

  private void streams() {
    var begun = headers(1, false, head());
    frames(
        "trailers of the caller",
        join(begun, data(1, false, GET), headers(1, true, "x-last", "1")),
        ok());
    frames(
        "trailers that do not end",
        join(begun, data(1, false, GET), headers(1, false, "x-last", "1")),
        new Reset(List.of(PROTOCOL_ERROR)));
    frames("a message byte by byte", join(begun, bytewise(GET)), ok());
    frames(
        "empty DATA in between",
        join(begun, data(1, false), data(1, false, GET), data(1, true)),
        ok());
    frames(
        "padded DATA",
        join(begun, raw(DATA, PADDED | END_STREAM, 1, join(new byte[] {7}, GET, new byte[7]))),
        ok());
    frames(
        "DATA after the end",
        join(begun, data(1, true, GET), data(1, true, GET)),
        new ResetOrClosed());
    frames(
        "HEADERS after the end",
        join(begun, data(1, true, GET), headers(1, true, head())),
        new ResetOrClosed());
    frames("a reset, and another stream", join(begun, reset(1, 8)), new Reset(List.of()));
    frames(
        "a window update of 0",
        join(begun, windowUpdate(1, 0)),
        new Reset(List.of(PROTOCOL_ERROR)));
    frames(
        "a window past 2 GiB",
        join(begun, windowUpdate(1, 0x7FFFFFFF)),
        new Reset(List.of(FLOW_CONTROL_ERROR)));
    frames(
        "a priority on itself",
        raw(PRIORITY, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0),
        new ResetOrClosed());
  }

  private void connections() {
    var protocol = new Closed(List.of(PROTOCOL_ERROR));
    var size = new Closed(List.of(FRAME_SIZE_ERROR));
    frames("a connection window update of 0", windowUpdate(0, 0), protocol);
    frames(
        "a connection window past 2 GiB",
        windowUpdate(0, 0x7FFFFFFF),
        new Closed(List.of(FLOW_CONTROL_ERROR)));
    frames("an even stream", headers(2, true, head()), protocol);
    frames("HEADERS on stream 0", headers(0, true, head()), protocol);
    frames("DATA on stream 0", data(0, true, GET), protocol);
    frames(
        "DATA on a stream that never was",
        data(1, true, GET),
        new Closed(List.of(PROTOCOL_ERROR, STREAM_CLOSED)));
    frames("a reset of a stream that never was", reset(1, 8), protocol);
    frames("a reset of stream 0", reset(0, 8), protocol);
    frames("a frame that is too large", raw(DATA, 0, 1, new byte[16_385]), size);
    frames(
        "padding that is longer than its frame",
        join(headers(1, false, head()), raw(DATA, PADDED, 1, (byte) 200, (byte) 1)),
        protocol);
    frames(
        "an unknown frame",
        join(raw(0x77, 0x55, 0, new byte[9]), headers(1, false, head()), data(1, true, GET)),
        ok());
    frames("a push promise", raw(PUSH_PROMISE, END_HEADERS, 1, new byte[4]), protocol);
    frames(
        "a header block that cannot be read",
        raw(HEADERS, END_HEADERS | END_STREAM, 1, filled(9, 0xFF)),
        new Closed(List.of(COMPRESSION_ERROR)));
    frames("settings on a stream", raw(SETTINGS, 0, 1), protocol);
    frames("settings of 5 bytes", raw(SETTINGS, 0, 0, new byte[5]), size);
    frames("an acknowledgement with settings", raw(SETTINGS, ACK, 0, new byte[6]), size);
    frames("settings that push", settings(ENABLE_PUSH, 5), protocol);
    frames(
        "a window of more than 2 GiB in settings",
        settings(INITIAL_WINDOW_SIZE, 0x80000000),
        new Closed(List.of(FLOW_CONTROL_ERROR, PROTOCOL_ERROR)));
    frames(
        "frames of 1 byte in settings",
        settings(MAX_FRAME_SIZE, 1),
        new Closed(List.of(PROTOCOL_ERROR, FRAME_SIZE_ERROR)));
    frames("a ping of 7 bytes", raw(PING, 0, 0, new byte[7]), size);
    frames("a ping on a stream", raw(PING, 0, 1, new byte[8]), protocol);
    frames(
        "a reset of 3 bytes",
        join(headers(1, false, head()), raw(RST_STREAM, 0, 1, new byte[3])),
        size);
    frames("a window update of 3 bytes", raw(8, 0, 0, new byte[3]), size);
    frames("a GOAWAY on a stream", raw(GOAWAY, 0, 1, new byte[8]), protocol);
    frames("CONTINUATION of nothing", raw(CONTINUATION, END_HEADERS, 1, new byte[1]), protocol);
    frames(
        "a ping within a header block",
        join(raw(HEADERS, 0, 1, literals(head())), ping(1)),
        protocol);
    frames(
        "CONTINUATION of another stream",
        join(raw(HEADERS, 0, 1, literals(head())), raw(CONTINUATION, END_HEADERS, 3)),
        protocol);
    frames(
        "a stream number that goes back",
        join(headers(5, true, head()), headers(1, true, head())),
        new Reset(List.of(STREAM_CLOSED)));
    frames(
        "no HTTP/2 after the preface",
        "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        new Closed(List.of(PROTOCOL_ERROR, FRAME_SIZE_ERROR, NO_ERROR)));
  }

  private static Status ok() {
    return new Status(200, Code.OK, "");
  }

  private static Status invalid(String message) {
    return new Status(200, Code.INVALID_ARGUMENT, message);
  }

  private static Status exhausted(String message) {
    return new Status(200, Code.RESOURCE_EXHAUSTED, message);
  }

  private static Status unimplemented(String message) {
    return new Status(200, Code.UNIMPLEMENTED, message);
  }

  /** A unary request with this body, and headers as changed: null takes one away. */
  private void call(String name, byte[] body, Expected expected, String... changes) {
    frames(name, request(head(changes), body), expected);
  }

  private void frames(String name, byte[] sent, Expected expected) {
    cases.add(new Case(name, Buffer.buffer(sent), expected));
  }

  /** The headers of a request, as pairs. */
  static String[] head(String... changes) {
    var head = new LinkedHashMap<String, String>();
    head.put(":method", "POST");
    head.put(":scheme", "http");
    head.put(":path", PATH);
    head.put(":authority", "localhost");
    head.put("content-type", "application/grpc");
    head.put("te", "trailers");
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) {
        head.remove(changes[i]);
      } else {
        head.put(changes[i], changes[i + 1]);
      }
    }
    var pairs = new ArrayList<String>();
    head.forEach(
        (name, value) -> {
          pairs.add(name);
          pairs.add(value);
        });
    return pairs.toArray(String[]::new);
  }

  private static String[] pairs(String[] first, String... more) {
    var pairs = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, pairs, first.length, more.length);
    return pairs;
  }

  private static byte[] request(String[] head, byte[] body) {
    return join(headers(1, false, head), data(1, true, body));
  }

  /** A length-prefixed message. */
  static byte[] message(int flags, byte... content) {
    return join(prefix(flags, content.length), content);
  }

  private static byte[] prefix(int flags, int length) {
    return ByteBuffer.allocate(5).put((byte) flags).putInt(length).array();
  }

  static byte[] get(String name) {
    return GetOperationRequest.newBuilder().setName(name).build().toByteArray();
  }

  private static byte[] gzip(byte[] content) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /** With the first byte of its checksum another one. */
  private static byte[] flipped(byte[] gzip) {
    gzip[gzip.length - 8] ^= 1;
    return gzip;
  }

  private static byte[] filled(int length, int octet) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) octet);
    return bytes;
  }

  private static byte[] bytewise(byte[] body) {
    var frames = new ByteArrayOutputStream();
    for (int i = 0; i < body.length; i++) {
      frames.writeBytes(data(1, i == body.length - 1, body[i]));
    }
    return frames.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
