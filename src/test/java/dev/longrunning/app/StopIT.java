package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.longrunning.Main;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.CallFailure;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.Persistence;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is told to stop while it is called, and one that is told to read again. */
@Timeout(240)
final class StopIT {
  private static final int TERMINATED = 143;
  private static final int CLIENTS = 4;
  private static final int CALLS_AT_ONCE = 8;
  private static final int REFUSED_STREAM = 7;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  /** Unpacked once: later servers find the programs there. */
  @TempDir static Path shared;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final Persistence persistence = new Persistence(vertx);
  private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
  private ServerProcess server;

  @BeforeAll
  static void unpack() throws Exception {
    try (var process = launch(shared.resolve("err"))) {
      process.awaitReady(READY_LIMIT);
    }
  }

  @AfterEach
  void end() throws Exception {
    Calls.await(vertx.close(), 20);
    if (server != null) {
      server.close();
    }
  }

  private static ServerProcess launch(Path errors, String... more) throws IOException {
    var all = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:0"));
    all.addAll(List.of("--data", shared.resolve("data").toString()));
    all.addAll(List.of(more));
    // Logs as it does outside of tests.
    return ServerProcess.run(List.of(), Main.class, errors, all.toArray(String[]::new));
  }

  @Test
  void under_load_every_call_is_answered_or_was_not_begun_and_what_is_acknowledged_is_there()
      throws Exception {
    server = launch(temp.resolve("err"));
    int port = server.awaitReady(READY_LIMIT);
    var enough = new CountDownLatch(500);
    var lives = new ArrayList<Future<Void>>();
    var clients = new ArrayList<ApiClient>();
    for (int i = 0; i < CLIENTS; i++) {
      var client = new ApiClient(vertx, port);
      clients.add(client);
      for (int j = 0; j < CALLS_AT_ONCE; j++) {
        lives.add(write(client, enough));
      }
    }
    assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
    var waiting = Calls.await(start(clients.get(0)), 20);
    var wait =
        clients
            .get(0)
            .waitFor(
                WaitOperationRequest.newBuilder()
                    .setName(waiting)
                    .setTimeout(Durations.fromMinutes(5))
                    .build());

    assertThat(server.stop("TERM")).isEqualTo(TERMINATED);

    Calls.await(Future.join(lives), 60);
    assertThat(surprises).isEmpty();
    Operation state = Calls.await(wait, 20);
    assertThat(state.getDone()).isFalse();
    assertThat(server.errors()).contains("stop.began", "stop.finished").doesNotContain("WARN");
    clients.forEach(ApiClient::close);
    server = launch(temp.resolve("err"));
    try (var client = new ApiClient(vertx, server.awaitReady(READY_LIMIT))) {
      for (String name : acknowledged) {
        var read = Calls.await(persistence.until(() -> client.get(name)), 60);
        assertThat(read.getName()).isEqualTo(name);
      }
    }
    System.out.println(acknowledged.size() + " acknowledged before and during the stop");
  }

  /** Starts operations until the server is gone. */
  private Future<Void> write(ApiClient client, CountDownLatch enough) {
    return start(client)
        .compose(
            name -> {
              enough.countDown();
              return write(client, enough);
            },
            failure -> {
              if (!isClean(failure)) {
                surprises.add(failure);
              }
              return Future.succeededFuture();
            });
  }

  private Future<String> start(ApiClient client) {
    var request = StartOperationRequest.newBuilder().setParent("stops/s").build();
    return client
        .start(request)
        .map(started -> started.getSnapshot().getOperation().getName())
        .onSuccess(acknowledged::add);
  }

  /** What a gRPC client sends again by itself: it knows that the call was not begun. */
  private static boolean isClean(Throwable failure) {
    if (failure instanceof CallFailure refused) {
      return refused.code() == Code.UNAVAILABLE;
    }
    if (failure instanceof StreamResetException reset) {
      return reset.getCode() == REFUSED_STREAM;
    }
    // What the client says of a connection that was closed before it opened: nothing was sent on
    // it.
    boolean neverOpened = "Connection was closed".equals(failure.getMessage());
    return failure instanceof ConnectException
        || neverOpened
        || (failure instanceof HttpClosedException closed && closed.goAway() != null);
  }

  @Test
  void told_a_second_time_it_ends_at_once() throws Exception {
    server = launch(temp.resolve("err"), "--config", file("stop:\n  grace: 1h\n").toString());
    int port = server.awaitReady(READY_LIMIT);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      // A call whose body does not come is in flight.
      var head = "POST /v1/operations:start HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n";
      var expecting = head + "expect: 100-continue\r\n\r\n";
      socket.getOutputStream().write(expecting.getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 100");
      server.signal("TERM");
      server.awaitErrors("stop.began");

      assertThat(server.stop("TERM")).isEqualTo(TERMINATED);
    }
    assertThat(server.errors()).contains("told to stop again").doesNotContain("stop.finished");
  }

  @Test
  void a_signal_makes_it_read_its_settings_again() throws Exception {
    var file = file("wait-max: 1m\n");
    server = launch(temp.resolve("err"), "--config", file.toString());
    int port = server.awaitReady(READY_LIMIT);
    assertThat(status(port, "api.example.com")).contains(" 403 ");

    Files.writeString(file, "hosts: [api.example.com]\nwait-max: 1m\ncache-bytes: 1GiB\n");
    server.signal("HUP");
    server.awaitErrors("setting.wants_restart setting=\"cache-bytes\"");
    server.awaitErrors("setting.changed setting=\"hosts\" before=\"\" after=\"api.example.com\"");

    assertThat(status(port, "api.example.com")).contains(" 404 ");
    Files.writeString(file, "hosts: [other.example.com]\nretention: x\n");
    server.signal("HUP");
    server.awaitErrors("retention: got x, allowed 1s..365d");
    assertThat(status(port, "api.example.com")).contains(" 404 ");
  }

  @Test
  void a_start_with_sets_of_types_that_cannot_be_used_says_so_and_ends() throws Exception {
    var folder = Files.createDirectory(temp.resolve("types"));
    Files.write(folder.resolve("a.binpb"), new byte[] {1});
    Files.write(folder.resolve("b.binpb"), new byte[] {2});
    var file = file("types: {directory: " + folder + "}\n");
    server = launch(temp.resolve("err"), "--config", file.toString());

    assertThat(server.awaitEnd()).isEqualTo(1);
    assertThat(server.errors().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("longrunning: types.directory: got " + folder));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(temp.resolve("settings.yaml"), text);
  }

  /** The first line of an answer for that host. */
  private static String status(int port, String host) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET /v1/operations/none HTTP/1.1\r\nhost: "
                      + host
                      + "\r\nconnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(13), StandardCharsets.US_ASCII);
    }
  }
}
