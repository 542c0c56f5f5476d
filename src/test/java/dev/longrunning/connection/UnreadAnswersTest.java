package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.connection.Http2Peer.Frame;
import dev.longrunning.feed.Timers;
import dev.longrunning.feed.VirtualTime;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets, and a time that passes when the test says so. */
@Timeout(60)
final class UnreadAnswersTest {
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int CANCEL = 8;
  private static final int REFUSED = 503;

  private final VirtualTime time = new VirtualTime();
  private final Connections connections = new Connections(Limits.DEFAULT, this::timers, () -> 0);
  private Vertx vertx;
  private int port;

  private Timers timers(EventExecutor loop) {
    return (delay, task) -> time.after(delay, () -> run(loop, task));
  }

  private static void run(EventExecutor loop, Runnable task) {
    try {
      loop.submit(task).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void listen() throws Exception {
    var transport = GuardedTransport.ofThisMachine();
    transport.guard(connections);
    vertx = Vertx.builder().withTransport(transport).build();
    var server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .connectionHandler(connections::speaks)
            .requestHandler(UnreadAnswersTest::answer);
    server.listen().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(connections.unreadBytes()).isZero();
  }

  /** With as many bytes as the path says; past a slash, so many are held as if they were there. */
  private static void answer(HttpServerRequest request) {
    var path = request.path().substring(1).split("/", -1);
    int held = Integer.parseInt(path[path.length - 1]);
    if (!UnreadAnswers.hasRoom(request, held)) {
      request.response().setStatusCode(REFUSED).end();
      return;
    }
    UnreadAnswers.leavesAtOnce(request, held);
    request.response().end(Buffer.buffer(new byte[Integer.parseInt(path[0])]));
  }

  private Http2Peer peer(int window) throws IOException {
    var peer = new Http2Peer(port);
    peer.send(
        Http2Peer.SETTINGS,
        0,
        0,
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(window).array());
    peer.settle();
    return peer;
  }

  private static void open(Http2Peer peer, int stream, int bytes) throws IOException {
    peer.send(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  private static Frame last(Http2Peer peer, int stream) throws IOException {
    var frame = peer.next().orElseThrow();
    while (frame.stream() != stream
        || (frame.type() != Http2Peer.RST_STREAM && (frame.flags() & Http2Peer.END_STREAM) == 0)) {
      frame = peer.next().orElseThrow();
    }
    return frame;
  }

  private void awaitNoneUnread() throws InterruptedException {
    for (int i = 0; i < 2_000 && connections.unreadBytes() > 0; i++) {
      Thread.sleep(5);
    }
    assertThat(connections.unreadBytes()).isZero();
  }

  /** Long enough, with a peer that shows that it is there. */
  private void passTooLong(Http2Peer peer) throws IOException {
    for (int i = 0; i <= UnreadAnswers.LOOKS_MAX + 1; i++) {
      time.pass(Connection.TICK);
      peer.settle();
    }
  }

  @Test
  void one_that_is_not_taken_in_time_is_reset_and_its_bytes_are_free() throws Exception {
    for (int window : new int[] {0, 1}) {
      try (var peer = peer(window)) {
        int stream = peer.get("/1000");
        peer.settle();
        assertThat(connections.unreadBytes()).isEqualTo(1_000);
        time.pass(Connection.TICK.multipliedBy(UnreadAnswers.LOOKS_MAX - 1));
        peer.settle();
        assertThat(connections.unreadBytes()).isEqualTo(1_000);

        passTooLong(peer);

        var end = last(peer, stream);
        assertThat(end.type()).isEqualTo(Http2Peer.RST_STREAM);
        assertThat(end.error()).isEqualTo(CANCEL);
        assertThat(connections.unreadBytes()).isZero();
        assertThat(connections.callsInFlight()).isZero();
        peer.settle();
      }
    }
  }

  @Test
  void one_that_is_taken_in_time_is_whole() throws Exception {
    try (var peer = peer(0)) {
      int stream = peer.get("/1000");
      peer.settle();
      time.pass(Duration.ofSeconds(50));
      peer.settle();
      open(peer, stream, 1_000);
      peer.settle();
      awaitNoneUnread();
      passTooLong(peer);

      assertThat(last(peer, stream).type()).isEqualTo(Http2Peer.DATA);
    }
  }

  @Test
  void one_that_is_cancelled_and_those_of_a_lost_connection_are_free_at_once() throws Exception {
    try (var peer = peer(0)) {
      int stream = peer.get("/1000");
      peer.get("/500");
      peer.settle();
      assertThat(connections.unreadBytes()).isEqualTo(1_500);

      peer.cancel(stream);
      peer.settle();
      assertThat(connections.unreadBytes()).isEqualTo(500);
    }
    awaitNoneUnread();
  }

  @Test
  void one_that_finds_room_is_not_counted() throws Exception {
    try (var peer = peer(10_000)) {
      int stream = peer.get("/9999");
      peer.flush();
      assertThat(last(peer, stream).type()).isEqualTo(Http2Peer.DATA);
      awaitNoneUnread();
    }
  }

  @Test
  void a_connection_has_room_for_so_many_bytes_and_an_answer_that_leaves_at_once()
      throws Exception {
    try (var peer = peer(0)) {
      peer.get("/10/" + (UnreadAnswers.BYTES_MAX - 1_000));
      peer.get("/10/1000");
      int refused = peer.get("/10/1");
      peer.settle();
      assertThat(connections.unreadBytes()).isEqualTo(UnreadAnswers.BYTES_MAX);
      assertThat(last(peer, refused).type()).isEqualTo(Http2Peer.HEADERS);

      peer.send(
          Http2Peer.SETTINGS,
          0,
          0,
          ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(100).array());
      peer.settle();
      int small = peer.get("/10/10");
      peer.flush();
      assertThat(last(peer, small).type()).isEqualTo(Http2Peer.DATA);
    }
  }

  @Test
  void all_connections_together_have_room_for_so_many_bytes() throws Exception {
    var peers = new Http2Peer[6];
    for (int i = 0; i < peers.length; i++) {
      peers[i] = peer(0);
      peers[i].get("/10/1");
      peers[i].settle();
    }
    int each = UnreadAnswers.BYTES_MAX - 100;
    for (int i = 0; i < 4; i++) {
      peers[i].get("/10/" + each);
      peers[i].settle();
    }

    int refused = peers[5].get("/10/1000");
    peers[5].settle();

    assertThat(last(peers[5], refused).type()).isEqualTo(Http2Peer.HEADERS);
    for (var peer : peers) {
      peer.close();
    }
    awaitNoneUnread();
  }
}
