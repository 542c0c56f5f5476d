package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.longrunning.Operation;
import dev.longrunning.rpc.Reply;
import dev.longrunning.rpc.StreamSettings;
import dev.longrunning.testing.Frames;
import dev.longrunning.testing.RawHttp2;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Unary answers of gRPC for which their caller has no room, or has just enough. */
final class ClosedWindowTest {
  private final TestServer server = new TestServer();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    server.methods.echo();
    logged.start();
    root.addAppender(logged);
  }

  /** Whatever a caller does with its window, nobody has to read about it. */
  @AfterEach
  void stop() {
    server.close();
    root.detachAppender(logged);
    assertThat(logged.list).isEmpty();
  }

  private static byte[] call(int stream) {
    byte[] head = Frames.headers(stream, false, GrpcBattery.head());
    byte[] body = Frames.data(stream, true, GrpcBattery.GET);
    var both = new ByteArrayOutputStream();
    both.writeBytes(head);
    both.writeBytes(body);
    return both.toByteArray();
  }

  @Test
  void the_frames_of_an_answer_that_finds_room_are_three() {
    try (var connection = RawHttp2.open(server.port)) {
      connection.send(call(1));

      var answer = connection.answer(1);

      assertThat(answer.frames()).isEqualTo(List.of(Frames.HEADERS, Frames.DATA, Frames.HEADERS));
      assertThat(answer.header("grpc-status")).isEqualTo("0");
    }
  }

  @Test
  void a_caller_may_cancel_whatever_its_window_is() {
    int frame = GrpcBattery.GET.length;
    for (int window : new int[] {0, 1, frame - 1, frame, frame + 1}) {
      try (var connection = RawHttp2.open(server.port, Frames.INITIAL_WINDOW_SIZE, window)) {
        connection.send(call(1));
        assertThat(connection.isAlive(1)).isTrue();

        connection.send(Frames.reset(1, 8));

        assertThat(connection.isAlive(2)).isTrue();
      }
    }
  }

  @Test
  void an_answer_that_is_taken_byte_by_byte_is_whole() {
    try (var connection = RawHttp2.open(server.port, Frames.INITIAL_WINDOW_SIZE, 0)) {
      connection.send(call(1));
      int sent = GrpcBattery.GET.length;
      for (int i = 1; i < sent; i++) {
        connection.send(Frames.windowUpdate(1, 1));
        assertThat(connection.awaitBody(1, i).body()).hasSize(i);
      }
      // All of it, and not one byte of room is left.
      connection.send(Frames.windowUpdate(1, 1));
      assertThat(connection.awaitBody(1, sent).body()).hasSize(sent);
      connection.send(Frames.windowUpdate(1, 1));

      assertThat(connection.answer(1).header("grpc-status")).isEqualTo("0");
      assertThat(connection.answer(1).body()).hasSize(sent);
    }
  }

  @Test
  void past_the_bound_of_a_connection_an_answer_is_unavailable() {
    var large = Operation.newBuilder().setName("n".repeat(12_000_000)).build();
    server.methods.answer(Reply.of(large));
    try (var connection = RawHttp2.open(server.port, Frames.INITIAL_WINDOW_SIZE, 0)) {
      for (int i = 0; i < 6; i++) {
        connection.send(call(2 * i + 1));
      }

      var refused = connection.answer(11);

      assertThat(refused.header("grpc-status")).isEqualTo("14");
      assertThat(refused.header("grpc-message")).contains("unread answers");
      for (int i = 0; i < 5; i++) {
        assertThat(connection.awaitBody(2 * i + 1, 0).ended()).isFalse();
        assertThat(TestServer.take(server.ended).code().name()).isEqualTo("OK");
      }
      assertThat(TestServer.take(server.ended).code().name()).isEqualTo("UNAVAILABLE");
    }
  }

  /** The library takes a stream for over whose last byte it was given. */
  @Test
  void a_stream_of_grpc_web_whose_last_bytes_are_not_read_is_cut_off() {
    var soon = new StreamSettings(8, Duration.ofMinutes(10), Duration.ofMillis(200));
    try (var other = new TestServer(soon);
        var connection = RawHttp2.open(other.port, Frames.INITIAL_WINDOW_SIZE, 5)) {
      other.methods.streams.script(
          (stream, event) -> {
            if (event == TestStreams.Told.HALF_CLOSED) {
              stream.peer.end();
            }
          });
      String path = '/' + TestMethods.SERVICE + '/' + TestStreams.WATCH;
      connection.send(
          Frames.headers(
              1,
              false,
              GrpcBattery.head(":path", path, "content-type", "application/grpc-web+proto")));
      connection.send(Frames.data(1, true, GrpcBattery.GET));

      assertThat(connection.awaitReset(1)).isEqualTo(OptionalLong.of(8));
      assertThat(connection.isAlive(1)).isTrue();
    }
  }
}
