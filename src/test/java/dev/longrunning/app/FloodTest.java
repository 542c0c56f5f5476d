package dev.longrunning.app;

import static dev.longrunning.connection.Http2Peer.CONTINUATION;
import static dev.longrunning.connection.Http2Peer.END_STREAM;
import static dev.longrunning.connection.Http2Peer.GOAWAY;
import static dev.longrunning.connection.Http2Peer.HEADERS;
import static dev.longrunning.connection.Http2Peer.NOTHING;
import static dev.longrunning.connection.Http2Peer.PING;
import static dev.longrunning.connection.Http2Peer.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.connection.Http2Peer;
import dev.longrunning.testing.Frames;
import dev.longrunning.testing.HonestCaller;
import dev.longrunning.testing.RawHttp2;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends a connection, and what does not: only floods. */
@Timeout(60)
final class FloodTest {
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int WINDOW_UPDATE = 8;

  private final TestServer server = new TestServer();
  private HonestCaller honest;

  @BeforeEach
  void beHonest() {
    server.methods.echo();
    honest = HonestCaller.open(server.port, "operations/honest");
  }

  /** Whatever was sent meanwhile, it has been served as if nobody else were there. */
  @AfterEach
  void stop() {
    honest.check();
    honest.close();
    server.close();
  }

  private interface Flood {
    void send(Http2Peer peer) throws IOException;
  }

  /** Reads while it floods, as an attacker does who wants to be answered. */
  private void endsWith(int error, Flood flood) throws Exception {
    try (var peer = new Http2Peer(server.port)) {
      var goAway =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return peer.find(GOAWAY);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      try {
        flood.send(peer);
        peer.flush();
      } catch (SocketException closed) {
        // Before all of it was sent.
      }
      // A system that gets more after it has closed resets, and what was said last may be lost.
      var said = goAway.get(20, TimeUnit.SECONDS);
      assertThat(said.map(Http2Peer.Frame::error).orElse(error)).isEqualTo(error);
      assertThat(peer.isClosed()).isTrue();
    }
    honest.check();
  }

  @Test
  void hundreds_of_honest_cancels_do_not_end_it() throws Exception {
    try (var peer = new Http2Peer(server.port)) {
      for (int i = 0; i < 900; i++) {
        peer.cancel(peer.get("/v1/operations/a"));
      }
      peer.settle();
    }
  }

  @Test
  void a_rapid_reset_ends_it() throws Exception {
    endsWith(
        ENHANCE_YOUR_CALM,
        peer -> {
          for (int i = 0; i < 3_100; i++) {
            peer.cancel(peer.get("/v1/operations/a"));
          }
        });
  }

  @Test
  void a_flood_of_streams_that_have_to_be_reset_ends_it() throws Exception {
    endsWith(
        ENHANCE_YOUR_CALM,
        peer -> {
          for (int i = 0; i < 3_100; i++) {
            int stream = peer.begin("/v1/operations/a", Http2Peer.END_HEADERS);
            peer.send(WINDOW_UPDATE, 0, stream, new byte[4]);
          }
        });
  }

  @Test
  void a_flood_of_continuations_ends_it() throws Exception {
    endsWith(
        ENHANCE_YOUR_CALM,
        peer -> {
          int stream = peer.begin("/v1/operations/a", END_STREAM);
          for (int i = 0; i < 100; i++) {
            peer.send(CONTINUATION, 0, stream, NOTHING);
          }
        });
  }

  @Test
  void a_flood_of_settings_ends_it() throws Exception {
    endsWith(
        ENHANCE_YOUR_CALM,
        peer -> {
          for (int i = 0; i < 500; i++) {
            peer.send(SETTINGS, 0, 0, NOTHING);
          }
        });
  }

  @Test
  void a_flood_of_pings_ends_it() throws Exception {
    endsWith(
        ENHANCE_YOUR_CALM,
        peer -> {
          for (int i = 0; i < 110_000; i++) {
            peer.send(PING, 0, 0, new byte[8]);
          }
        });
  }

  @Test
  void pings_of_a_client_that_measures_do_not_end_it() throws Exception {
    try (var peer = new Http2Peer(server.port)) {
      for (int i = 0; i < 500; i++) {
        peer.settle();
      }
    }
  }

  @Test
  void a_flood_of_empty_data_ends_it() throws Exception {
    endsWith(
        ENHANCE_YOUR_CALM,
        peer -> {
          int stream = peer.begin("/v1/operations/a", Http2Peer.END_HEADERS);
          for (int i = 0; i < 100; i++) {
            peer.send(Http2Peer.DATA, 0, stream, NOTHING);
          }
        });
  }

  /** Behind streams that nobody reads each frame would be held, at a hundred times its size. */
  @Test
  void a_flood_of_tiny_data_ends_it() throws Exception {
    try (var connection = RawHttp2.open(server.port)) {
      String path = '/' + TestMethods.SERVICE + '/' + TestStreams.REPORT;
      connection.send(Frames.headers(1, false, GrpcBattery.head(":path", path)));
      assertThat(connection.isAlive(1)).isTrue();
      var tiny = new ByteArrayOutputStream();
      for (int i = 0; i < 70_000; i++) {
        tiny.writeBytes(Frames.data(1, false, (byte) 0));
      }

      connection.offer(tiny.toByteArray());

      assertThat(connection.awaitClose())
          .isIn(OptionalLong.of(ENHANCE_YOUR_CALM), OptionalLong.empty());
    }
    server.awaitStreams(0);
  }

  @Test
  void more_streams_than_allowed_are_refused_and_the_others_go_on() throws Exception {
    try (var peer = new Http2Peer(server.port)) {
      for (int i = 0; i <= ApiPort.STREAMS_MAX; i++) {
        peer.begin("/v1/operations/a", Http2Peer.END_HEADERS);
      }
      peer.flush();
      var refused = peer.next(Http2Peer.RST_STREAM);

      assertThat(refused.stream()).isEqualTo(2 * ApiPort.STREAMS_MAX + 1);
      peer.settle();
      peer.send(Http2Peer.DATA, END_STREAM, 1, NOTHING);
      peer.flush();
      assertThat(peer.next(HEADERS).stream()).isEqualTo(1);
    }
  }
}
