package dev.longrunning.app;

import static dev.longrunning.testing.Calls.operation;
import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.CallFailure;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.RestClient;
import dev.longrunning.v1.AdoptOperationRequest;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two servers on one database are one: what one acknowledged, the other has. */
@Timeout(180)
final class TwoServersIT {
  private static final int READS = Integer.getInteger("two-servers.reads", 10_000);
  private static final int WORKERS = 64;
  private static final int UPDATES = 3;
  private static final int WAITS = 200;

  private static TestPostgres postgres;
  private static Vertx vertx;
  private static final List<InProcessServer> servers = new ArrayList<>();
  private static final List<ApiClient> grpc = new ArrayList<>();
  private static final List<RestClient> rest = new ArrayList<>();

  private final AtomicInteger reads = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    vertx = Vertx.vertx();
    for (int i = 0; i < 2; i++) {
      var server = InProcessServer.start(Map.of("database", postgres.url(), "event-loops", "2"));
      servers.add(server);
      grpc.add(new ApiClient(vertx, server.port));
      rest.add(new RestClient(vertx, server.port));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
    servers.forEach(InProcessServer::close);
    postgres.close();
  }

  @Test
  void what_one_server_acknowledged_the_other_answers_at_once() throws Exception {
    var workers = IntStream.range(0, WORKERS).mapToObj(this::work).toList();

    await(Future.all(workers));

    assertThat(reads.get()).isGreaterThanOrEqualTo(READS);
  }

  /** Operations one after the other, from start to deletion, until enough was read. */
  private Future<Void> work(int worker) {
    if (reads.get() >= READS) {
      return Future.succeededFuture();
    }
    int writer = worker % 2;
    return life(writer, 1 - writer, "workers/w" + worker).compose(done -> work(worker));
  }

  private Future<Void> life(int writer, int reader, String parent) {
    return start(writer, parent)
        .compose(started -> seen(reader, started))
        .compose(started -> updates(writer, reader, started.getName(), 1))
        .compose(name -> complete(writer, name))
        .compose(completed -> seen(reader, completed))
        .compose(completed -> seenInList(reader, parent, completed))
        .compose(completed -> delete(writer, completed.getName()))
        .compose(name -> seenDeleted(reader, name));
  }

  private Future<String> updates(int writer, int reader, String name, int number) {
    if (number > UPDATES) {
      return Future.succeededFuture(name);
    }
    return update(writer, name, number)
        .compose(updated -> seen(reader, updated))
        .compose(updated -> updates(writer, reader, name, number + 1));
  }

  /** Over REST from the first server, over gRPC from the second. */
  private static Future<Operation> start(int server, String parent) {
    if (server == 0) {
      return rest.get(0)
          .post("/v1/" + parent + "/operations:start", new JsonObject())
          .compose(answer -> written(answer, server));
    }
    return grpc.get(server)
        .start(StartOperationRequest.newBuilder().setParent(parent).build())
        .map(answer -> answer.getSnapshot().getOperation());
  }

  /** The writer's own view of what it answered, as the REST body is JSON. */
  private static Future<Operation> written(RestClient.Answer answer, int server) {
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    return grpc.get(server).get(operation(answer.body()));
  }

  private static Future<Operation> update(int server, String name, int number) {
    var request =
        UpdateOperationRequest.newBuilder().setName(name).setMetadata(payload(number)).build();
    return grpc.get(server).update(request).map(answer -> answer.getSnapshot().getOperation());
  }

  private static Future<Operation> complete(int server, String name) {
    var request =
        CompleteOperationRequest.newBuilder().setName(name).setResponse(payload(100)).build();
    return grpc.get(server).complete(request).map(answer -> answer.getSnapshot().getOperation());
  }

  private static Future<String> delete(int server, String name) {
    return server == 0
        ? rest.get(0)
            .send("DELETE", "/v1/" + name, "")
            .map(
                answer -> {
                  assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
                  return name;
                })
        : grpc.get(server).delete(name).map(name);
  }

  private Future<Operation> seen(int reader, Operation written) {
    reads.incrementAndGet();
    return grpc.get(reader)
        .get(written.getName())
        .map(
            read -> {
              assertThat(read).isEqualTo(written);
              return read;
            });
  }

  private Future<Operation> seenInList(int reader, String parent, Operation written) {
    reads.incrementAndGet();
    return grpc.get(reader)
        .list(ListOperationsRequest.newBuilder().setName(parent).build())
        .map(
            page -> {
              assertThat(page.getOperationsList()).containsExactly(written);
              return written;
            });
  }

  private Future<Void> seenDeleted(int reader, String name) {
    reads.incrementAndGet();
    return grpc.get(reader)
        .get(name)
        .transform(
            answer -> {
              assertThat(answer.succeeded()).as("still there: %s", name).isFalse();
              assertThat(answer.cause()).isInstanceOf(CallFailure.class);
              var failure = (CallFailure) answer.cause();
              assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
              assertThat(failure.reason()).isEqualTo("OPERATION_DELETED");
              return Future.succeededFuture();
            });
  }

  @Test
  void what_is_adopted_at_one_server_is_lost_to_its_producer_at_the_other() throws Exception {
    var start =
        StartOperationRequest.newBuilder()
            .setOperationId("handed-over")
            .setLeaseDuration(Duration.newBuilder().setSeconds(3_600))
            .build();
    var started = Calls.await(grpc.get(0).start(start), 30);
    String name = started.getSnapshot().getOperation().getName();
    var renewal =
        UpdateOperationRequest.newBuilder()
            .setName(name)
            .setLeaseToken(started.getLease().getToken())
            .build();
    assertThat(Calls.await(grpc.get(0).update(renewal), 30).getLease().getToken())
        .isEqualTo(started.getLease().getToken());

    var body =
        new JsonObject()
            .put("leaseDuration", "60s")
            .put("requestId", "0b5a7a0e-31c4-4d8a-9a3e-5f2f6d1f7c11");
    var refused = Calls.await(rest.get(1).post("/v1/" + name + ":adopt", body), 30);
    assertThat(refused.status()).as("%s", refused.body()).isEqualTo(400);
    assertThat(refused.body().toString()).contains("LEASE_ALIVE");
    body.put("force", true);
    var adopted = Calls.await(rest.get(1).post("/v1/" + name + ":adopt", body), 30);
    assertThat(adopted.status()).as("%s", adopted.body()).isEqualTo(200);

    assertThatThrownBy(() -> Calls.await(grpc.get(0).update(renewal), 30))
        .cause()
        .isInstanceOfSatisfying(
            CallFailure.class, lost -> assertThat(lost.reason()).isEqualTo("LEASE_LOST"));
    // The same request again, by the other transport and at the other server: the same lease.
    var again =
        AdoptOperationRequest.newBuilder()
            .setName(name)
            .setLeaseDuration(Duration.newBuilder().setSeconds(60))
            .setRequestId(body.getString("requestId"))
            .build();
    var lease = Calls.await(grpc.get(0).adopt(again), 30).getLease();
    assertThat(adopted.body().getJsonObject("lease").getString("token"))
        .isEqualTo(lease.getToken());
    var mine = renewal.toBuilder().setLeaseToken(lease.getToken()).setMetadata(payload(1)).build();
    var updated = Calls.await(grpc.get(0).update(mine), 30).getSnapshot();
    assertThat(Calls.await(grpc.get(1).get(name), 30)).isEqualTo(updated.getOperation());
  }

  @Test
  void a_wait_at_one_server_ends_by_a_completion_at_the_other() throws Exception {
    var waits = IntStream.range(0, WAITS).mapToObj(this::completedElsewhere).toList();

    await(Future.all(waits));
  }

  private Future<Void> completedElsewhere(int number) {
    int waiter = number % 2;
    var request = StartOperationRequest.newBuilder().setOperationId("wait-" + number).build();
    return grpc.get(waiter)
        .start(request)
        .compose(
            started -> {
              String name = started.getSnapshot().getOperation().getName();
              var waiting = grpc.get(waiter).waitFor(wait(name));
              // Requests of one connection are read in order: once this one is answered, the other
              // is waiting.
              return grpc.get(waiter)
                  .get(name)
                  .compose(read -> complete(1 - waiter, name))
                  .compose(completed -> waiting.map(answer -> endedBy(completed, answer)));
            });
  }

  private static WaitOperationRequest wait(String name) {
    return WaitOperationRequest.newBuilder()
        .setName(name)
        .setTimeout(Duration.newBuilder().setSeconds(Calls.LONG_SECONDS))
        .build();
  }

  /** A wait that ends by its own timeout answers with the running state. */
  private static Void endedBy(Operation completed, Operation answer) {
    assertThat(answer).isEqualTo(completed);
    assertThat(answer.getDone()).isTrue();
    assertThat(answer.getResponse()).isNotEqualTo(Any.getDefaultInstance());
    return null;
  }

  private static void await(Future<?> future) throws Exception {
    Calls.await(future, 150);
  }
}
