package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.app.TestStreams.Told;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.StreamReply;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the streams of a server that stops end. */
final class StreamsStopTest {
  private final TestServer server = new TestServer();
  private final TestStreams streams = server.methods.streams;

  @AfterEach
  void close() {
    server.close();
  }

  private void stop() {
    server.onLoop(
        () -> {
          server.pipeline.streams().stop(Problem.stopping());
          return null;
        });
  }

  private int count() {
    return server.onLoop(() -> server.pipeline.streams().count());
  }

  @Test
  void every_stream_ends_as_unavailable_and_new_ones_do_at_once() throws Exception {
    var open =
        Stream.of(Form.values())
            .flatMap(
                form ->
                    Stream.of(
                        StreamClient.watch(server, form, Map.of()),
                        StreamClient.open(server, form, TestStreams.REPORT)))
            .toList();
    for (int i = 0; i < open.size(); i++) {
      TestServer.take(streams.opened);
    }
    var waiting = StreamClient.open(server, Form.GRPC, TestStreams.WATCH);
    while (count() < open.size() + 1) {
      // Until its head is there.
    }

    stop();

    for (var client : Stream.concat(open.stream(), Stream.of(waiting)).toList()) {
      var status = client.status();
      assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
      assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("STOPPING");
    }
    assertThat(count()).isZero();
    assertThat(StreamClient.watch(server, Form.GRPC, Map.of()).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(server.pipeline.streams().peak().peak()).isEqualTo(open.size() + 1L);
  }

  @Test
  void what_was_sent_before_still_arrives() {
    var reply = Operation.newBuilder().setName("n".repeat(1_000)).build();
    var client = StreamClient.watch(server, Form.GRPC, Map.of());
    var stream = TestServer.take(streams.opened);
    client.head().pause();
    int sent = 0;
    for (boolean ready = true; ready; sent += ready ? 1 : 0) {
      ready =
          stream.run(
              () -> {
                boolean isReady = stream.peer.isReady();
                if (isReady) {
                  stream.peer.send(StreamReply.of(reply));
                }
                return isReady;
              });
    }

    stop();

    assertThat(count()).isOne();
    client.head().resume();
    for (int i = 0; i < sent; i++) {
      assertThat(client.reply()).isEqualTo(reply);
    }
    assertThat(client.code()).isEqualTo(Code.UNAVAILABLE);
    for (var told : List.of("operations/a", Told.HALF_CLOSED, Told.CLOSED)) {
      assertThat(stream.event()).isEqualTo(told);
    }
  }
}
