package dev.longrunning.app;

import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.Journal;
import dev.longrunning.testing.Persistence;
import dev.longrunning.testing.RestClient;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four writers, and a server with its own database that is killed again and again: each time the
 * next one finds the database that outlived it.
 */
@Timeout(900)
final class ServerKilledIT {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 3);
  private static final int WRITERS = 4;
  private static final int LIVES_AT_ONCE = 8;
  private static final int UPDATES_MAX = 12;

  /** What is promised, and twice that for a machine that is busy with other things. */
  private static final Duration READY_LIMIT = Duration.ofSeconds(2 * 10);

  private static final Duration FIRST_READY_LIMIT = Duration.ofSeconds(60);

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final Persistence persistence = new Persistence(vertx);
  private final Journal journal = new Journal();
  private volatile boolean enough;
  private ServerProcess server;

  @AfterEach
  void end() throws Exception {
    enough = true;
    Calls.await(vertx.close(), 20);
    server.close();
  }

  @Test
  void every_acknowledged_change_is_there_once_whenever_the_server_dies() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    var random = new Random(seed);
    var clients = new ArrayList<ApiClient>();
    var lives = new ArrayList<Future<Void>>();
    server = launch();
    int port = server.awaitReady(FIRST_READY_LIMIT);
    for (int i = 0; i < WRITERS; i++) {
      var client = new ApiClient(vertx, port);
      clients.add(client);
      for (int j = 0; j < LIVES_AT_ONCE; j++) {
        lives.add(live(client, collection(i), new Random(random.nextLong())));
      }
    }
    long slowest = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Thread.sleep(300 + random.nextInt(2_500));
      server.kill();
      if (round % 4 == 1) {
        killWhileStarting(random);
      }
      long begun = System.nanoTime();
      server = launch();
      int next = server.awaitReady(READY_LIMIT);
      slowest = Math.max(slowest, System.nanoTime() - begun);
      clients.forEach(client -> client.moveTo(next));
      port = next;
    }
    enough = true;
    Calls.await(Future.all(lives), 120);

    try (var rest = new RestClient(vertx, port)) {
      journal.check(clients.get(0), rest, collections());
    }
    assertThat(persistence.repeats()).isPositive();
    System.out.printf(
        "%d acknowledged, %d repeats, %d kills, ready after %d ms at most%n",
        journal.acknowledged(), persistence.repeats(), ROUNDS, slowest / 1_000_000);
  }

  private ServerProcess launch() throws Exception {
    return ServerProcess.run(
        temp.resolve("err"),
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        temp.resolve("data").toString());
  }

  private void killWhileStarting(Random random) throws Exception {
    server = launch();
    Thread.sleep(random.nextInt(2_000));
    server.kill();
  }

  private static String collection(int writer) {
    return "writers/w" + writer;
  }

  private static List<String> collections() {
    var all = new ArrayList<String>();
    for (int i = 0; i < WRITERS; i++) {
      all.add(collection(i));
    }
    return all;
  }

  /** Operations one after the other; some are left running. */
  private Future<Void> live(ApiClient client, String collection, Random random) {
    if (enough) {
      return Future.succeededFuture();
    }
    int updates = 1 + random.nextInt(UPDATES_MAX);
    boolean leased = random.nextBoolean();
    boolean completed = random.nextInt(4) > 0;
    return start(client, collection, random, leased)
        .compose(
            started -> {
              var token = started.getLease().getToken();
              return update(client, random, took(started.getSnapshot(), 0), token, 1, updates)
                  .compose(
                      updated ->
                          completed
                              ? complete(client, random, updated, token)
                              : Future.succeededFuture());
            })
        .compose(done -> live(client, collection, random));
  }

  private Future<StartOperationResponse> start(
      ApiClient client, String collection, Random random, boolean leased) {
    var request =
        StartOperationRequest.newBuilder()
            .setParent(collection)
            .setRequestId(request(random))
            .setProgress(Progress.newBuilder().setTotalUnits(UPDATES_MAX));
    if (leased) {
      request.setLeaseDuration(Durations.fromMinutes(1));
    }
    var sent = request.build();
    return persistence.until(() -> client.start(sent));
  }

  /** The version that was acknowledged last guards each update: applied twice is refused. */
  private Future<OperationSnapshot> update(
      ApiClient client, Random random, OperationSnapshot last, String token, int step, int steps) {
    if (step > steps) {
      return Future.succeededFuture(last);
    }
    var request =
        UpdateOperationRequest.newBuilder()
            .setName(last.getOperation().getName())
            .setVersion(last.getVersion())
            .setLeaseToken(token)
            .setRequestId(request(random))
            .setMetadata(payload(step))
            .setProgress(Progress.newBuilder().setDoneUnits(step).setTotalUnits(UPDATES_MAX))
            .build();
    return persistence
        .until(() -> client.update(request))
        .map(UpdateOperationResponse::getSnapshot)
        .map(snapshot -> took(snapshot, step))
        .compose(snapshot -> update(client, random, snapshot, token, step + 1, steps));
  }

  private Future<OperationSnapshot> complete(
      ApiClient client, Random random, OperationSnapshot last, String token) {
    var request =
        CompleteOperationRequest.newBuilder()
            .setName(last.getOperation().getName())
            .setVersion(last.getVersion())
            .setLeaseToken(token)
            .setRequestId(request(random))
            .setResponse(payload(last.getProgress().getDoneUnits()))
            .build();
    return persistence
        .until(() -> client.complete(request))
        .map(CompleteOperationResponse::getSnapshot)
        .map(snapshot -> took(snapshot, last.getProgress().getDoneUnits()));
  }

  private OperationSnapshot took(OperationSnapshot snapshot, long step) {
    assertThat(snapshot.getProgress().getDoneUnits()).isEqualTo(step);
    return journal.took(snapshot);
  }

  private static String request(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
