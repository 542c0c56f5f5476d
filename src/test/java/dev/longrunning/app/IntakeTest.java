package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import dev.longrunning.rpc.IntakeSettings;
import dev.longrunning.testing.Frames;
import dev.longrunning.testing.RawHttp1;
import dev.longrunning.testing.RawHttp2;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that come slowly, or not to their end, or that go on when they are answered. */
final class IntakeTest {
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final int DRAIN_MAX = 262_144;
  private static final int MESSAGE_MAX = 4_194_304;

  private static final String POST = "POST /v1/operations/battery:wait HTTP/1.1\r\n";
  private static final String NOWHERE = "POST /nothing HTTP/1.1\r\n";
  private static final String HEAD = "Host: localhost\r\nContent-Type: application/json\r\n";

  private TestServer server;

  @AfterEach
  void stop() {
    assertThat(server.heldBytes()).isZero();
    server.close();
  }

  private void serve(Duration bodyTime, Duration drainTime) {
    server = new TestServer(new IntakeSettings(bodyTime, drainTime, DRAIN_MAX));
    server.methods.echo();
  }

  private static byte[] begun(int stream, String... changes) {
    return Frames.headers(stream, false, GrpcBattery.head(changes));
  }

  private Code ended() {
    return TestServer.take(server.ended).code();
  }

  @Test
  void a_grpc_message_that_never_comes_ends_its_call() {
    serve(SOON, NEVER);
    try (var connection = RawHttp2.open(server.port)) {
      connection.send(begun(1)).send(Frames.data(1, false, (byte) 0));

      var answer = connection.answer(1);

      assertThat(answer.header("grpc-status")).isEqualTo("4");
      assertThat(answer.header("grpc-message")).startsWith("the request did not come to its end");
      assertThat(ended()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void a_json_body_that_never_comes_is_408() {
    serve(SOON, NEVER);
    try (var connection = RawHttp1.open(server.port)) {
      connection.send(POST + HEAD + "Content-Length: 2\r\n\r\n{");

      var answer = connection.answer();

      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("REQUEST_TIMEOUT");
    }
  }

  @Test
  void a_deadline_runs_while_the_body_comes() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp1.open(server.port)) {
      connection.send(POST + HEAD + "X-Server-Timeout: 0.05\r\nContent-Length: 2\r\n\r\n{");

      assertThat(connection.answer().status()).isEqualTo(504);
    }
  }

  @Test
  void what_comes_after_an_answer_may_come_for_a_while() {
    serve(NEVER, SOON);
    try (var http1 = RawHttp1.open(server.port);
        var http2 = RawHttp2.open(server.port)) {
      http1.send(NOWHERE + HEAD + "Content-Length: 10\r\n\r\n{");
      http2.send(begun(1, ":path", "/acme.Nothing/Get"));

      assertThat(http1.answer().status()).isEqualTo(404);
      assertThat(http1.rest()).isEmpty();
      assertThat(http2.answer(1).header("grpc-status")).isEqualTo("12");
      assertThat(http2.awaitReset(1)).isEqualTo(OptionalLong.of(0));
      assertThat(http2.isAlive(1)).isTrue();
    }
  }

  @Test
  void what_comes_after_an_answer_is_bounded_over_http_1() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp1.open(server.port)) {
      connection.send(NOWHERE + HEAD + "Content-Length: 100000000\r\n\r\n");
      assertThat(connection.answer().status()).isEqualTo(404);

      int sent = 0;
      while (sent < 100_000_000 && connection.offer(new byte[DRAIN_MAX])) {
        sent += DRAIN_MAX;
      }

      assertThat(sent).isLessThan(100_000_000);
    }
  }

  @Test
  void what_comes_after_an_answer_is_bounded_over_http_2() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp2.open(server.port)) {
      connection.send(begun(1, ":path", "/acme.Nothing/Get"));
      assertThat(connection.answer(1).header("grpc-status")).isEqualTo("12");

      connection.send(Frames.data(1, false, new byte[DRAIN_MAX]));
      assertThat(connection.isAlive(1)).isTrue();
      assertThat(connection.answer(1).reset()).isEmpty();
      connection.send(Frames.data(1, false, (byte) 0));

      assertThat(connection.awaitReset(1)).isEqualTo(OptionalLong.of(0));
      assertThat(connection.isAlive(2)).isTrue();
    }
  }

  @Test
  void a_small_rest_of_a_refused_request_leaves_the_connection_as_it_is() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp1.open(server.port)) {
      connection.send(NOWHERE + HEAD + "Content-Length: 9\r\n\r\n{");
      assertThat(connection.answer().status()).isEqualTo(404);
      connection.send("12345678").send(POST + HEAD + "Content-Length: 2\r\n\r\n{}");

      assertThat(connection.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void a_reset_gives_back_what_was_held_at_once() {
    serve(SOON, NEVER);
    try (var connection = RawHttp2.open(server.port)) {
      connection.send(begun(1)).send(Frames.data(1, false, new byte[100_000]));
      assertThat(connection.isAlive(1)).isTrue();
      assertThat(server.heldBytes()).isEqualTo(100_000);

      connection.send(Frames.reset(1, 8));

      assertThat(ended()).isEqualTo(Code.CANCELLED);
      assertThat(server.heldBytes()).isZero();

      // Had the first one's timer not been stopped, it would go off before this one's.
      connection.send(begun(3));
      assertThat(connection.answer(3).header("grpc-status")).isEqualTo("4");
      assertThat(ended()).isEqualTo(Code.DEADLINE_EXCEEDED);
      assertThat(server.ended).isEmpty();
    }
  }

  @Test
  void a_lost_connection_gives_back_what_was_held_at_once() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp1.open(server.port)) {
      connection.send(POST + HEAD + "Content-Length: 100000\r\n\r\n" + "a".repeat(50_000));
    }
    assertThat(ended()).isEqualTo(Code.CANCELLED);

    try (var connection = RawHttp2.open(server.port)) {
      connection.send(begun(1)).send(Frames.data(1, false, new byte[100_000]));
    }
    assertThat(ended()).isEqualTo(Code.CANCELLED);
  }

  @Test
  void what_is_too_large_is_let_go_of_before_its_end() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp2.open(server.port)) {
      connection.send(begun(1));
      connection.send(Frames.data(1, false, new byte[MESSAGE_MAX + 6]));

      assertThat(connection.answer(1).header("grpc-status")).isEqualTo("8");
      assertThat(server.heldBytes()).isZero();
    }
  }

  @Test
  void a_length_that_is_too_large_is_refused_before_a_body_comes() {
    serve(NEVER, NEVER);
    try (var http1 = RawHttp1.open(server.port);
        var http2 = RawHttp2.open(server.port)) {
      http1.send(POST + HEAD + "Content-Length: 4194305\r\n\r\n");
      http2.send(begun(1, "content-length", "4194310"));

      assertThat(http1.answer().status()).isEqualTo(413);
      assertThat(http2.answer(1).header("grpc-status")).isEqualTo("8");
    }
  }

  @Test
  void a_caller_that_waits_to_go_on_is_told_to() {
    serve(NEVER, NEVER);
    String head = POST + HEAD + "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    try (var http1 = RawHttp1.open(server.port);
        var http2 = RawHttp2.open(server.port)) {
      http1.send(head);
      http2.send(begun(1, "expect", "100-continue"));

      assertThat(http1.answer().status()).isEqualTo(100);
      http1.send("{}");
      assertThat(http1.answer().status()).isEqualTo(200);
      http2.awaitInterim(1);
      http2.send(Frames.data(1, true, GrpcBattery.GET));
      assertThat(http2.answer(1).header("grpc-status")).isEqualTo("0");
    }
  }

  @Test
  void a_caller_that_waits_to_go_on_and_is_refused_is_not_told_to() {
    serve(NEVER, NEVER);
    String tooLong = "Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n";
    for (String head : new String[] {NOWHERE, POST}) {
      try (var connection = RawHttp1.open(server.port)) {
        connection.send(head + HEAD + tooLong);

        var answer = connection.answer();

        assertThat(answer.status()).isIn(404, 413);
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(connection.rest()).isEmpty();
      }
    }
  }

  @Test
  void an_answer_waits_for_the_window_of_its_caller() {
    serve(NEVER, NEVER);
    try (var connection = RawHttp2.open(server.port, Frames.INITIAL_WINDOW_SIZE, 0)) {
      connection.send(begun(1)).send(Frames.data(1, true, GrpcBattery.GET));
      assertThat(connection.isAlive(1)).isTrue();
      assertThat(connection.awaitBody(1, 0).ended()).isFalse();

      connection.send(Frames.settings(Frames.INITIAL_WINDOW_SIZE, 1));
      assertThat(connection.awaitBody(1, 1).body()).hasSize(1);
      connection.send(Frames.windowUpdate(1, 1_000));

      assertThat(connection.answer(1).header("grpc-status")).isEqualTo("0");
    }
  }
}
