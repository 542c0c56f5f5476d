package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.longrunning.Main;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.StartOperationRequest;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is told to stop while thousands of streams and waits are open. */
@Timeout(240)
final class DrainIT {
  private static final int TERMINATED = 143;
  private static final int CONNECTIONS = 8;
  private static final int STREAMS = 250;
  private static final int WAITS = 50;
  private static final int PREFIX_BYTES = 5;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private ServerProcess server;
  private int port;

  /** One connection, and the streams on it in the order in which they ended. */
  private final class Client {
    final HttpClient http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));

    final List<Watch> watches = new ArrayList<>();
    final Queue<Watch> ended = new ConcurrentLinkedQueue<>();
  }

  /** A watch of the server's health. */
  private static final class Watch {
    final List<ServingStatus> replies = new ArrayList<>();
    final Promise<Void> opened = Promise.promise();
    final Promise<Status> end = Promise.promise();
    private Buffer bytes = Buffer.buffer();

    void take(Buffer part) {
      bytes.appendBuffer(part);
      while (bytes.length() >= PREFIX_BYTES && bytes.length() >= PREFIX_BYTES + bytes.getInt(1)) {
        int length = PREFIX_BYTES + bytes.getInt(1);
        try {
          var reply = HealthCheckResponse.parseFrom(bytes.getBytes(PREFIX_BYTES, length));
          replies.add(reply.getStatus());
        } catch (IOException e) {
          end.tryFail(e);
        }
        bytes = bytes.getBuffer(length, bytes.length());
        opened.tryComplete();
      }
    }

    void ended(HttpClientResponse head) {
      try {
        String details = head.getTrailer("grpc-status-details-bin");
        end.tryComplete(Status.parseFrom(Base64.getDecoder().decode(details)));
      } catch (IOException | RuntimeException e) {
        end.tryFail(e);
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    server =
        ServerProcess.run(
            List.of(),
            Main.class,
            temp.resolve("err"),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            temp.resolve("data").toString(),
            "--config",
            settings().toString());
    port = server.awaitReady(Duration.ofSeconds(60));
  }

  private Path settings() throws IOException {
    return Files.writeString(temp.resolve("settings.yaml"), "stop: {grace: 20s, drain: 2s}\n");
  }

  @AfterEach
  void end() throws Exception {
    Calls.await(vertx.close(), 20);
    server.close();
  }

  private Future<Watch> watch(Client client) {
    var watch = new Watch();
    var options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(HttpMethod.POST)
            .setURI("/grpc.health.v1.Health/Watch")
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    var bytes = HealthCheckRequest.getDefaultInstance().toByteArray();
    var body = Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
    client
        .http
        .request(options)
        .compose(
            request -> {
              request.exceptionHandler(watch.end::tryFail);
              return request.send(body).onSuccess(head -> read(client, watch, head));
            })
        .onFailure(watch.opened::tryFail);
    return watch.opened.future().map(watch);
  }

  private static void read(Client client, Watch watch, HttpClientResponse head) {
    head.handler(watch::take);
    head.exceptionHandler(watch.end::tryFail);
    head.endHandler(
        end -> {
          client.ended.add(watch);
          watch.ended(head);
        });
  }

  private Client client(int streams) throws Exception {
    var client = new Client();
    for (int i = 0; i < streams; i++) {
      client.watches.add(Calls.await(watch(client), 20));
    }
    return client;
  }

  private static String start(ApiClient client) throws Exception {
    var request = StartOperationRequest.newBuilder().setParent("drains/d").build();
    return Calls.await(client.start(request), 20).getSnapshot().getOperation().getName();
  }

  private static Future<Operation> waitFor(ApiClient client, String name) {
    var forLong = Durations.fromMinutes(5);
    return client.waitFor(
        WaitOperationRequest.newBuilder().setName(name).setTimeout(forLong).build());
  }

  @Test
  void each_stream_hears_why_it_ends_the_oldest_of_a_connection_first_and_each_wait_is_answered()
      throws Exception {
    var clients = new ArrayList<Client>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(client(STREAMS));
    }
    try (var api = new ApiClient(vertx, port)) {
      String name = start(api);
      var waits = IntStream.range(0, WAITS).mapToObj(i -> waitFor(api, name)).toList();
      // Calls of one connection begin in their order: once this is answered, the waits have begun.
      start(api);
      var times = new TreeMap<Long, Integer>();
      long begun = System.nanoTime();
      for (var client : clients) {
        for (var watch : client.watches) {
          watch.end.future().onSuccess(status -> count(times, begun));
        }
      }

      assertThat(server.stop("TERM")).isEqualTo(TERMINATED);

      for (var client : clients) {
        for (var watch : client.watches) {
          var status = Calls.await(watch.end.future(), 20);
          assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
          assertThat(status.getDetails(0).unpack(ErrorInfo.class).getReason())
              .isEqualTo("STOPPING");
          assertThat(watch.replies)
              .containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
        }
        assertThat(client.ended).containsExactlyElementsOf(client.watches);
      }
      for (var wait : waits) {
        assertThat(Calls.await(wait, 20).getDone()).isFalse();
      }
      System.out.println("streams that ended, by tenths of a second: " + times);
    }
    assertThat(server.errors())
        .contains("stop.began", "drain_ms=\"2000\"", "stop.finished")
        .doesNotContain("stop.calls_cut_off");
  }

  private static void count(Map<Long, Integer> times, long begun) {
    long tenths = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / 100;
    synchronized (times) {
      times.merge(tenths, 1, Integer::sum);
    }
  }

  @Test
  void told_a_second_time_it_ends_all_streams_at_once() throws Exception {
    var client = client(20);
    server.signal("TERM");
    server.awaitErrors("stop.began");

    assertThat(server.stop("TERM")).isEqualTo(TERMINATED);

    assertThat(server.errors()).contains("told to stop again").doesNotContain("stop.finished");
    for (var watch : client.watches) {
      Calls.await(watch.end.future().transform(any -> Future.succeededFuture()), 20);
    }
  }
}
