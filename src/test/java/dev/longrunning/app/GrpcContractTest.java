package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.app.TestServer.Answer;
import dev.longrunning.rpc.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Frames are made by hand here, so that wrong ones can be sent. */
final class GrpcContractTest extends TransportContract {
  private static final String GET_PATH = "/google.longrunning.Operations/GetOperation";

  @Override
  Outcome call(String method, Message request, Message response, Map<String, String> head) {
    return outcome(
        post("/" + TestMethods.SERVICE + '/' + method, frame(0, request.toByteArray()), head),
        response);
  }

  private Answer post(String path, Buffer body, Map<String, String> head) {
    return post(server.http2, path, body, head);
  }

  private Answer post(HttpClient client, String path, Buffer body, Map<String, String> head) {
    var headers = new HashMap<>(Map.of("content-type", "application/grpc", "te", "trailers"));
    headers.putAll(head);
    return server.send(client, "POST", path, headers, body);
  }

  private static Buffer frame(int flags, byte[] content) {
    return Buffer.buffer().appendByte((byte) flags).appendInt(content.length).appendBytes(content);
  }

  private static Outcome outcome(Answer answer, Message response) {
    String code = answer.head().getHeader("grpc-status");
    boolean bare = code != null;
    String shown = bare ? code : answer.trailer("grpc-status");
    var poll = answer.head().getHeader("longrunning-poll-after-ms");
    long pollMillis = poll == null ? 0 : Long.parseLong(poll);
    try {
      if (shown.equals("0")) {
        assertThat(answer.body().getByte(0)).isZero();
        assertThat(answer.body().getInt(1)).isEqualTo(answer.body().length() - 5);
        var bytes = answer.body().getBytes(5, answer.body().length());
        return new Outcome(
            Status.getDefaultInstance(), response.getParserForType().parseFrom(bytes), pollMillis);
      }
      var details = Base64.getDecoder().decode(answer.header("grpc-status-details-bin"));
      assertThat(answer.header("grpc-status-details-bin")).doesNotContain("=");
      var status = Status.parseFrom(details);
      int headerBytes = 0;
      for (var header : answer.head().headers()) {
        headerBytes += header.getKey().length() + header.getValue().length() + 32;
      }
      assertThat(headerBytes).isLessThan(8_192);
      assertThat(status.getCode()).isEqualTo(Integer.parseInt(shown));
      assertThat(answer.status()).isEqualTo(200);
      return new Outcome(status, Status.getDefaultInstance(), pollMillis);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private Outcome raw(Buffer body, Map<String, String> head) {
    return outcome(post(GET_PATH, body, head), Operation.getDefaultInstance());
  }

  @Override
  Map<String, String> waiting(long millis) {
    return Map.of("grpc-timeout", millis + "m");
  }

  @Override
  Outcome unknown() {
    var outcome =
        outcome(
            post("/acme.Nothing/Here", Buffer.buffer(), Map.of()), Operation.getDefaultInstance());
    assertThat(outcome.code()).isEqualTo(Code.UNIMPLEMENTED);
    return outcome;
  }

  @Override
  List<Outcome> malformed() {
    var whole = frame(0, GET.toByteArray());
    var outcomes = new ArrayList<Outcome>();
    outcomes.add(raw(Buffer.buffer(), Map.of()));
    outcomes.add(raw(Buffer.buffer("abc"), Map.of()));
    outcomes.add(raw(whole.getBuffer(0, whole.length() - 1), Map.of()));
    outcomes.add(raw(whole.copy().appendByte((byte) 0), Map.of()));
    outcomes.add(raw(whole.copy().appendBuffer(whole), Map.of()));
    outcomes.add(raw(frame(2, GET.toByteArray()), Map.of()));
    outcomes.add(raw(frame(1, GET.toByteArray()), Map.of()));
    outcomes.add(raw(frame(1, GET.toByteArray()), Map.of("grpc-encoding", "gzip")));
    outcomes.add(raw(frame(0, new byte[] {(byte) 0xff, (byte) 0xff}), Map.of()));
    outcomes.add(raw(frame(0, new byte[] {10, 1, (byte) 0xff}), Map.of()));
    outcomes.add(raw(whole, Map.of("grpc-timeout", "5")));
    outcomes.add(raw(whole, Map.of("grpc-timeout", "123456789S")));
    outcomes.add(raw(whole, Map.of("grpc-timeout", "-1S")));
    return outcomes;
  }

  @Override
  void giveUp() {
    var request =
        TestServer.await(server.http2.request(HttpMethod.POST, server.port, "127.0.0.1", GET_PATH));
    request.putHeader("content-type", "application/grpc");
    request.exceptionHandler(reset -> {});
    request.end(frame(0, GET.toByteArray()));
    var seen = TestServer.take(server.methods.seen);
    request.reset(8);
    server.methods.seen.add(seen);
  }

  static byte[] gzip(byte[] content) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void a_gzipped_request_is_read() {
    var outcome = raw(frame(1, gzip(GET.toByteArray())), Map.of("grpc-encoding", "gzip"));

    assertThat(outcome.code()).isEqualTo(Code.OK);
    assertThat(TestServer.take(server.methods.seen).request()).isEqualTo(GET);
  }

  @Test
  void an_encoding_that_is_not_known_is_answered_with_those_that_are() {
    var answer = post(GET_PATH, frame(1, new byte[3]), Map.of("grpc-encoding", "br"));

    assertThat(answer.header("grpc-status")).isEqualTo("12");
    assertThat(answer.header("grpc-accept-encoding")).isEqualTo("gzip");
  }

  @Test
  void a_message_is_bounded_as_sent_and_as_decompressed() {
    int max = 4_194_304;
    var atBound = raw(frame(0, unknownField(max)), Map.of());
    var past = raw(frame(0, unknownField(max + 1)), Map.of());
    var bomb = raw(frame(1, gzip(new byte[50_000_000])), Map.of("grpc-encoding", "gzip"));

    assertThat(atBound.code()).isEqualTo(Code.OK);
    assertThat(past.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(bomb.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
  }

  /** A message of that many bytes: one length-delimited field of a number that no message has. */
  private static byte[] unknownField(int size) {
    var bytes = Buffer.buffer(size).appendByte((byte) 0x7a);
    for (int left = size - 5; ; left >>>= 7) {
      bytes.appendByte((byte) (left > 127 ? (left & 127) | 128 : left));
      if (left <= 127) {
        break;
      }
    }
    return bytes.appendBytes(new byte[size - bytes.length()]).getBytes();
  }

  @Test
  void what_is_not_grpc_says_so_in_http_too() {
    var json = post(GET_PATH, Buffer.buffer(), Map.of("content-type", "application/grpc+json"));
    var http1 = post(server.http1, GET_PATH, Buffer.buffer(), Map.of());
    var get =
        server.send(
            server.http2,
            "GET",
            GET_PATH,
            Map.of("content-type", "application/grpc"),
            Buffer.buffer());

    assertThat(List.of(json.status(), http1.status(), get.status())).containsExactly(415, 505, 405);
    assertThat(List.of(json, http1, get))
        .allSatisfy(answer -> assertThat(answer.header("grpc-status")).isEqualTo("12"));
  }

  @Test
  void grpc_web_has_its_status_in_the_body_on_either_http() {
    server.methods.answer(Reply.of(Operation.newBuilder().setName("operations/a").build()));
    var frame = frame(0, GET.toByteArray());
    var trailer = "grpc-status: 0\r\n";
    var expected =
        frame(0, Operation.newBuilder().setName("operations/a").build().toByteArray())
            .appendBuffer(frame(0x80, trailer.getBytes(java.nio.charset.StandardCharsets.UTF_8)));

    for (var client : List.of(server.http1, server.http2)) {
      var web = post(client, GET_PATH, frame, Map.of("content-type", "application/grpc-web+proto"));
      var text =
          post(
              client,
              GET_PATH,
              Buffer.buffer(Base64.getEncoder().encode(frame.getBytes())),
              Map.of("content-type", "application/grpc-web-text"));

      assertThat(web.body()).isEqualTo(expected);
      assertThat(Base64.getDecoder().decode(text.body().getBytes())).isEqualTo(expected.getBytes());
    }
  }

  @Test
  void a_page_of_somebody_else_is_denied() {
    var outcome = raw(frame(0, GET.toByteArray()), Map.of("origin", "https://evil.example"));

    assertThat(outcome.code()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(server.methods.seen).isEmpty();
  }

  @Test
  void unfinished_requests_are_bounded_together_again_and_again() {
    for (int round = 0; round < 2; round++) {
      var unfinished = Stream.generate(this::unfinished).limit(16).toList();

      var refused = raw(frame(0, GET.toByteArray()), Map.of());
      unfinished.forEach(request -> TestServer.await(request.reset(8)));
      var taken = raw(frame(0, unknownField(4_194_304)), Map.of());

      assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(taken.code()).isEqualTo(Code.OK);
    }
  }

  /** A request of the largest size that lacks its end. */
  private HttpClientRequest unfinished() {
    var request =
        TestServer.await(server.http2.request(HttpMethod.POST, server.port, "127.0.0.1", GET_PATH));
    request.setChunked(true).putHeader("content-type", "application/grpc");
    request.exceptionHandler(reset -> {});
    TestServer.await(request.write(Buffer.buffer(new byte[4_194_304])));
    return request;
  }
}
