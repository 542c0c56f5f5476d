package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.app.TestStreams.Opened;
import dev.longrunning.app.TestStreams.Told;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.OpenStream;
import dev.longrunning.rpc.StatusTable;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.rpc.StreamSettings;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a stream keeps to, whatever it comes in on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StreamContractTest {
  private static final int STREAMS_MAX = 8;

  private final TestServer server =
      new TestServer(
          new StreamSettings(STREAMS_MAX, Duration.ofMillis(300), Duration.ofMillis(300)));

  private final TestStreams streams = server.methods.streams;

  @BeforeEach
  void forget() {
    server.giveUpStreams();
    streams.forget();
    server.ended.clear();
  }

  /** Whatever a test did, nothing of it is held. */
  @AfterEach
  void nothing_is_left() {
    server.awaitStreams(0);
    assertThat(server.heldBytes()).isZero();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private int count() {
    return server.onLoop(() -> server.pipeline.streams().count());
  }

  private StreamClient watch(Form form) {
    return StreamClient.watch(server, form, Map.of());
  }

  private StreamClient report(Form form) {
    return StreamClient.open(server, form, TestStreams.REPORT);
  }

  private Opened opened() {
    return TestServer.take(streams.opened);
  }

  private Code recorded() {
    return TestServer.take(server.ended).code();
  }

  @ParameterizedTest
  @EnumSource
  void replies_come_in_order_and_then_the_status(Form form) {
    var client = watch(form);
    var stream = opened();
    for (int i = 0; i < 100; i++) {
      stream.send("operations/" + i);
    }
    stream.end();

    for (int i = 0; i < 100; i++) {
      assertThat(client.reply().getName()).isEqualTo("operations/" + i);
    }
    assertThat(client.code()).isEqualTo(Code.OK);
    assertThat(stream.event()).isEqualTo("operations/a");
    assertThat(stream.event()).isEqualTo(Told.HALF_CLOSED);
    assertThat(stream.event()).isEqualTo(Told.CLOSED);
    assertThat(recorded()).isEqualTo(Code.OK);
    assertThat(stream.events).isEmpty();
    assertThat(stream.call.gone().isComplete()).isFalse();
  }

  @Test
  void what_a_caller_shows_is_not_kept_while_its_stream_is_open() {
    var client = StreamClient.watch(server, Form.GRPC, Map.of("authorization", "Bearer secret"));
    var stream = opened();

    assertThat(server.onLoop(() -> server.newest.headers().isEmpty())).isTrue();

    stream.end();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource
  void a_caller_knows_that_its_stream_is_open_before_there_is_a_reply(Form form) {
    var client = watch(form);

    var head = client.head();

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.getHeader("content-type"))
        .startsWith(form.isRest() ? form.contentType : "application/grpc");
    assertThat(client.isQuiet()).isTrue();
    opened().end();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource
  void an_error_before_and_after_replies_has_its_status_and_details(Form form) throws Exception {
    for (boolean replies : List.of(false, true)) {
      for (var kind : Problem.Kind.values()) {
        var problem = TestServer.problem(kind);
        var client = watch(form);
        var stream = opened();
        if (replies) {
          stream.send("operations/a");
          assertThat(client.reply().getName()).isEqualTo("operations/a");
        }
        stream.fail(problem);

        var status = client.status();
        assertThat(status.getCode()).isEqualTo(StatusTable.code(kind).getNumber());
        var info = status.getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo(problem.reason());
        assertThat(status.toString()).doesNotContain("secret");
        assertThat(recorded()).isEqualTo(StatusTable.code(kind));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_that_refuses_at_once_answers_with_nothing_but_a_status(Form form) {
    streams.script(
        (stream, event) -> {
          throw TestServer.problem(Problem.Kind.DENIED);
        });

    var client = watch(form);

    assertThat(client.code()).isEqualTo(Code.PERMISSION_DENIED);
    if (form.isRest()) {
      assertThat(client.head().statusCode()).isEqualTo(403);
    } else {
      assertThat(client.head().getHeader("grpc-status")).isEqualTo("7");
    }
    assertThat(recorded()).isEqualTo(Code.PERMISSION_DENIED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Form.class,
      names = {"GRPC", "WEB_HTTP1", "JSON_HTTP1", "LINES_HTTP2", "EVENTS_HTTP1"})
  void what_a_handler_throws_is_internal_wherever_it_does(Form form) {
    for (Object when : List.of("open", "operations/a", Told.HALF_CLOSED, Told.CLOSED)) {
      streams.forget();
      streams.script(
          (stream, event) -> {
            if (event.equals(when) || (when.equals("open") && event == stream)) {
              throw new IllegalStateException("secret");
            }
            if (event == Told.HALF_CLOSED) {
              stream.peer.end();
            }
          });

      var status = watch(form).status();

      boolean late = when == Told.CLOSED;
      assertThat(status.getCode()).as("%s", when).isEqualTo(late ? 0 : Code.INTERNAL_VALUE);
      assertThat(status.toString()).doesNotContain("secret");
      assertThat(recorded()).isEqualTo(late ? Code.OK : Code.INTERNAL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_handler_may_answer_and_end_while_it_opens(Form form) {
    streams.script(
        (stream, event) -> {
          if (event == stream) {
            stream.peer.send(TestStreams.reply("operations/now"));
            stream.peer.end();
          }
        });

    var client = watch(form);

    assertThat(client.reply().getName()).isEqualTo("operations/now");
    assertThat(client.code()).isEqualTo(Code.OK);
    assertThat(opened().event()).isEqualTo(Told.CLOSED);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void requests_come_one_by_one_as_they_are_asked_for(Form form) {
    var client = report(form);
    var stream = opened();
    // Two in one part, one in two.
    client.send(StreamClient.frame("a").appendBuffer(StreamClient.frame("b")));
    var third = StreamClient.frame("c");
    client.send(third.getBuffer(0, 3));
    client.send(third.getBuffer(3, third.length()));
    client.halfClose();

    var names = new ArrayList<Object>();
    for (int i = 0; i < 4; i++) {
      assertThat(stream.events).isEmpty();
      stream.pull();
      names.add(stream.event());
    }

    assertThat(names).containsExactly("a", "b", "c", Told.HALF_CLOSED);
    // Replies go on after the last request.
    stream.send("d");
    stream.end();
    assertThat(client.reply().getName()).isEqualTo("d");
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void both_sides_may_go_on_for_long(Form form) {
    streams.script(
        (stream, event) -> {
          if (event == stream) {
            stream.peer.pull();
          } else if (event instanceof String name) {
            stream.peer.send(TestStreams.reply(name));
            if (stream.peer.isReady()) {
              stream.peer.pull();
            }
          } else if (event == Told.READY) {
            stream.peer.pull();
          } else if (event == Told.HALF_CLOSED) {
            stream.peer.end();
          }
        });
    var client = report(form);
    for (int i = 0; i < 2_000; i++) {
      client.send(StreamClient.frame("operations/" + i));
    }
    client.halfClose();

    for (int i = 0; i < 2_000; i++) {
      assertThat(client.reply().getName()).isEqualTo("operations/" + i);
    }
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_message_may_be_cut_anywhere(Form form) {
    var client = report(form);
    var stream = opened();
    var frame = StreamClient.frame("operations/a");
    var whole =
        form.isText()
            ? Buffer.buffer(java.util.Base64.getEncoder().encode(frame.getBytes()))
            : frame;
    for (int i = 0; i < whole.length(); i++) {
      TestServer.await(client.sendRaw(whole.getBuffer(i, i + 1)));
    }

    stream.pull();

    assertThat(stream.event()).isEqualTo("operations/a");
    stream.end();
    assertThat(client.code()).isEqualTo(Code.OK);
    assertThat(stream.event()).isEqualTo(Told.CLOSED);
  }

  private static Stream<Form> grpc() {
    return Stream.of(Form.values()).filter(form -> !form.isRest());
  }

  private static Stream<Form> allHttp2() {
    return Stream.of(Form.values()).filter(form -> form.http2);
  }

  /** One of each kind of method that the form has. */
  private List<StreamClient> clients(Form form) {
    return form.isRest() ? List.of(watch(form)) : List.of(watch(form), report(form));
  }

  private static Stream<Form> http2() {
    return Stream.of(Form.GRPC, Form.WEB_HTTP2, Form.TEXT_HTTP2);
  }

  @ParameterizedTest
  @MethodSource("http2")
  void a_producer_is_slowed_down_until_its_requests_are_asked_for(Form form) {
    var client = report(form);
    var stream = opened();
    String name = "operations/" + "n".repeat(10_000);
    // More than the windows of the stream and of the connection together.
    var sent = new ArrayList<Future<Void>>();
    for (int i = 0; i < 200; i++) {
      sent.add(client.send(StreamClient.frame(name + i)));
    }
    client.halfClose();
    // Beside it, on the same connection, others are answered.
    var other = watch(form);
    opened().end();
    assertThat(other.code()).isEqualTo(Code.OK);
    assertThat(sent.stream().filter(Future::isComplete).count()).isLessThan(60);

    for (int i = 0; i < 200; i++) {
      stream.pull();
      assertThat(stream.event()).isEqualTo(name + i);
    }
    stream.pull();
    assertThat(stream.event()).isEqualTo(Told.HALF_CLOSED);
    stream.end();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource
  void a_caller_that_does_not_read_holds_up_nobody_else_and_loses_nothing(Form form) {
    var reply = Operation.newBuilder().setName("n".repeat(1_000)).build();
    var client = watch(form);
    var stream = opened();
    client.head().pause();
    int sent = 0;
    do {
      while (stream.run(() -> sendIfReady(stream, reply))) {
        sent++;
      }
      var other = watch(form);
      var lively = opened();
      for (int i = 0; i < 100; i++) {
        lively.send("operations/" + i);
        assertThat(other.reply().getName()).isEqualTo("operations/" + i);
      }
      lively.end();
      assertThat(other.code()).isEqualTo(Code.OK);
      // Over HTTP/1.1 the kernel may have made room meanwhile: its buffers grow up to some bound.
    } while (!form.http2 && stream.run(stream.peer::isReady));
    int first = sent;
    assertThat(stream.run(stream.peer::isReady)).isFalse();
    if (form.http2) {
      // The window of the stream, the bound on what waits, and one reply.
      int frame = form.isText() ? 1_344 : 1_008;
      assertThat(sent * frame).isLessThan(65_535 + OpenStream.QUEUED_BYTES_MAX + frame);
    }
    client.head().resume();
    boolean goesOn = false;
    while (!goesOn) {
      // Its request, that there are no more, and room that was there before and has been filled.
      goesOn = stream.event() == Told.READY && stream.run(() -> sendIfReady(stream, reply));
    }
    stream.end();

    for (int i = 0; i < first + 1; i++) {
      assertThat(client.reply()).isEqualTo(reply);
    }
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  private static boolean sendIfReady(Opened stream, Operation reply) {
    boolean ready = stream.peer.isReady();
    if (ready) {
      stream.peer.send(StreamReply.of(reply));
    }
    return ready;
  }

  @Test
  void a_handler_that_sends_without_looking_is_refused() {
    var reply = Operation.newBuilder().setName("n".repeat(1_000)).build();
    streams.script(
        (stream, event) -> {
          if (event == Told.HALF_CLOSED) {
            for (int i = 0; i < 1_000; i++) {
              stream.peer.send(StreamReply.of(reply));
            }
          }
        });
    var client = StreamClient.open(server, Form.GRPC, TestStreams.WATCH);
    client.send(StreamClient.frame("operations/a"));
    client.halfClose();

    client.head();

    assertThat(client.code()).isEqualTo(Code.INTERNAL);
  }

  @ParameterizedTest
  @MethodSource("allHttp2")
  void a_caller_that_cancels_is_told_of_once_and_let_go(Form form) {
    for (var client : clients(form)) {
      if (!form.isRest()) {
        client.send(StreamClient.frame("operations/a").getBuffer(0, 7));
      }
      var stream = opened();
      client.head();

      client.request.reset(8);

      while (stream.event() != Told.CLOSED) {
        // Its request, and that there are no more.
      }
      TestServer.await(stream.call.gone());
      assertThat(recorded()).isEqualTo(Code.CANCELLED);
      assertThat(stream.run(stream.peer::isReady)).isFalse();
      stream.pull();
      stream.end();
      assertThat(stream.events).isEmpty();
      assertThat(server.ended).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lost_connection_ends_its_streams(Form form) {
    var clients = clients(form);
    var both = clients.stream().map(client -> opened()).toList();
    clients.forEach(StreamClient::head);

    clients.forEach(client -> client.request.connection().close());

    for (var stream : both) {
      TestServer.await(stream.call.gone());
      while (stream.event() != Told.CLOSED) {
        // Its request, and that there are no more.
      }
      assertThat(recorded()).isEqualTo(Code.CANCELLED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_deadline_ends_a_stream_that_is_open_and_one_that_waits_for_its_request(Form form) {
    var deadline = form.timeout(100);
    var open =
        form.isRest()
            ? StreamClient.watch(server, form, deadline)
            : StreamClient.open(server, form, TestStreams.REPORT, deadline);
    var stream = opened();
    if (!form.isRest()) {
      var waiting = StreamClient.open(server, form, TestStreams.WATCH, deadline);
      assertThat(waiting.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }
    var over = StreamClient.watch(server, form, form.timeout(0));

    assertThat(open.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(over.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    while (stream.event() != Told.CLOSED) {
      // Its request, and that there are no more.
    }
    assertThat(stream.call.gone().isComplete()).isFalse();
    assertThat(streams.opened).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_request_that_does_not_come_ends_its_stream_and_many_may_take_their_time(Form form)
      throws Exception {
    var idle = report(form);
    var client = StreamClient.open(server, form, TestStreams.WATCH);
    client.send(StreamClient.frame("operations/a").getBuffer(0, 7));

    var status = client.status();

    assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED_VALUE);
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason())
        .isEqualTo("REQUEST_TIMEOUT");
    opened().end();
    assertThat(idle.code()).isEqualTo(Code.OK);
    assertThat(streams.opened).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_message_of_many_that_stays_half_sent_ends_its_stream_and_holds_nothing(Form form)
      throws Exception {
    var quiet = report(form);
    var between = opened();
    between.pull();
    quiet.send(StreamClient.frame("operations/a"));
    assertThat(between.event()).isEqualTo("operations/a");
    between.pull();
    var client = report(form);
    var stream = opened();
    stream.pull();
    client.send(StreamClient.frame("operations/b"));
    assertThat(stream.event()).isEqualTo("operations/b");
    client.send(StreamClient.frame("n".repeat(300)).getBuffer(0, 202));
    stream.pull();

    var status = client.status();

    assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED_VALUE);
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason())
        .isEqualTo("REQUEST_TIMEOUT");
    assertThat(stream.event()).isEqualTo(Told.CLOSED);
    assertThat(server.heldBytes()).isZero();
    // Nothing of a message is there: its caller may be silent for as long as it likes.
    quiet.send(StreamClient.frame("operations/c"));
    assertThat(between.event()).isEqualTo("operations/c");
    between.end();
    assertThat(quiet.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource
  void one_stream_past_the_bound_is_refused_and_makes_no_room(Form form) throws Exception {
    var clients = IntStream.range(0, STREAMS_MAX).mapToObj(i -> watch(form)).toList();
    clients.forEach(StreamClient::head);

    var status = watch(form).status();

    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
    assertThat(status.getMessage()).contains("streams");
    assertThat(count()).isEqualTo(STREAMS_MAX);
    opened().end();
    assertThat(clients.get(0).code()).isEqualTo(Code.OK);
    var another = watch(form);
    another.head();
    for (int i = 0; i < STREAMS_MAX; i++) {
      opened().end();
    }
    assertThat(another.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_that_ended_with_replies_unread_lingers_no_longer_than_its_bound(Form form) {
    var reply = Operation.newBuilder().setName("n".repeat(1_000)).build();
    var client = watch(form);
    var stream = opened();
    client.head().pause();
    int sent = 0;
    while (stream.run(() -> sendIfReady(stream, reply))) {
      sent++;
    }

    stream.end();

    while (stream.event() != Told.CLOSED) {
      // Its request, and that there are no more.
    }
    assertThat(recorded()).isEqualTo(Code.OK);
    nothing_is_left();
    client.head().resume();
    assertThat(client.code()).isEqualTo(Code.UNKNOWN);
    // What the caller had not made room for did not wait for it.
    assertThat(client.unread()).isLessThan(sent);
  }

  @ParameterizedTest
  @MethodSource("http2")
  void a_caller_that_goes_on_after_the_end_is_told_to_stop(Form form) {
    var client = report(form);
    client.head();
    opened().end();

    assertThat(client.code()).isEqualTo(Code.OK);
    while (TestServer.await(
        client
            .send(StreamClient.frame("a"))
            .transform(sent -> Future.succeededFuture(sent.succeeded())))) {
      // Until the server's reset is here.
    }
  }

  /** What comes in, and what it is answered with. */
  record Malformed(String what, boolean isRaw, Buffer body, Map<String, String> head, Code code) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Malformed malformed(String what, Buffer body, Code code) {
    return new Malformed(what, false, body, Map.of(), code);
  }

  private static List<Malformed> malformed() {
    var whole = StreamClient.frame("operations/a");
    var payload = whole.getBytes(5, whole.length());
    var gzip = Map.of("grpc-encoding", "gzip");
    var zipped = GrpcContractTest.gzip(payload);
    var bomb = StreamClient.frame(1, GrpcContractTest.gzip(new byte[50_000_000]));
    var tooLarge = Buffer.buffer().appendByte((byte) 0).appendInt(4_194_305);
    return List.of(
        malformed("part of a prefix", whole.getBuffer(0, 3), Code.INVALID_ARGUMENT),
        malformed("a prefix alone", whole.getBuffer(0, 5), Code.INVALID_ARGUMENT),
        malformed(
            "all but the last byte", whole.getBuffer(0, whole.length() - 1), Code.INVALID_ARGUMENT),
        malformed("flags 2", StreamClient.frame(2, payload), Code.INVALID_ARGUMENT),
        malformed("trailers", StreamClient.frame(0x80, payload), Code.INVALID_ARGUMENT),
        malformed("gzip without saying so", StreamClient.frame(1, zipped), Code.INVALID_ARGUMENT),
        new Malformed(
            "not gzip", false, StreamClient.frame(1, payload), gzip, Code.INVALID_ARGUMENT),
        new Malformed(
            "an unknown encoding",
            false,
            StreamClient.frame(1, zipped),
            Map.of("grpc-encoding", "br"),
            Code.UNIMPLEMENTED),
        new Malformed("a bomb", false, bomb, gzip, Code.RESOURCE_EXHAUSTED),
        malformed("a length past the bound", tooLarge, Code.RESOURCE_EXHAUSTED),
        malformed(
            "a length of 4 GiB",
            Buffer.buffer().appendByte((byte) 0).appendInt(-1),
            Code.RESOURCE_EXHAUSTED),
        malformed(
            "not protobuf",
            StreamClient.frame(0, new byte[] {(byte) 0xff, (byte) 0xff}),
            Code.INVALID_ARGUMENT),
        new Malformed(
            "a bad timeout", false, whole, Map.of("grpc-timeout", "5"), Code.INVALID_ARGUMENT),
        new Malformed(
            "a bad consistency",
            false,
            whole,
            Map.of("longrunning-consistency", "some"),
            Code.INVALID_ARGUMENT));
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void each_malformed_request_is_answered(Form form) {
    for (var bad : malformed()) {
      for (String method : List.of(TestStreams.WATCH, TestStreams.REPORT)) {
        streams.forget();
        streams.script(
            (stream, event) -> {
              if (event == stream) {
                stream.peer.pull();
              }
            });
        var client = StreamClient.open(server, form, method, bad.head());
        client.send(bad.body());
        client.halfClose();

        assertThat(client.code()).as("%s of %s", bad, method).isEqualTo(bad.code());
        assertThat(method.equals(TestStreams.WATCH) && !streams.opened.isEmpty()).isFalse();
        if (bad.code() == Code.UNIMPLEMENTED && method.equals(TestStreams.WATCH)) {
          assertThat(client.head().getHeader("grpc-accept-encoding")).isEqualTo("gzip");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void one_request_is_neither_none_nor_two(Form form) {
    var none = StreamClient.open(server, form, TestStreams.WATCH);
    none.halfClose();
    var two = StreamClient.open(server, form, TestStreams.WATCH);
    two.send(StreamClient.frame("a").appendBuffer(StreamClient.frame("b")));
    two.halfClose();

    assertThat(none.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(two.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(streams.opened).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Form.class,
      names = {"TEXT_HTTP2", "TEXT_HTTP1"})
  void text_that_is_not_base64_is_answered(Form form) {
    for (String bad : List.of("AAA*", "AAAAAA", "====", "AA==A")) {
      var client = StreamClient.open(server, form, TestStreams.WATCH);
      client.sendRaw(Buffer.buffer(bad));
      client.halfClose();

      assertThat(client.code()).as(bad).isEqualTo(Code.INVALID_ARGUMENT);
    }
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_gzipped_request_is_read(Form form) {
    var gzip = Map.of("grpc-encoding", "gzip");
    var client = StreamClient.open(server, form, TestStreams.WATCH, gzip);
    var frame = StreamClient.frame("operations/a");
    client.send(StreamClient.frame(1, GrpcContractTest.gzip(frame.getBytes(5, frame.length()))));
    client.halfClose();

    var stream = opened();

    assertThat(stream.event()).isEqualTo("operations/a");
    stream.end();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @Test
  void over_rest_a_stream_of_many_requests_is_not_implemented() {
    var answer = server.get("/v1/operations/a:" + TestStreams.REPORT);

    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.body().toJsonObject().getJsonObject("error").getString("status"))
        .isEqualTo("UNIMPLEMENTED");
    assertThat(recorded()).isEqualTo(Code.UNIMPLEMENTED);
  }
}
