package dev.longrunning.fleet;

import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of watches on one server whose settings are the defaults: {@code caller.streams-max}
 * (100,000 streams of one caller on an event loop), {@code caller.connections-max} (1,024), and
 * 1,000 streams a connection bound what this one caller may have open.
 */
@Timeout(600)
final class ManyWatchersIT {
  private static final int WATCHES = 10_000;
  private static final int CONNECTIONS = 20;
  private static final int AT_ONCE = 64;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService readers = Executors.newCachedThreadPool();
  private final List<Sheaf> sheaves = new ArrayList<>();
  private TestPostgres postgres;
  private ServerProcess server;
  private ApiClient client;
  private int port;

  @BeforeEach
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    server =
        ServerProcess.run(
            temp.resolve("err"), "serve", "--listen", "127.0.0.1:0", "--database", postgres.url());
    port = server.awaitReady(Duration.ofMinutes(2));
    client = new ApiClient(vertx, port);
  }

  @AfterEach
  void stop() throws Exception {
    sheaves.forEach(Sheaf::close);
    readers.shutdownNow();
    Calls.await(vertx.close(), Calls.LONG_SECONDS);
    server.close();
    postgres.close();
  }

  @Test
  void ten_thousand_watches_of_one_operation_all_end_with_its_final_state() throws Exception {
    String name = start(0);
    open(Collections.nCopies(WATCHES, name));

    var done = read();
    var completed = complete(name);

    assertThat(states(done)).hasSize(WATCHES).allMatch(completed::equals);
  }

  @Test
  void ten_thousand_watches_of_as_many_operations_each_end_with_the_final_state_of_its_own()
      throws Exception {
    var names = each(i -> async(i).map(ManyWatchersIT::name));
    open(names);

    var done = read();
    var completed = each(i -> completion(names.get(i)));

    assertThat(states(done)).isEqualTo(completed).allMatch(each -> each.getOperation().getDone());
  }

  /** Opens a watch of each, on as many connections as there are to be. */
  private void open(List<String> names) {
    long begun = System.nanoTime();
    int share = names.size() / CONNECTIONS;
    for (int from = 0; from < names.size(); from += share) {
      sheaves.add(new Sheaf(port, names.subList(from, from + share)));
    }
    System.out.printf("%,d watches opened in %,d ms%n", names.size(), millisSince(begun));
  }

  private static long millisSince(long begun) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** Begins to read all of them to their ends. */
  private List<CompletableFuture<List<OperationSnapshot>>> read() {
    return sheaves.stream()
        .map(
            sheaf ->
                CompletableFuture.supplyAsync(
                    () -> {
                      try {
                        return sheaf.lastStates();
                      } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                      }
                    },
                    readers))
        .toList();
  }

  private static List<OperationSnapshot> states(
      List<CompletableFuture<List<OperationSnapshot>>> reading) {
    long begun = System.nanoTime();
    var states = new ArrayList<OperationSnapshot>();
    reading.forEach(each -> states.addAll(each.join()));
    System.out.printf("all had ended %,d ms after the last completion%n", millisSince(begun));
    return states;
  }

  private String start(int number) throws Exception {
    return name(Calls.await(async(number), Calls.LONG_SECONDS));
  }

  private Future<OperationSnapshot> async(int number) {
    var request =
        StartOperationRequest.newBuilder().setParent("many/m").setMetadata(payload(number)).build();
    return client.start(request).map(answer -> answer.getSnapshot());
  }

  private static String name(OperationSnapshot snapshot) {
    return snapshot.getOperation().getName();
  }

  private OperationSnapshot complete(String name) throws Exception {
    return Calls.await(completion(name), Calls.LONG_SECONDS);
  }

  private Future<OperationSnapshot> completion(String name) {
    var request =
        CompleteOperationRequest.newBuilder().setName(name).setResponse(payload(1)).build();
    return client.complete(request).map(answer -> answer.getSnapshot());
  }

  /** Makes so many calls as there are watches, some at a time; answers in their order. */
  private static <T> List<T> each(IntFunction<Future<T>> call) throws Exception {
    var all = new ArrayList<T>();
    for (int from = 0; from < WATCHES; from += AT_ONCE) {
      var some = IntStream.range(from, Math.min(WATCHES, from + AT_ONCE)).mapToObj(call).toList();
      all.addAll(Calls.await(Future.all(some).map(done -> done.<T>list()), Calls.LONG_SECONDS));
    }
    return all;
  }
}
