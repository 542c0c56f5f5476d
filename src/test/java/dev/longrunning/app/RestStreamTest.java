package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.app.TestStreams.Told;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.StreamPeer;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.rpc.StreamSettings;
import dev.longrunning.testing.RawHttp1;
import dev.longrunning.v1.Bookmark;
import dev.longrunning.v1.Gone;
import dev.longrunning.v1.Reset;
import dev.longrunning.v1.WatchEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular to streams over HTTP; the rest is in {@link StreamContractTest}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestStreamTest {
  private static final String WATCH = "/v1/operations/a:watch";

  private final TestServer server =
      new TestServer(new StreamSettings(100, Duration.ofSeconds(30), Duration.ofMillis(300)));

  private final TestWatch watch = server.methods.watch;

  @BeforeEach
  void forget() {
    watch.forget();
    server.methods.streams.forget();
    server.ended.clear();
  }

  @AfterEach
  void nothing_is_left() {
    server.awaitStreams(0);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static Stream<Form> forms() {
    return Stream.of(Form.values()).filter(Form::isRest);
  }

  private HttpClient client(Form form) {
    return form.http2 ? server.http2 : server.http1;
  }

  private TestServer.Answer get(Form form, String query, Map<String, String> more) {
    var headers = new HashMap<>(more);
    headers.put("accept", form.contentType);
    return server.send(client(form), "GET", WATCH + query, headers, Buffer.buffer());
  }

  private TestServer.Answer get(Form form) {
    return get(form, "", Map.of());
  }

  private static WatchEvent gone() {
    return WatchEvent.newBuilder()
        .setGone(Gone.newBuilder().setName("operations/b").setReason(Gone.Reason.DELETED))
        .setResumeToken("t2")
        .build();
  }

  /** The parts of a body whose last one is an error. */
  private static String whole(Form form, String first, String second, String error) {
    return switch (form.contentType) {
      case "application/json" -> '[' + first + ",\n" + second + ",\n" + error + "]\n";
      case "application/x-ndjson" -> first + '\n' + second + '\n' + error + '\n';
      default ->
          "event: changed\nid: t1\ndata: "
              + first
              + "\n\nevent: gone\nid: t2\ndata: "
              + second
              + "\n\nevent: error\ndata: "
              + error
              + "\n\n";
    };
  }

  private static JsonObject error(String body) {
    return new JsonObject(body).getJsonObject("error");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void a_body_is_exactly_its_replies_and_its_error(Form form) {
    watch.script(
        (peer, request) -> {
          peer.send(StreamReply.of(TestWatch.changed("operations/\u00e4\r\n\"", "t1")));
          peer.send(StreamReply.of(gone()));
          peer.fail(TestServer.problem(Problem.Kind.UNAVAILABLE));
        });

    var answer = get(form);

    var body = answer.body().toString();
    var error = body.substring(body.indexOf("{\"error\""), body.lastIndexOf('}') + 1);
    assertThat(body)
        .isEqualTo(
            whole(
                form,
                "{\"changed\":{\"operation\":{\"name\":\"operations/\u00e4\\r\\n\\\"\"}},"
                    + "\"resumeToken\":\"t1\"}",
                "{\"gone\":{\"name\":\"operations/b\",\"reason\":\"DELETED\"},"
                    + "\"resumeToken\":\"t2\"}",
                error));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(error(error).getInteger("code")).isEqualTo(503);
    assertThat(error(error).getString("status")).isEqualTo("UNAVAILABLE");
    assertThat(error(error).getJsonArray("details")).isNotEmpty();
    assertThat(answer.header("content-type")).startsWith(form.contentType);
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("x-accel-buffering")).isEqualTo("no");
    assertThat(answer.header("content-length")).isEqualTo("null");
    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void an_event_is_of_the_kind_of_its_reply_and_its_id_is_the_token() {
    watch.send(
        TestWatch.changed("operations/a", "t1"),
        gone(),
        WatchEvent.newBuilder().setBookmark(Bookmark.newBuilder().setSynced(true)).build(),
        WatchEvent.newBuilder().setReset(Reset.getDefaultInstance()).setResumeToken("t4").build(),
        WatchEvent.newBuilder().setResumeToken("t 5\nevent: evil").build());

    var events = SseEvent.parse(get(Form.EVENTS_HTTP1).body().toString());

    assertThat(events.stream().map(SseEvent::event))
        .containsExactly("changed", "gone", "bookmark", "reset", "message");
    assertThat(events.stream().map(SseEvent::id)).containsExactly("t1", "t2", "t2", "t4", "t4");
    assertThat(events.get(2).data()).isEqualTo("{\"bookmark\":{\"synced\":true}}");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void a_stream_without_a_reply_is_an_empty_one_and_204_for_events(Form form) {
    watch.send();

    var answer = get(form);

    var body = answer.body().toString();
    switch (form.contentType) {
      case "application/json" -> assertThat(body).isEqualTo("[]\n");
      default -> assertThat(body).isEmpty();
    }
    assertThat(answer.status()).isEqualTo(form.name().startsWith("EVENTS") ? 204 : 200);
    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void what_fails_before_its_first_reply_is_an_ordinary_error(Form form) {
    watch.script((peer, request) -> later(peer, TestServer.problem(Problem.Kind.NOT_FOUND)));

    var answer = get(form);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("content-type")).startsWith("application/json");
    var error = error(answer.body().toString());
    assertThat(error.getInteger("code")).isEqualTo(404);
    assertThat(error.getString("status")).isEqualTo("NOT_FOUND");
  }

  /** As a handler does that has looked something up. */
  private static void later(StreamPeer peer, Problem problem) {
    Vertx.currentContext().runOnContext(now -> peer.fail(problem));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void a_status_that_left_before_the_first_reply_stands(Form form) {
    for (boolean fails : List.of(false, true)) {
      var client = StreamClient.watch(server, form, Map.of());
      var stream = TestServer.take(server.methods.streams.opened);
      assertThat(client.head().statusCode()).isEqualTo(200);
      if (fails) {
        stream.fail(TestServer.problem(Problem.Kind.NOT_FOUND));
      } else {
        stream.end();
      }

      assertThat(client.code()).isEqualTo(fails ? Code.NOT_FOUND : Code.OK);
      assertThat(client.unread()).isZero();
    }
  }

  @Test
  void the_query_is_bound_as_that_of_other_methods() {
    watch.send();

    get(
        Form.JSON_HTTP1,
        "?filter=done%3Dtrue&resumeToken=t0&read_mask=operation.name,version&service=default",
        Map.of("last-event-id", "t9"));
    get(Form.LINES_HTTP2, "?changesOnly=true", Map.of());

    var first = TestServer.take(watch.requests);
    assertThat(first.getName()).isEqualTo("operations/a");
    assertThat(first.getFilter()).isEqualTo("done=true");
    assertThat(first.getResumeToken()).isEqualTo("t0");
    assertThat(first.getReadMask().getPathsList()).containsExactly("operation.name", "version");
    assertThat(first.getService()).isEqualTo("default");
    assertThat(TestServer.take(watch.requests).getChangesOnly()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EVENTS_HTTP1", "EVENTS_HTTP2"})
  void the_id_of_the_last_event_wins_over_where_the_url_begins(Form form) {
    watch.send();

    get(form, "?resumeToken=t0&filter=f", Map.of("last-event-id", "t9%2B+"));
    get(form, "?changesOnly=true", Map.of("last-event-id", "t9"));
    get(form, "?resume_token=t0", Map.of("last-event-id", ""));

    var first = TestServer.take(watch.requests);
    assertThat(first.getResumeToken()).isEqualTo("t9%2B+");
    assertThat(first.getFilter()).isEqualTo("f");
    var second = TestServer.take(watch.requests);
    assertThat(second.getResumeToken()).isEqualTo("t9");
    assertThat(second.getChangesOnly()).isFalse();
    assertThat(TestServer.take(watch.requests).getResumeToken()).isEqualTo("t0");
  }

  @Test
  void a_method_without_tokens_takes_no_notice_of_the_last_event() {
    server.methods.streams.script(
        (stream, event) -> {
          if (event == Told.HALF_CLOSED) {
            stream.peer.end();
          }
        });

    var client = StreamClient.watch(server, Form.EVENTS_HTTP1, Map.of("last-event-id", "t9"));

    assertThat(client.code()).isEqualTo(Code.OK);
    assertThat(client.head().statusCode()).isEqualTo(204);
    TestServer.take(server.methods.streams.opened);
  }

  @Test
  void enums_are_numbers_for_those_who_ask() {
    watch.send(gone());

    var uri = WATCH + "?%24alt=json;enum-encoding=int";
    var body = server.get(uri).body().toString();

    var element = new JsonArray(body).getJsonObject(0);
    assertThat(element.getJsonObject("gone").getValue("reason")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void a_head_is_that_of_the_stream_and_ends_it(Form form) {
    var silent = server.methods.streams;
    var overWhileSending = new LinkedBlockingQueue<Boolean>();
    for (String uri : List.of(WATCH, "/v1/operations/a:" + TestStreams.WATCH)) {
      watch.script(
          (peer, request) -> {
            peer.send(StreamReply.of(gone()));
            peer.send(StreamReply.of(gone()));
            overWhileSending.add(!watch.closed.isEmpty());
          });
      var accept = Map.of("accept", form.contentType);

      var answer = server.send(client(form), "HEAD", uri, accept, Buffer.buffer());

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).startsWith(form.contentType);
      assertThat(answer.body().length()).isZero();
      assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.OK);
    }
    assertThat(TestServer.take(watch.closed)).isTrue();
    assertThat(overWhileSending).containsExactly(false);
    assertThat(TestServer.take(silent.opened).run(() -> true)).isTrue();

    watch.script((peer, request) -> later(peer, TestServer.problem(Problem.Kind.NOT_FOUND)));
    var accept = Map.of("accept", form.contentType);
    var missing = server.send(client(form), "HEAD", WATCH, accept, Buffer.buffer());
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.body().length()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
  void over_http_1_0_the_body_ends_with_the_connection(String headers) {
    for (String uri : List.of(WATCH, "/v1/operations/a:" + TestStreams.WATCH)) {
      watch.send(TestWatch.changed("operations/a", "t1"), gone());
      try (var connection = RawHttp1.open(server.port)) {
        connection.send("GET " + uri + " HTTP/1.0\r\nHost: localhost\r\n" + headers + "\r\n");
        boolean silent = !uri.equals(WATCH);
        if (silent) {
          var stream = TestServer.take(server.methods.streams.opened);
          assertThat(connection.head()).startsWith("HTTP/1.0 200 ").contains("connection: close");
          stream.fail(TestServer.problem(Problem.Kind.NOT_FOUND));
        }
        String rest = connection.rest();

        assertThat(rest).doesNotContain("chunked", "content-length", "keep-alive");
        var body = silent ? rest : rest.substring(rest.indexOf("\r\n\r\n") + 4);
        assertThat(new JsonArray(body)).hasSize(silent ? 1 : 2);
      }
    }
  }

  /** What waits for the caller's window is cut off in the end, whatever it is. */
  @Test
  void a_caller_whose_window_is_closed_does_not_keep_its_stream() {
    var client =
        server.vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(0)));
    for (var kind : List.of("reply", "end", "error", "late")) {
      watch.script(
          (peer, request) -> {
            switch (kind) {
              case "reply" -> {
                peer.send(StreamReply.of(gone()));
                peer.end();
              }
              case "end" -> peer.end();
              case "error" -> peer.fail(TestServer.problem(Problem.Kind.NOT_FOUND));
              default -> {
                peer.send(StreamReply.of(gone()));
                peer.fail(TestServer.problem(Problem.Kind.NOT_FOUND));
              }
            }
          });
      for (boolean cancels : List.of(false, true)) {
        var request =
            TestServer.await(client.request(HttpMethod.GET, server.port, "127.0.0.1", WATCH));
        var reset = new LinkedBlockingQueue<Throwable>();
        request.exceptionHandler(lost -> {});
        request.response().onSuccess(head -> head.exceptionHandler(reset::add));
        request.end();
        TestServer.take(watch.closed);
        if (cancels) {
          TestServer.await(request.reset(8));
        } else {
          assertThat(TestServer.take(reset)).hasMessageContaining("reset");
        }
        // The caller is gone, or has had its time.
        server.awaitStreams(0);
      }
    }
    TestServer.await(client.close());
  }

  /** Also one whose next request waits behind the stream. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_caller_that_disconnects_in_mid_stream_is_let_go(int requests) {
    watch.script((peer, request) -> peer.send(StreamReply.of(gone())));
    try (var connection = RawHttp1.open(server.port)) {
      var one = "GET " + WATCH + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      connection.send(one.repeat(requests));
      assertThat(connection.head()).contains("transfer-encoding: chunked");
      server.awaitStreams(1);
    }

    assertThat(TestServer.take(watch.closed)).isTrue();
    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.CANCELLED);
  }
}
