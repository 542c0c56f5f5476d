package dev.longrunning.app;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What may come in on a connection that should speak HTTP/1.1, and what is answered. */
final class HttpBattery {
  static final String HOST = "Host: localhost\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String CHUNKED = JSON + "Transfer-Encoding: chunked\r\n";
  private static final String A = "/v1/" + GrpcBattery.NAME;
  private static final String WAIT = A + ":wait";

  private final List<Case> cases = new ArrayList<>();

  /**
   * One row.
   *
   * @param answers in their order
   * @param kept whether the connection goes on; otherwise the server closes it
   */
  record Case(String name, Buffer sent, List<Expected> answers, boolean kept) {}

  /**
   * One answer.
   *
   * @param part of the error's message, or of the body if there is no error
   * @param head whether the body is left out
   */
  record Expected(int status, String part, Map<String, String> headers, boolean head) {}

  static List<Case> cases() {
    var battery = new HttpBattery();
    battery.requests();
    battery.paths();
    battery.queries();
    battery.hosts();
    battery.heads();
    battery.versions();
    battery.upgrades();
    battery.bodies();
    battery.lengths();
    battery.json();
    battery.web();
    return battery.cases;
  }

  private void requests() {
    kept("a GET", get(A), ok());
    kept("two in a row", get(A) + get(A), ok(), ok());
    kept(
        "100 in a row",
        get(A).repeat(100),
        Collections.nCopies(100, ok()).toArray(Expected[]::new));
    kept(
        "a bad one between two",
        get(A) + get("/v1/operations/%zz") + get(A),
        ok(),
        error(400, "path: got %zz"),
        ok());
    kept(
        "one with a body that nobody takes between two",
        get(A) + post("/nothing", JSON, "{}") + get(A),
        ok(),
        error(404, "path: nothing answers"),
        ok());
    closed(
        "a malformed one after a good one",
        get(A) + "nonsense\r\n\r\n",
        ok(),
        error(400, "request: got what is not HTTP"));
    closed(
        "a good one after a malformed one",
        "nonsense\r\n\r\n" + get(A),
        error(400, "request: got what is not HTTP"));
    closed("the last of a connection", request("GET", A, "Connection: close\r\n", ""), ok());
    kept("empty lines before one", "\r\n\r\n" + get(A), ok());
    kept("a HEAD", request("HEAD", A, "", ""), head(200));
    kept("a HEAD of an unknown path", request("HEAD", "/nothing", "", ""), head(404));
    kept(
        "OPTIONS", request("OPTIONS", A, "", ""), bare(204, "allow", "DELETE, GET, HEAD, OPTIONS"));
    kept(
        "OPTIONS of an unknown path",
        request("OPTIONS", "/nothing", "", ""),
        error(404, "path: nothing answers at /nothing"));
    kept("OPTIONS of the server", request("OPTIONS", "*", "", ""), bare(204, "content-type", ""));
    kept("a GET of the server", get("*"), error(400, "path: got *"));
    for (String verb : List.of("PUT", "PATCH", "TRACE", "get", "PROPFIND", "X")) {
      kept(
          "the verb " + verb,
          request(verb, A, "", ""),
          error(405, "method: allowed here: DELETE, GET"));
    }
    kept(
        "a verb of 5,000 letters",
        request("A".repeat(5_000), A, "", ""),
        error(405, "method: allowed here"));
    closed(
        "a verb of 9,000 letters",
        request("A".repeat(9_000), A, "", ""),
        error(414, "path: got a longer request line"));
    closed(
        "a verb that is no word",
        request("G(T", A, "", ""),
        error(400, "request: got what is not HTTP"));
    kept(
        "CONNECT",
        request("CONNECT", "localhost:80", "", ""),
        error(400, "path: got localhost:80"));
    kept(
        "a verb that POST stands for",
        request("POST", A, "X-HTTP-Method-Override: GET\r\n", ""),
        ok());
    kept(
        "a verb that POST does not stand for",
        request("POST", A, "X-HTTP-Method-Override: TRACE\r\n", ""),
        error(400, "x-http-method-override: got TRACE"));
    kept(
        "a body where none belongs",
        request("GET", A, "Content-Length: 2\r\n", "{}"),
        error(400, "body: got 2 characters, allowed none"));
    kept(
        "a timeout that is none",
        request("GET", A, "X-Server-Timeout: soon\r\n", ""),
        error(400, "x-server-timeout: got soon"));
    kept(
        "a timeout that is over",
        request("GET", A, "X-Server-Timeout: 0\r\n", ""),
        error(504, "the call's deadline is over"));
  }

  private void paths() {
    for (String path :
        List.of(
            "/v1/../operations/a",
            "/v1/./operations/a",
            "//v1/operations/a",
            "/v1//operations/a",
            "/v1/operations/",
            "/v1/%2e%2e/operations/a",
            "/v1/operations/%2E")) {
      kept("the path " + path, get(path), error(400, "segments that are not empty, '.' or '..'"));
    }
    for (String path :
        List.of(
            "/v1/operations/%", "/v1/operations/%4", "/v1/operations/%zz", "/v1/operations/%%41")) {
      kept("the path " + path, get(path), error(400, "% followed by two hexadecimal digits"));
    }
    for (String path :
        List.of(
            "/v1/operations/%ff",
            "/v1/operations/%c0%af", "/v1/operations/%ed%a0%80", "/v1/operations/%f5%80%80%80")) {
      kept("the path " + path, get(path), error(400, "percent-encoded UTF-8"));
    }
    for (String path :
        List.of("/v1/operations/%00", "/v1/operations/%0d%0a", "/v1/operations/%7f")) {
      kept("the path " + path, get(path), error(400, "no control characters"));
    }
    for (String octet : List.of("\0", "\u0001", "\u007f", "\u00e4", "\u00ff")) {
      kept(
          "a raw octet " + (int) octet.charAt(0) + " in the path",
          get("/v1/operations/" + octet),
          error(400, "printable ASCII"));
    }
    closed(
        "a space in the path",
        get("/v1/operations/a b"),
        error(400, "request: got what is not HTTP"));
    kept("a path whose verb is empty", get(A + ":"), error(400, "a verb after the last ':'"));
    kept(
        "a path with an unknown verb",
        request("POST", A + ":nothing", "", ""),
        error(404, "path: nothing answers at"));
    kept(
        "a path of 4,096 characters",
        get("/" + "a".repeat(4_095)),
        error(404, "path: nothing answers at"));
    kept(
        "a path of 4,097 characters",
        get("/" + "a".repeat(4_096)),
        error(400, "at most 4096 characters"));
    closed(
        "a path of 9,000 characters",
        get("/" + "a".repeat(9_000)),
        error(414, "path: got a longer request line"));
    kept("a slash that is encoded", get("/v1/operations%2Fbattery"), ok());
    kept("a letter that is encoded", get("/v1/operations/%62attery"), ok());
    kept("a fragment", get(A + "#part"), error(400, "path: got battery#part"));
  }

  private void queries() {
    kept(
        "an unknown parameter",
        get(A + "?nothing=1"),
        error(400, "nothing: got an unknown query parameter"));
    kept(
        "a parameter twice",
        get("/v1/operations?pageSize=1&pageSize=2"),
        error(400, "pageSize: got it more than once"));
    kept(
        "a parameter that the path has",
        get(A + "?name=b"),
        error(400, "name: got it in the query"));
    kept(
        "101 parameters",
        get(A + "?" + "a=1&".repeat(101)),
        error(400, "query: got more parameters, allowed at most 100"));
    kept(
        "a parameter that is no number",
        get("/v1/operations?pageSize=x"),
        error(400, "pageSize: got x"));
    kept(
        "a number of 4,000 digits",
        get("/v1/operations?pageSize=" + "9".repeat(4_000)),
        error(400, "pageSize: got 9999"));
    kept(
        "a parameter with a bad escape",
        get("/v1/operations?pageToken=%z"),
        error(400, "pageToken: got %z"));
    kept(
        "a parameter that is no UTF-8",
        get("/v1/operations?pageToken=%ff"),
        error(400, "pageToken: got %ff"));
    kept(
        "a token in the query",
        get(A + "?access_token=s3cret"),
        error(400, "access_token: got a token in the URL"));
    kept("empty parameters", get(A + "?&&&"), ok());
  }

  private void hosts() {
    String line = "GET " + A + " HTTP/1.1\r\n";
    kept("no host", line + "\r\n", error(400, "host: got none, allowed one"));
    kept(
        "the host twice",
        line + HOST + HOST + "\r\n",
        error(400, "host: got several, allowed one"));
    kept(
        "two hosts",
        line + HOST + "Host: evil.example\r\n\r\n",
        error(400, "host: got several, allowed one"));
    kept("an empty host", line + "Host:\r\n\r\n", error(403, "host: got ''"));
    kept("another host", line + "Host: evil.example\r\n\r\n", error(403, "host: got evil.example"));
    kept(
        "two hosts in one",
        line + "Host: localhost, evil.example\r\n\r\n",
        error(403, "host: got none"));
    kept(
        "a host with a user",
        line + "Host: localhost@evil.example\r\n\r\n",
        error(403, "host: got none"));
    kept("a path with scheme and host", get("http://localhost" + A), ok());
    kept(
        "a path with another host",
        get("http://evil.example" + A),
        error(400, "host: got another one than in the path"));
    kept(
        "a page of somebody else",
        request("GET", A, "Origin: https://evil.example\r\n", ""),
        error(403, "origin: got https://evil"));
    kept(
        "a page without a name",
        request("GET", A, "Origin: null\r\n", ""),
        error(403, "origin: got null"));
  }

  private void heads() {
    kept(
        "15 KiB of headers",
        request("GET", A, "X-Large: " + "a".repeat(15_000) + "\r\n", ""),
        ok());
    closed(
        "17 KiB of headers",
        request("GET", A, "X-Large: " + "a".repeat(17_000) + "\r\n", ""),
        error(431, "headers: got more"));
    closed(
        "700 headers",
        request("GET", A, "X-Many: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(700), ""),
        error(431, "headers: got more"));
    kept("a header on two lines", request("GET", A, "X-Folded: a\r\n b\r\n", ""), ok());
    kept("a header without a name", request("GET", A, ": b\r\n", ""), ok());
    for (String header :
        List.of("X-A : b", "nonsense", "X-A: \u0001", "X-A: a\0b", "X A: b", "X-\u00e4: b")) {
      closed(
          "the header " + header.replace('\0', '0'),
          request("GET", A, header + "\r\n", ""),
          error(400, "request: got what is not HTTP"));
    }
    closed(
        "lines that end in LF alone",
        "GET " + A + " HTTP/1.1\nHost: localhost\n\n",
        error(400, "request: got what is not HTTP"));
    kept(
        "an unknown expectation",
        request("POST", WAIT, JSON + "Expect: cake\r\nContent-Length: 2\r\n", "{}"),
        error(417, "expect: got cake, allowed 100-continue"));
    kept(
        "an unknown consistency",
        request("GET", A, "Longrunning-Consistency: eventual\r\n", ""),
        error(400, "longrunning-consistency: got eventual"));
  }

  private void versions() {
    closed("HTTP/1.0", "GET " + A + " HTTP/1.0\r\n" + HOST + "\r\n", ok());
    closed(
        "HTTP/1.0 without a host", "GET " + A + " HTTP/1.0\r\n\r\n", error(403, "host: got none"));
    closed("HTTP/0.9", "GET " + A + "\r\n\r\n", error(400, "request: got what is not HTTP"));
    for (String version : List.of("HTTP/3.0", "HTTP/2.0", "HTTP/1.2", "ICY/1.0")) {
      closed(
          "the version " + version,
          "GET " + A + ' ' + version + "\r\n" + HOST + "\r\n",
          error(505, "version: allowed HTTP/1.0, HTTP/1.1 and HTTP/2"));
    }
    for (String version : List.of("HTTP/11", "HTTP/1.1x", "http", "HTTP/x.y")) {
      closed(
          "the version " + version,
          "GET " + A + ' ' + version + "\r\n" + HOST + "\r\n",
          error(400, "request: got what is not HTTP"));
    }
    closed(
        "TLS",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"
            + "a".repeat(60)
            + "\r\n\r\n",
        error(400, "request: got what is not HTTP"));
  }

  private void upgrades() {
    String socket =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    kept("an upgrade to WebSocket", request("GET", A, socket, ""), ok());
    kept(
        "an upgrade to something else",
        request("GET", A, "Connection: Upgrade\r\nUpgrade: cake\r\n", ""),
        ok());
  }

  private void bodies() {
    kept("an empty body", request("POST", WAIT, "", ""), ok());
    kept("a body", post(WAIT, JSON, "{}"), ok());
    kept("a body without a type", post(WAIT, "", "{}"), ok());
    kept(
        "a body in two chunks",
        request("POST", WAIT, CHUNKED, "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"),
        ok());
    kept(
        "chunks with extensions",
        request("POST", WAIT, CHUNKED, "2;a=b;c\r\n{}\r\n0;d\r\n\r\n"),
        ok());
    kept(
        "chunks with trailers",
        request("POST", WAIT, CHUNKED, "2\r\n{}\r\n0\r\nX-Last: 1\r\nX-Very-Last: 2\r\n\r\n"),
        ok());
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin1",
            "application/jsonp",
            "")) {
      kept(
          "a body of type '" + type + "'",
          post(WAIT, "Content-Type: " + type + "\r\n", "{}"),
          error(415, "content-type: got"));
    }
    kept(
        "a body that is compressed",
        post(WAIT, JSON + "Content-Encoding: gzip\r\n", "{}"),
        error(415, "content-encoding: got gzip"));
    kept(
        "chunks that are compressed",
        request(
            "POST", WAIT, JSON + "Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
        error(501, "transfer-encoding: allowed chunked"));
    kept(
        "a body of 10 MB",
        post(WAIT, JSON, "{\"name\":\"" + "a".repeat(10_000_000) + "\"}"),
        error(413, "body: got more, allowed at most 4194304 bytes"));
    kept(
        "10 MB in chunks",
        request(
            "POST",
            WAIT,
            CHUNKED,
            ("10000\r\n" + "a".repeat(65_536) + "\r\n").repeat(160) + "0\r\n\r\n"),
        error(413, "body: got more"));
    kept(
        "a body of a DELETE",
        request("DELETE", A, JSON + "Content-Length: 1\r\n", "x"),
        error(400, "body: got 1 characters, allowed none"));
  }

  private void lengths() {
    for (String length :
        List.of(
            "-2",
            "+2",
            "2x",
            "0x2",
            "2, 2",
            "2\r\nContent-Length: 2",
            "2\r\nContent-Length: 3",
            "9".repeat(30),
            "2\r\nTransfer-Encoding: chunked")) {
      closed(
          "the length " + length.replace("\r\n", ", "),
          request("POST", WAIT, JSON + "Content-Length: " + length + "\r\n", "{}"),
          error(400, "request: got what is not HTTP"));
    }
    for (String coding :
        List.of(
            "gzip",
            "xchunked",
            "chunked, gzip",
            "identity",
            "chunked\r\nTransfer-Encoding: chunked")) {
      closed(
          "the coding " + coding.replace("\r\n", ", "),
          request(
              "POST", WAIT, JSON + "Transfer-Encoding: " + coding + "\r\n", "2\r\n{}\r\n0\r\n\r\n"),
          error(400, "request: got what is not HTTP"));
    }
    closed(
        "chunks in HTTP/1.0",
        "POST " + WAIT + " HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n2\r\n{}\r\n0\r\n\r\n",
        error(400, "request: got what is not HTTP"));
    for (String chunk :
        List.of(
            "zz\r\n{}\r\n",
            "-2\r\n{}\r\n",
            "\r\n{}\r\n",
            "ffffffffffffffffffff\r\n{}\r\n",
            "2\r\n{}x\r\n",
            "2\n{}\n",
            "2;" + "a".repeat(20_000) + "\r\n{}\r\n")) {
      closed(
          "a chunk that is none: "
              + chunk.substring(0, Math.min(9, chunk.length())).replaceAll("[\r\n]", "."),
          request("POST", WAIT, CHUNKED, chunk),
          error(400, "body: got what is not HTTP, allowed chunks"));
    }
    closed(
        "trailers that are none",
        request("POST", WAIT, CHUNKED, "2\r\n{}\r\n0\r\nnonsense\r\n\r\n"),
        error(400, "body: got what is not HTTP"));
    closed(
        "20 KiB of trailers",
        request("POST", WAIT, CHUNKED, "2\r\n{}\r\n0\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"),
        error(400, "body: got what is not HTTP"));
  }

  private void json() {
    for (String body :
        List.of(
            "{'name':'a'}",
            "{name:\"a\"}",
            "{/**/}",
            "{} x",
            "{}{}",
            "{\"name\":\"a\",}",
            "{\"timeout\":NaN}",
            "{\"timeout\":Infinity}",
            "{\"timeout\":01}",
            "{\"timeout\":+1}",
            "{\"timeout\":.5}",
            "{\"name\":\"a",
            "[]",
            "null",
            "1",
            "\"a\"",
            "{\"name\":\"\t\"}",
            "{\"name\":\"\\x\"}",
            "\u00ef\u00bb\u00bf{}",
            "# comment\n{}")) {
      kept(
          "the body " + body.replaceAll("\\p{Cntrl}", "."),
          post(WAIT, JSON, body),
          error(400, "allowed one JSON object"));
    }
    kept(
        "a name twice",
        post(WAIT, JSON, "{\"timeout\":\"1s\",\"timeout\":\"2s\"}"),
        error(400, "allowed each name once in an object"));
    kept(
        "both names of a field",
        post(A + ":update", JSON, "{\"update_mask\":\"labels\",\"updateMask\":\"progress\"}"),
        error(400, "fields that exclude each other"));
    kept(
        "half of a surrogate pair",
        post(WAIT, JSON, "{\"name\":\"\\ud800\"}"),
        error(400, "allowed one JSON object"));
    kept(
        "no UTF-8",
        post(WAIT, JSON, "{\"name\":\"\u00ff\"}"),
        error(400, "body: got 12 bytes that are not, allowed UTF-8"));
    kept(
        "UTF-16",
        post(WAIT, JSON, "\u00fe\u00ff\0{\0}"),
        error(400, "that are not, allowed UTF-8"));
    kept(
        "lists 10,000 deep",
        post(WAIT, JSON, "{\"name\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"),
        error(400, "at most 100 levels"));
    kept(
        "objects 10,000 deep",
        post(WAIT, JSON, "{\"name\":".repeat(10_000) + "1" + "}".repeat(10_000)),
        error(400, "at most 100 levels"));
    kept(
        "lists 99 deep",
        post(WAIT, JSON, "{\"name\":" + "[".repeat(99) + "]".repeat(99) + "}"),
        error(400, "name: got"));
    kept(
        "a number of 5,000 digits",
        post(WAIT, JSON, "{\"timeout\":" + "9".repeat(5_000) + "}"),
        error(400, "1000 characters a number"));
    kept(
        "4 million digits as text",
        post(A + ":update", JSON, "{\"version\":\"" + "9".repeat(4_000_000) + "\"}"),
        error(400, "version: got 9999"));
    kept(
        "a mask of 4 million characters",
        post(A + ":update", JSON, "{\"updateMask\":\"" + "a,".repeat(2_000_000) + "\"}"),
        error(400, "updateMask: got a,a"));
    kept(
        "1e999999999",
        post(WAIT, JSON, "{\"timeout\":1e999999999}"),
        error(400, "allowed one JSON object"));
    kept(
        "an unknown field",
        post(WAIT, JSON, "{\"nothing\":1}"),
        error(400, "nothing: got an unknown field"));
    kept(
        "a field of another kind",
        post(WAIT, JSON, "{\"timeout\":{}}"),
        error(400, "timeout: got"));
    kept("spaces around", post(WAIT, JSON, " \r\n\t{ } \r\n"), ok());
  }

  private void web() {
    String path = GrpcBattery.PATH;
    String frame = new String(GrpcBattery.GET, StandardCharsets.ISO_8859_1);
    String web = "Content-Type: application/grpc-web+proto\r\n";
    String text = "Content-Type: application/grpc-web-text\r\n";
    kept("gRPC-Web", post(path, web, frame), part(GrpcBattery.NAME));
    kept(
        "gRPC-Web in chunks",
        request(
            "POST",
            path,
            web + "Transfer-Encoding: chunked\r\n",
            "5\r\n" + frame.substring(0, 5) + "\r\n14\r\n" + frame.substring(5) + "\r\n0\r\n\r\n"),
        part(GrpcBattery.NAME));
    kept("gRPC-Web without a body", request("POST", path, web, ""), status(200, "3"));
    kept("gRPC-Web of an unknown method", post("/acme.Nothing/Get", web, frame), status(200, "12"));
    kept(
        "gRPC-Web with a truncated message",
        post(path, web, frame.substring(0, 20)),
        status(200, "3"));
    closed(
        "gRPC-Web with chunks that are none",
        request("POST", path, web + "Transfer-Encoding: chunked\r\n", "zz\r\n"),
        status(200, "3"));
    kept("gRPC-Web by GET", request("GET", path, web, ""), status(405, "12"));
    kept(
        "gRPC over HTTP/1.1",
        post(path, "Content-Type: application/grpc\r\n", frame),
        status(505, "12"));
    kept(
        "gRPC-Web in JSON",
        post(path, "Content-Type: application/grpc-web+json\r\n", "{}"),
        status(415, "12"));
    kept(
        "gRPC-Web with a deadline that is none",
        post(path, web + "grpc-timeout: soon\r\n", frame),
        status(200, "3"));
    kept("gRPC-Web text", post(path, text, base64(frame)), part(""));
    kept(
        "gRPC-Web text in two pieces",
        post(path, text, base64(frame.substring(0, 7)) + base64(frame.substring(7))),
        part(""));
    kept("gRPC-Web text byte by byte", post(path, text, bytewise(frame)), part(""));
    kept("gRPC-Web text that is no base64", post(path, text, "!!!!"), status(200, "3"));
    kept(
        "gRPC-Web text that is cut",
        post(path, text, base64(frame).substring(0, 33)),
        status(200, "3"));
    kept(
        "gRPC-Web text with a line break",
        post(path, text, base64(frame) + "\r\n"),
        status(200, "3"));
    String page = "Origin: " + TestServer.CONSOLE + "\r\n";
    String asks =
        "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type,x-grpc-web\r\n";
    kept(
        "a listed page that asks first",
        request("OPTIONS", path, page + asks, ""),
        bare(204, "access-control-allow-headers", "content-type,x-grpc-web"));
    kept(
        "a listed page that asks with a body",
        request("OPTIONS", path, page + asks + "Content-Length: 2\r\n", "{}"),
        bare(204, "access-control-allow-methods", "POST"));
    kept(
        "gRPC-Web of a listed page",
        post(path, web + page, frame),
        headed("access-control-expose-headers", "grpc-status-details-bin"));
    kept(
        "gRPC-Web of another page",
        post(path, web + "Origin: https://evil.example\r\n", frame),
        status(200, "7"));
    kept(
        "another page that asks first",
        request("OPTIONS", path, "Origin: https://evil.example\r\n" + asks, ""),
        error(403, "origin: got https://evil"));
  }

  private static String base64(String bytes) {
    return Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String bytewise(String bytes) {
    return bytes.chars().mapToObj(c -> base64("" + (char) c)).collect(Collectors.joining());
  }

  static String get(String path) {
    return request("GET", path, "", "");
  }

  private static String post(String path, String headers, String body) {
    return request("POST", path, headers + "Content-Length: " + body.length() + "\r\n", body);
  }

  static String request(String verb, String path, String headers, String body) {
    return verb + ' ' + path + " HTTP/1.1\r\n" + HOST + headers + "\r\n" + body;
  }

  static Expected ok() {
    return part(GrpcBattery.NAME);
  }

  static Expected part(String part) {
    return new Expected(200, part, Map.of(), false);
  }

  static Expected headed(String name, String value) {
    return new Expected(200, "", Map.of(name, value), false);
  }

  static Expected error(int status, String part) {
    return new Expected(status, part, Map.of("content-type", "application/json"), false);
  }

  static Expected head(int status) {
    return new Expected(status, "", Map.of("content-type", "application/json"), true);
  }

  static Expected bare(int status, String name, String value) {
    return new Expected(status, "", Map.of(name, value), false);
  }

  /** A status of gRPC-Web. */
  private static Expected status(int http, String grpc) {
    return new Expected(http, "", Map.of("grpc-status", grpc), false);
  }

  private void kept(String name, String sent, Expected... answers) {
    cases.add(new Case(name, bytes(sent), List.of(answers), true));
  }

  private void closed(String name, String sent, Expected... answers) {
    cases.add(new Case(name, bytes(sent), List.of(answers), false));
  }

  /** One byte a character. */
  static Buffer bytes(String text) {
    return Buffer.buffer(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
