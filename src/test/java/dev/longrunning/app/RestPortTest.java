package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.rpc.Status;
import dev.longrunning.app.TestServer.Answer;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only HTTP has: verbs, headers, bodies, and who may ask. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestPortTest {
  private static final String A = "/v1/operations/a";

  private final TestServer server = new TestServer();

  @BeforeEach
  void forget() {
    server.methods.seen.clear();
    server.methods.answer(
        Reply.of(
            Operation.newBuilder()
                .setName("operations/a")
                .setDone(true)
                .setError(Status.newBuilder().setCode(5))
                .build()));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Answer get(Map<String, String> headers) {
    return server.send(server.http1, "GET", A, headers, Buffer.buffer());
  }

  private static String status(Answer answer) {
    return new JsonObject(answer.body()).getJsonObject("error").getString("status");
  }

  @Test
  void an_error_has_the_body_of_aip_193() {
    server.methods.fail(Problem.notFound("operations/a"));

    var answer = server.get(A + "?prettyPrint=false");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body().toString())
        .isEqualTo(
            "{\"error\":{\"code\":404,\"message\":\"name: no such operation: operations/a\","
                + "\"status\":\"NOT_FOUND\",\"details\":["
                + "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
                + "\"reason\":\"OPERATION_NOT_FOUND\",\"domain\":\"longrunning.dev\","
                + "\"metadata\":{\"name\":\"operations/a\"}},"
                + "{\"@type\":\"type.googleapis.com/google.rpc.ResourceInfo\","
                + "\"resourceType\":\"google.longrunning.Operation\","
                + "\"resourceName\":\"operations/a\","
                + "\"description\":\"name: no such operation: operations/a\"}]}}\n");
  }

  @Test
  void a_known_path_with_another_verb_is_405_and_says_which_are_allowed() {
    var answer = server.rest("PATCH", A, "{}");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS");
    assertThat(status(answer)).isEqualTo("UNIMPLEMENTED");
    assertThat(server.rest("GET", A + ":cancel", "").header("allow")).isEqualTo("OPTIONS, POST");
    assertThat(server.rest("OPTIONS", A, "").status()).isEqualTo(204);
    assertThat(server.rest("OPTIONS", "/nothing", "").status()).isEqualTo(404);
  }

  @Test
  void a_post_may_stand_for_another_verb() {
    var headers = Map.of("x-http-method-override", "GET");

    var answer = server.send(server.http1, "POST", A, headers, Buffer.buffer());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(TestServer.take(server.methods.seen).request())
        .isInstanceOf(GetOperationRequest.class);
    var other = Map.of("x-http-method-override", "TRACE");
    assertThat(server.send(server.http1, "POST", A, other, Buffer.buffer()).status())
        .isEqualTo(400);
  }

  @Test
  void a_head_is_a_get_without_the_body() {
    var answer = server.rest("HEAD", A, "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().length()).isZero();
    assertThat(answer.header("content-length")).isEqualTo("" + server.get(A).body().length());
  }

  @Test
  void an_unchanged_state_is_304() {
    var body = Reply.of(Operation.getDefaultInstance()).body();
    server.methods.answer(new Reply(body, Optional.empty(), Optional.of("v7")));

    assertThat(get(Map.of()).header("etag")).isEqualTo("W/\"v7\"");
    for (String held : List.of("\"v7\"", "W/\"v7\"", "\"v6\", W/\"v7\"", "*")) {
      var answer = get(Map.of("if-none-match", held));
      assertThat(answer.status()).as(held).isEqualTo(304);
      assertThat(answer.body().length()).isZero();
    }
    assertThat(get(Map.of("if-none-match", "\"v8\"")).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "999, 1", "1000, 1", "1001, 2", "0, 1"})
  void the_poll_interval_is_in_whole_seconds_rounded_up(long millis, String header) {
    var body = Reply.of(Operation.getDefaultInstance()).body();
    server.methods.answer(
        new Reply(body, Optional.of(Duration.ofMillis(millis)), Optional.empty()));

    assertThat(get(Map.of()).header("retry-after")).isEqualTo(header);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$alt=json", "alt=json;enum-encoding=int", "%24alt=json%3Benum-encoding%3Dint",
        "$prettyPrint=false", "key=k&quotaUser=u&$userProject=p", "$.xgafv=2&uploadType=media",
        "upload_protocol=raw&fields=name"
      })
  void what_googles_clients_add_is_taken(String query) {
    assertThat(server.get(A + '?' + query).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access_token=s3cret", "oauth_token=s3cret", "$access_token=s3cret%", "callback=f",
        "alt=proto", "prettyPrint=maybe", "$nothing=1", "$httpMethod=DELETE"
      })
  void what_would_change_the_meaning_is_refused_and_no_token_repeated(String query) {
    var answer = server.get(A + '?' + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().toString()).doesNotContain("s3cret");
    assertThat(server.methods.seen).isEmpty();
  }

  @Test
  void an_answer_is_pretty_unless_told_otherwise() {
    assertThat(server.get(A).body().toString()).startsWith("{\n  \"name\": \"operations/a\"");
    assertThat(server.get(A + "?$prettyPrint=false").body().toString())
        .isEqualTo("{\"name\":\"operations/a\",\"done\":true,\"error\":{\"code\":5}}\n");
  }

  @Test
  void a_body_that_is_no_json_is_415() {
    var form = Map.of("content-type", "application/x-www-form-urlencoded");
    var latin = Map.of("content-type", "application/json; charset=iso-8859-1");
    var zipped = Map.of("content-type", "application/json", "content-encoding", "gzip");

    for (var headers : List.of(form, latin, zipped)) {
      var answer = server.send(server.http1, "POST", A + ":cancel", headers, Buffer.buffer("{}"));
      assertThat(answer.status()).isEqualTo(415);
      assertThat(status(answer)).isEqualTo("INVALID_ARGUMENT");
    }
    var utf8 = Map.of("content-type", "Application/JSON; charset=\"UTF-8\"");
    assertThat(server.send(server.http1, "POST", A + ":cancel", utf8, Buffer.buffer("{}")).status())
        .isEqualTo(200);
    assertThat(server.rest("POST", A + ":cancel", "").status()).isEqualTo(200);
  }

  @Test
  void a_body_is_bounded() {
    String longest = "{\"name\":\"" + "a".repeat(4_194_304 - 11) + "\"}";

    assertThat(server.rest("POST", A + ":cancel", longest).status()).isEqualTo(200);
    var past = server.rest("POST", A + ":cancel", longest + ' ');
    assertThat(past.status()).isEqualTo(413);
    assertThat(status(past)).isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(server.get(A).status()).isEqualTo(200);
  }

  @Test
  void a_get_has_no_body() {
    assertThat(server.rest("GET", A, "{}").status()).isEqualTo(400);
    assertThat(server.rest("DELETE", A, "x").status()).isEqualTo(400);
  }

  @Test
  void a_body_is_utf_8() {
    var headers = Map.of("content-type", "application/json");
    var body = Buffer.buffer("{\"name\":\"").appendByte((byte) 0xff).appendString("\"}");

    assertThat(server.send(server.http1, "POST", A + ":cancel", headers, body).status())
        .isEqualTo(400);
  }

  @Test
  void both_versions_of_http_are_served() {
    var answer = server.send(server.http2, "GET", A, Map.of(), Buffer.buffer());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(server.get(A).body());
  }

  @Test
  void only_loopback_and_listed_hosts_are_answered() {
    for (String host :
        List.of("localhost:1", "127.0.0.1", "[::1]:80", "LocalHost", "lro.internal:9")) {
      assertThat(get(Map.of("host", host)).status()).as(host).isEqualTo(200);
    }
    server.methods.seen.clear();
    for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil:80")) {
      var answer = get(Map.of("host", host));
      assertThat(answer.status()).as(host).isEqualTo(403);
      assertThat(status(answer)).isEqualTo("PERMISSION_DENIED");
    }
    assertThat(server.methods.seen).isEmpty();
  }

  @Test
  void only_this_ports_own_and_listed_pages_are_answered() {
    String own = "http://127.0.0.1:" + server.port;

    assertThat(get(Map.of("origin", own)).status()).isEqualTo(200);
    var listed = get(Map.of("origin", TestServer.CONSOLE));
    assertThat(listed.status()).isEqualTo(200);
    assertThat(listed.header("access-control-allow-origin")).isEqualTo(TestServer.CONSOLE);
    server.methods.seen.clear();
    for (String origin :
        List.of("null", "http://127.0.0.1:1", "http://127.0.0.1", "https://evil.example", "{}")) {
      var answer = get(Map.of("origin", origin));
      assertThat(answer.status()).as(origin).isEqualTo(403);
      assertThat(answer.head().getHeader("access-control-allow-origin")).isNull();
    }
    assertThat(server.methods.seen).isEmpty();
  }

  @Test
  void a_listed_page_may_ask_first_and_no_other() {
    var asks =
        Map.of(
            "origin", TestServer.CONSOLE,
            "access-control-request-method", "POST",
            "access-control-request-headers", "content-type");
    var others = Map.of("origin", "https://evil.example", "access-control-request-method", "POST");

    var answer = server.send(server.http1, "OPTIONS", A + ":cancel", asks, Buffer.buffer());

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("access-control-allow-methods")).contains("POST");
    assertThat(answer.header("access-control-allow-headers")).isEqualTo("content-type");
    assertThat(server.send(server.http1, "OPTIONS", A, others, Buffer.buffer()).status())
        .isEqualTo(403);
  }

  @Test
  void a_request_line_too_long_gets_an_error_with_a_body() {
    var socket =
        TestServer.await(
            server.vertx.createNetClient().connect(server.port, "127.0.0.1").map(this::collecting));
    TestServer.await(socket.write("GET /v1/" + "a".repeat(10_000) + " HTTP/1.1\r\n\r\n"));

    assertThat(TestServer.await(socket.all())).contains(" 414 ").contains("\"error\"");
  }

  private record Collecting(NetSocket socket, Future<String> all) {
    Future<Void> write(String text) {
      return socket.write(text);
    }
  }

  private Collecting collecting(NetSocket socket) {
    var text = Buffer.buffer();
    Promise<String> all = Promise.promise();
    socket.handler(text::appendBuffer).closeHandler(closed -> all.complete(text.toString()));
    return new Collecting(socket, all.future());
  }

  @Test
  void a_timeout_is_a_number_of_seconds() {
    for (String timeout : List.of("", "-1", "1e3", "5s", "1234567890")) {
      assertThat(get(Map.of("x-server-timeout", timeout)).status()).as(timeout).isEqualTo(400);
    }
    assertThat(get(Map.of("x-server-timeout", "30.5")).status()).isEqualTo(200);
  }
}
