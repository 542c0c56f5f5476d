package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.app.TestStreams.Told;
import dev.longrunning.feed.Timers;
import dev.longrunning.feed.VirtualTime;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.StreamReply;
import dev.longrunning.rpc.StreamSettings;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the streams of a server that stops end. */
final class StreamsStopTest {
  private final TestServer server =
      new TestServer(new StreamSettings(100, Duration.ofSeconds(30), Duration.ofMillis(300)));

  private final TestStreams streams = server.methods.streams;

  @AfterEach
  void close() {
    server.close();
  }

  private final VirtualTime time = new VirtualTime();

  /** What becomes due runs on the server's loop, and time goes on once it has. */
  private final Timers timers = (delay, task) -> time.after(delay, () -> onLoop(task));

  private void onLoop(Runnable task) {
    server.onLoop(
        () -> {
          task.run();
          return null;
        });
  }

  private void drain(Duration within) {
    var streams = server.pipeline.streams();
    onLoop(
        () -> {
          streams.refuse(Problem.stopping());
          new RollingDrain(
                  timers,
                  () -> time.instant().toEpochMilli(),
                  () -> 0.5,
                  List.of(CallPart.held(streams)))
              .begin(within);
        });
  }

  private void stop() {
    drain(Duration.ZERO);
    time.pass(Duration.ZERO);
  }

  private int unstopped() {
    return server.onLoop(() -> server.pipeline.streams().unstopped());
  }

  private static void assertStopping(StreamClient client) throws Exception {
    var status = client.status();
    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
    assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("STOPPING");
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
                    form.isRest()
                        ? Stream.of(StreamClient.watch(server, form, Map.of()))
                        : Stream.of(
                            StreamClient.watch(server, form, Map.of()),
                            StreamClient.open(server, form, TestStreams.REPORT)))
            .toList();
    for (int i = 0; i < open.size(); i++) {
      TestServer.take(streams.opened);
    }
    var waiting = StreamClient.open(server, Form.GRPC, TestStreams.WATCH);
    server.awaitStreams(open.size() + 1);

    stop();

    for (var client : Stream.concat(open.stream(), Stream.of(waiting)).toList()) {
      assertStopping(client);
    }
    server.awaitStreams(0);
    assertThat(StreamClient.watch(server, Form.GRPC, Map.of()).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(server.pipeline.streams().peak().peak()).isEqualTo(open.size() + 1L);
  }

  @Test
  void a_caller_whose_window_is_closed_does_not_keep_its_stream() {
    var closed = new Http2Settings().setInitialWindowSize(0);
    var client =
        server.vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setInitialSettings(closed));
    for (boolean cancels : List.of(true, false)) {
      var request =
          TestServer.await(
              client.request(
                  HttpMethod.POST,
                  server.port,
                  "127.0.0.1",
                  '/' + TestMethods.SERVICE + '/' + TestStreams.WATCH));
      request.putHeader("content-type", "application/grpc");
      request.exceptionHandler(reset -> {});
      request.end(StreamClient.frame("operations/a"));
      var stream = TestServer.take(streams.opened);

      stream.end();

      assertThat(count()).isOne();
      if (cancels) {
        TestServer.await(request.reset(8));
      }
      // The caller is gone, or has had its time.
      server.awaitStreams(0);
    }
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
    for (var told : List.of("operations/a", Told.HALF_CLOSED, Told.DRAINING, Told.CLOSED)) {
      assertThat(stream.event()).isEqualTo(told);
    }
  }

  @Test
  void streams_end_a_share_each_tick_the_oldest_first_and_live_until_then() throws Exception {
    var forms = List.of(Form.values());
    var clients = new ArrayList<StreamClient>();
    var opened = new ArrayList<TestStreams.Opened>();
    for (int i = 0; i < 20; i++) {
      clients.add(StreamClient.watch(server, forms.get(i % forms.size()), Map.of()));
      opened.add(TestServer.take(streams.opened));
      clients.get(i).head();
    }
    drain(Duration.ofSeconds(1));
    assertThat(StreamClient.watch(server, Form.GRPC, Map.of()).code()).isEqualTo(Code.UNAVAILABLE);
    for (var stream : opened) {
      while (stream.event() != Told.DRAINING) {
        // Its request, and that there are no more.
      }
    }

    for (int left = 20; left > 0; left -= 2) {
      assertThat(unstopped()).isEqualTo(left);
      for (var stream : opened.subList(20 - left, 20)) {
        stream.send("operations/" + left);
      }
      time.pass(RollingDrain.TICK);
    }

    for (int i = 0; i < 20; i++) {
      for (int left = 20; left >= 20 - i / 2 * 2; left -= 2) {
        assertThat(clients.get(i).reply().getName()).isEqualTo("operations/" + left);
      }
      assertStopping(clients.get(i));
      assertThat(opened.get(i).event()).isEqualTo(Told.CLOSED);
    }
    server.awaitStreams(0);
    assertThat(time.pending()).isZero();
  }

  @Test
  void one_that_ends_as_soon_as_it_hears_of_the_drain_has_no_turn() {
    streams.script(
        (stream, event) -> {
          if (event == Told.DRAINING) {
            stream.peer.end();
          }
        });
    var client = StreamClient.watch(server, Form.GRPC, Map.of());
    TestServer.take(streams.opened);
    client.head();

    drain(Duration.ofSeconds(1));

    assertThat(client.code()).isEqualTo(Code.OK);
    server.awaitStreams(0);
    time.pass(RollingDrain.TICK);
    assertThat(time.pending()).isZero();
  }

  @Test
  void one_whose_request_is_not_there_is_refused_at_once() throws Exception {
    var client = StreamClient.open(server, Form.GRPC, TestStreams.WATCH);
    server.awaitStreams(1);

    drain(Duration.ofSeconds(1));

    assertStopping(client);
    assertThat(streams.opened).isEmpty();
    time.pass(Duration.ofSeconds(1));
  }
}
