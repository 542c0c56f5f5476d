package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.connection.Connections.Protocol;
import dev.longrunning.feed.Timers;
import dev.longrunning.feed.VirtualTime;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets, and a time that passes when the test says so. */
@Timeout(60)
final class ConnectionsTest {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int MORE_THAN_SOCKETS_HOLD = 64 * 1_048_576;
  private static final Limits LIMITS =
      new Limits(Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofMinutes(11), 4, 3);

  /** Without jitter the first look is after half a tick, and a moment. */
  private static final Duration FIRST_LOOK = Connection.TICK.dividedBy(2).plusMillis(100);

  private final VirtualTime time = new VirtualTime();
  private final Connections connections = new Connections(LIMITS, this::timers, () -> 0);
  private final BlockingQueue<HttpServerRequest> requests = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private HttpServer server;
  private int port;

  /** What becomes due runs on its loop, and time goes on once it has. */
  private Timers timers(EventExecutor loop) {
    return (delay, task) -> time.after(delay, () -> run(loop, task));
  }

  private static void run(EventExecutor loop, Runnable task) {
    try {
      loop.submit(task).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void listen() throws Exception {
    var transport = GuardedTransport.ofThisMachine();
    transport.guard(connections);
    vertx = Vertx.builder().withTransport(transport).build();
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .connectionHandler(connections::speaks)
            .requestHandler(requests::add);
    server.listen().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** All that comes until the connection is closed. */
  private static String rest(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (SocketException e) {
      return "";
    }
  }

  /** The next answer, which has the body {@code ok}. */
  private static String answer(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (!text.toString().endsWith("\r\n\r\nok")) {
      int next = in.read();
      if (next < 0) {
        throw new AssertionError("closed after: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  private HttpServerRequest request() throws InterruptedException {
    var request = requests.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (request == null) {
      throw new AssertionError("no request came");
    }
    return request;
  }

  private void reply(HttpServerRequest request) {
    vertx.runOnContext(now -> {});
    request.response().end("ok");
  }

  /** What is accepted is so on another thread. */
  private void awaitAccepted(int count) throws InterruptedException {
    for (int i = 0; i < 2_000 && connections.accepted() != count; i++) {
      Thread.sleep(5);
    }
    assertThat(connections.accepted()).isEqualTo(count);
  }

  private void awaitEnded(String why) throws InterruptedException {
    var one = Map.entry(why, 1L);
    for (int i = 0; i < 2_000 && !connections.ended().entrySet().contains(one); i++) {
      Thread.sleep(5);
    }
    assertThat(connections.ended()).contains(one);
  }

  private void awaitTimer() throws InterruptedException {
    for (int i = 0; i < 2_000 && time.pending() == 0; i++) {
      Thread.sleep(5);
    }
  }

  @Test
  void one_that_says_nothing_is_closed() throws Exception {
    try (var socket = connect()) {
      awaitTimer();

      time.pass(Connection.HEADERS_WITHIN);

      assertThat(rest(socket)).isEmpty();
      awaitEnded("late");
    }
  }

  @Test
  void one_whose_headers_drip_is_closed() throws Exception {
    try (var socket = connect()) {
      send(socket, "GET / HTTP/1.1\r\nhost: localhost\r\n");
      awaitTimer();
      for (int i = 0; i < 9; i++) {
        send(socket, "x-drip-" + i + ": 1\r\n");
        time.pass(Duration.ofSeconds(1));
      }

      time.pass(Duration.ofSeconds(1));

      assertThat(rest(socket)).isEmpty();
      assertThat(requests).isEmpty();
    }
  }

  @Test
  void a_preface_without_settings_is_closed() throws Exception {
    try (var socket = connect()) {
      send(socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      awaitTimer();

      time.pass(Connection.HEADERS_WITHIN);

      rest(socket);
      awaitEnded("late");
    }
  }

  @Test
  void one_too_many_of_a_caller_is_closed_unread_and_the_next_is_served_once_one_has_gone()
      throws Exception {
    var sockets = new Socket[] {connect(), connect(), connect()};
    awaitAccepted(3);

    try (var refused = connect()) {
      assertThat(rest(refused)).isEmpty();
    }
    assertThat(connections.refused()).isEqualTo(1);
    sockets[0].close();
    awaitAccepted(2);

    try (var next = connect()) {
      send(next, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
      reply(request());
      assertThat(answer(next.getInputStream())).startsWith("HTTP/1.1 200");
    }
    sockets[1].close();
    sockets[2].close();
    awaitAccepted(0);
  }

  @Test
  void the_answer_of_an_old_connection_of_http_1_says_close_and_is_the_last() throws Exception {
    try (var socket = connect()) {
      send(socket, "GET /1 HTTP/1.1\r\nhost: localhost\r\n\r\n");
      reply(request());
      assertThat(answer(socket.getInputStream())).doesNotContain("connection: close");
      send(socket, "GET /2 HTTP/1.1\r\nhost: localhost\r\n\r\n");
      var inFlight = request();
      assertThat(connections.open(Protocol.HTTP_1)).isEqualTo(1);

      time.pass(LIMITS.ageMax().plus(Connection.TICK.multipliedBy(2)));
      reply(inFlight);

      assertThat(rest(socket)).contains("connection: close").endsWith("ok");
      awaitEnded("aged");
    }
    for (int i = 0; i < 2_000 && connections.open(Protocol.HTTP_1) > 0; i++) {
      Thread.sleep(5);
    }
    assertThat(connections.open(Protocol.HTTP_1)).isZero();
    assertThat(connections.callsInFlight()).isZero();
  }

  @Test
  void an_answer_that_had_begun_when_its_connection_was_told_to_leave_is_the_last()
      throws Exception {
    try (var socket = connect()) {
      send(socket, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
      var begun = request().response().setChunked(true);
      begun.write("o").toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);

      time.pass(LIMITS.ageMax().plus(Connection.TICK.multipliedBy(2)));
      begun.end("k");

      assertThat(rest(socket)).doesNotContain("connection: close").endsWith("k\r\n0\r\n\r\n");
      awaitEnded("aged");
    }
  }

  @Test
  void one_that_does_not_read_its_answer_is_cut_off_when_its_grace_is_over() throws Exception {
    try (var socket = connect()) {
      send(socket, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
      var lost = new LinkedBlockingQueue<String>();
      var unread = request().response().setChunked(true);
      unread.closeHandler(closed -> lost.add("closed"));
      unread.write(Buffer.buffer(new byte[MORE_THAN_SOCKETS_HOLD]));

      time.pass(LIMITS.ageMax().plus(LIMITS.grace()).plus(Connection.TICK.multipliedBy(4)));

      assertThat(lost.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("closed");
      awaitEnded("grace_over");
      awaitAccepted(0);
    }
  }

  @Test
  void an_idle_connection_of_http_1_is_closed_and_one_with_a_call_in_flight_is_not()
      throws Exception {
    try (var idle = connect();
        var busy = connect()) {
      send(idle, "GET /1 HTTP/1.1\r\nhost: localhost\r\n\r\n");
      reply(request());
      answer(idle.getInputStream());
      send(busy, "GET /2 HTTP/1.1\r\nhost: localhost\r\n\r\n");
      var inFlight = request();

      time.pass(LIMITS.idleMax().plus(Connection.TICK.multipliedBy(2)).plus(Connection.LAST_CALL));

      assertThat(rest(idle)).isEmpty();
      reply(inFlight);
      assertThat(answer(busy.getInputStream())).doesNotContain("connection: close");
    }
  }

  @Test
  void pipelined_requests_are_all_in_flight() throws Exception {
    try (var socket = connect()) {
      send(socket, "GET /1 HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2));
      reply(request());
      answer(socket.getInputStream());
      var second = request();

      time.pass(LIMITS.idleMax().multipliedBy(3));
      reply(second);

      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void an_old_connection_of_http_2_hears_goaway_twice_and_its_calls_are_answered()
      throws Exception {
    try (var peer = new Http2Peer(port)) {
      int before = peer.get("/before");
      peer.flush();
      var inFlight = request();
      assertThat(connections.open(Protocol.HTTP_2)).isEqualTo(1);

      answeringPings(peer, LIMITS.ageMax().plus(FIRST_LOOK));
      var first = peer.next(Http2Peer.GOAWAY);
      assertThat(first.lastStream()).isEqualTo(Integer.MAX_VALUE);
      assertThat(first.error()).isZero();
      int onItsWay = peer.get("/on-its-way");
      peer.flush();
      var late = request();
      time.pass(Connection.LAST_CALL);
      assertThat(peer.next(Http2Peer.GOAWAY).lastStream()).isEqualTo(onItsWay);
      reply(inFlight);
      assertThat(peer.next(Http2Peer.DATA).stream()).isEqualTo(before);
      reply(late);

      assertThat(peer.next(Http2Peer.DATA).stream()).isEqualTo(onItsWay);
      assertThat(peer.isClosed()).isTrue();
    }
    awaitEnded("aged");
  }

  /** Time in which the peer says something now and then. */
  private void answeringPings(Http2Peer peer, Duration duration) throws IOException {
    var step = Duration.ofSeconds(15);
    for (var left = duration; !left.isNegative() && !left.isZero(); left = left.minus(step)) {
      time.pass(left.compareTo(step) < 0 ? left : step);
      if (left.compareTo(step) > 0) {
        peer.settle();
      }
    }
  }

  @Test
  void a_connection_of_http_2_without_a_call_is_closed_and_one_with_a_call_is_not()
      throws Exception {
    try (var idle = new Http2Peer(port);
        var busy = new Http2Peer(port)) {
      idle.settle();
      busy.get("/");
      busy.flush();
      var inFlight = request();
      var due = LIMITS.idleMax().plus(FIRST_LOOK).plus(Connection.LAST_CALL);
      for (var left = due; !left.isNegative(); left = left.minusSeconds(15)) {
        busy.settle();
        idle.send(Http2Peer.PING, 0, 0, new byte[8]);
        idle.flush();
        time.pass(left.compareTo(Duration.ofSeconds(15)) < 0 ? left : Duration.ofSeconds(15));
      }

      assertThat(idle.next(Http2Peer.GOAWAY).error()).isZero();
      assertThat(idle.isClosed()).isTrue();
      busy.settle();
      reply(inFlight);
      assertThat(busy.next(Http2Peer.DATA).payload().remaining()).isEqualTo(2);
    }
  }

  @Test
  void a_peer_that_does_not_answer_is_asked_and_then_closed() throws Exception {
    try (var peer = new Http2Peer(port)) {
      peer.get("/");
      peer.flush();
      var lost = new LinkedBlockingQueue<String>();
      request().response().closeHandler(closed -> lost.add("closed"));

      time.pass(Duration.ofSeconds(75));

      assertThat(peer.next(Http2Peer.PING).flags()).isZero();
      assertThat(peer.isClosed()).isTrue();
      assertThat(lost.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("closed");
      awaitEnded("silent");
    }
  }

  @Test
  void a_ping_is_answered() throws Exception {
    try (var peer = new Http2Peer(port)) {
      peer.settle();
    }
  }

  @Test
  void a_stop_lets_calls_end_and_takes_no_more() throws Exception {
    try (var http1 = connect();
        var http2 = new Http2Peer(port);
        var silent = connect()) {
      awaitAccepted(3);
      send(http1, "GET /1 HTTP/1.1\r\nhost: localhost\r\n\r\n");
      var first = request();
      http2.get("/2");
      http2.flush();
      var second = request();

      var stopped = server.shutdown(20, TimeUnit.SECONDS).toCompletionStage().toCompletableFuture();
      assertThat(http2.next(Http2Peer.GOAWAY).lastStream()).isEqualTo(Integer.MAX_VALUE);
      // Each is told on a thread of its own, and has its last call from then on: the one of HTTP/2
      // once it has been told to the end.
      http2.settle();
      for (int i = 0; i < 1_000 && connections.accepted() > 2; i++) {
        time.pass(Connection.LAST_CALL);
        Thread.sleep(5);
      }
      assertThat(rest(silent)).isEmpty();
      assertThat(http2.next(Http2Peer.GOAWAY).lastStream()).isEqualTo(1);
      assertThat(stopped).isNotDone();
      reply(first);
      reply(second);

      assertThat(rest(http1)).contains("connection: close").endsWith("ok");
      assertThat(http2.next(Http2Peer.DATA).payload().remaining()).isEqualTo(2);
      assertThat(http2.isClosed()).isTrue();
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_stop_leaves_streams_alone_and_closes_their_connection_once_the_last_has_ended()
      throws Exception {
    try (var peer = new Http2Peer(port)) {
      int first = peer.get("/1");
      int second = peer.get("/2");
      peer.flush();
      var streams = List.of(request(), request());
      streams.forEach(stream -> stream.response().setChunked(true).write("a"));
      peer.next(Http2Peer.DATA);
      peer.next(Http2Peer.DATA);

      var stopped = server.shutdown(20, TimeUnit.SECONDS).toCompletionStage().toCompletableFuture();
      peer.next(Http2Peer.GOAWAY);
      // The last call begins once that was written, which the peer may read before.
      peer.settle();
      time.pass(Connection.LAST_CALL);
      assertThat(peer.next(Http2Peer.GOAWAY).lastStream()).isEqualTo(second);

      for (var stream : streams) {
        stream.response().write("b");
        assertThat(peer.next(Http2Peer.DATA).payload().remaining()).isOne();
      }
      streams.get(0).response().end();
      assertThat(peer.next(Http2Peer.DATA).stream()).isEqualTo(first);
      streams.get(1).response().write("c");
      assertThat(peer.next(Http2Peer.DATA).stream()).isEqualTo(second);
      assertThat(stopped).isNotDone();
      streams.get(1).response().end();

      assertThat(peer.isClosed()).isTrue();
      stopped.get(20, TimeUnit.SECONDS);
      assertThat(connections.callsCutOff()).isZero();
    }
  }
}
