package dev.longrunning.app;

import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.CallFailure;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.Journal;
import dev.longrunning.testing.RestClient;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything is as before after a stop and a start. */
@Timeout(180)
final class RestartIT {
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;
  private static final int SECONDS = 20;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final Journal journal = new Journal();
  private ServerProcess server;
  private ApiClient client;
  private int port;

  @AfterEach
  void end() throws Exception {
    Calls.await(vertx.close(), SECONDS);
    server.close();
  }

  private void start() throws Exception {
    server =
        ServerProcess.run(
            temp.resolve("err"),
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            temp.resolve("data").toString());
    port = server.awaitReady(Duration.ofSeconds(60));
    client = new ApiClient(vertx, port);
  }

  private void restart(String signal, int status) throws Exception {
    client.close();
    assertThat(server.stop(signal)).isEqualTo(status);
    assertThat(temp.resolve("data/postgresql/postmaster.pid")).doesNotExist();
    start();
  }

  @Test
  void operations_tokens_leases_and_memories_survive_a_restart() throws Exception {
    start();
    var request =
        StartOperationRequest.newBuilder()
            .setParent("kept")
            .setRequestId(UUID.randomUUID().toString())
            .setLeaseDuration(Durations.fromMinutes(10))
            .setMetadata(payload(1))
            .build();
    var leased = started(request);
    String done = name(started(plain("done")));
    String deleted = name(started(plain("gone")));
    complete(done);
    Calls.await(client.delete(deleted), SECONDS);
    var firstPage = ListOperationsRequest.newBuilder().setName("kept").setPageSize(1);
    var page = Calls.await(client.list(firstPage.build()), SECONDS);
    assertThat(page.getOperationsList()).extracting(Operation::getName).containsExactly(done);

    restart("INT", INTERRUPTED);

    try (var rest = new RestClient(vertx, port)) {
      journal.check(client, rest, List.of("kept"));
    }
    var next = firstPage.setPageToken(page.getNextPageToken()).build();
    assertThat(Calls.await(client.list(next), SECONDS).getOperationsList())
        .containsExactly(leased.getSnapshot().getOperation());
    assertThat(failure(client.get(deleted)).reason()).isEqualTo("OPERATION_DELETED");
    var repeated = Calls.await(client.start(request), SECONDS);
    assertThat(repeated.getSnapshot()).isEqualTo(leased.getSnapshot());
    assertThat(repeated.getLease().getToken()).isEqualTo(leased.getLease().getToken());
    assertThat(failure(client.update(update(leased, ""))).reason()).isEqualTo("LEASE_LOST");

    restart("TERM", TERMINATED);

    var update = update(leased, leased.getLease().getToken());
    var updated = Calls.await(client.update(update), SECONDS).getSnapshot();
    assertThat(updated.getVersion()).isGreaterThan(leased.getSnapshot().getVersion());
    assertThat(Calls.await(client.get(name(leased)), SECONDS)).isEqualTo(updated.getOperation());
  }

  private static StartOperationRequest plain(String id) {
    return StartOperationRequest.newBuilder().setParent("kept").setOperationId(id).build();
  }

  private static UpdateOperationRequest update(StartOperationResponse started, String token) {
    return UpdateOperationRequest.newBuilder()
        .setName(name(started))
        .setLeaseToken(token)
        .setMetadata(payload(2))
        .build();
  }

  private StartOperationResponse started(StartOperationRequest request) throws Exception {
    var started = Calls.await(client.start(request), SECONDS);
    if (!request.getOperationId().equals("gone")) {
      journal.took(started.getSnapshot());
    }
    return started;
  }

  private void complete(String name) throws Exception {
    var request =
        CompleteOperationRequest.newBuilder().setName(name).setResponse(payload(3)).build();
    journal.took(Calls.await(client.complete(request), SECONDS).getSnapshot());
  }

  private static String name(StartOperationResponse started) {
    return started.getSnapshot().getOperation().getName();
  }

  private static CallFailure failure(Future<?> call) throws Exception {
    var ended = call.transform(answer -> Future.succeededFuture(answer.cause()));
    var failure = (CallFailure) Calls.await(ended, SECONDS);
    assertThat(failure.code()).isIn(Code.NOT_FOUND, Code.ABORTED);
    return failure;
  }
}
