package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.rpc.StreamSettings;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Large requests of streams, which may take their time here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StreamBodyTest {
  private static final int STREAMS_MAX = 8;
  private static final Duration LONG = Duration.ofMinutes(10);

  private final TestServer server = new TestServer(new StreamSettings(STREAMS_MAX, LONG, LONG));

  private final TestStreams streams = server.methods.streams;

  @AfterEach
  void nothing_is_left() {
    server.awaitStreams(0);
    assertThat(server.heldBytes()).isZero();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_ANY,
      names = {"GRPC", "WEB_.*", "TEXT_.*"})
  void messages_of_the_largest_size_come_whole_both_ways(Form form) {
    var client = StreamClient.open(server, form, TestStreams.REPORT);
    var stream = TestServer.take(streams.opened);
    // A tag and a length of four bytes.
    String name = "n".repeat(4_194_304 - 5);
    client.send(StreamClient.frame(name));
    client.send(StreamClient.frame(1, GrpcContractTest.gzip(new byte[0])));

    stream.pull();

    assertThat(stream.event()).isEqualTo(name);
    stream.send(name);
    assertThat(client.reply().getName()).isEqualTo(name);
    stream.end();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @Test
  void requests_that_are_not_whole_count_in_the_budget_of_their_loop_and_caller() {
    var unfinished = new ArrayList<StreamClient>();
    // A little less than the largest message each: together nearly half of what one loop holds.
    for (int i = 0; i < STREAMS_MAX; i++) {
      var client = StreamClient.open(server, Form.GRPC, TestStreams.REPORT);
      TestServer.take(streams.opened).pull();
      TestServer.await(client.send(Buffer.buffer().appendByte((byte) 0).appendInt(4_194_304)));
      TestServer.await(client.send(Buffer.buffer(new byte[4_000_000])));
      unfinished.add(client);
    }
    // As much as leaves this caller a share of exactly what it has.
    int others = 67_108_864 - 2 * 32_000_000;
    assertThat(server.onLoop(() -> server.intakes.budget().take("192.0.2.1", others))).isTrue();
    TestServer.await(unfinished.get(0).send(Buffer.buffer(new byte[1])));

    assertThat(unfinished.get(0).code()).isEqualTo(Code.UNAVAILABLE);
    server.onLoop(
        () -> {
          server.intakes.budget().give("192.0.2.1", others);
          return null;
        });
    unfinished.subList(1, STREAMS_MAX).forEach(client -> client.request.reset(8));
  }
}
