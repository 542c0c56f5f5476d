package dev.longrunning.app;

import static dev.longrunning.testing.Calls.payload;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.util.Durations;
import dev.longrunning.app.OutageLoad.Kind;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.Journal;
import dev.longrunning.testing.Persistence;
import dev.longrunning.testing.RestClient;
import dev.longrunning.testing.ServerProcess;
import dev.longrunning.v1.CompleteOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away under load, and comes back. */
@Timeout(600)
final class DatabaseOutageIT {
  private static final int OUTAGE_SECONDS = Integer.getInteger("faults.outage-seconds", 12);
  private static final int WARM_SECONDS = 5;

  /** All works again before it is over, and all chores have been done again. */
  private static final int AFTER_SECONDS = 7;

  private static final int LONG_WAITS = 16;

  /** 2 s are promised; the rest is for a busy machine that the callers run on, too. */
  private static final long ANSWER_SECONDS_MAX = 2 + 2;

  /** 5 s are promised. */
  private static final long RECOVERY_SECONDS_MAX = 5 + 3;

  private static final double HEAP_GROWTH_MAX = 1.2;
  private static final int ERROR_LINES_MAX = 200;

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final Journal journal = new Journal();
  private TestPostgres postgres;
  private ServerProcess server;
  private OutageLoad load;
  private ApiClient client;
  private int port;

  private interface Fault {
    void happens() throws Exception;
  }

  @BeforeEach
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    server =
        ServerProcess.run(
            List.of("-Xmx256m", ServerProcess.QUIET),
            ObservedServer.class,
            temp.resolve("err"),
            "database=" + postgres.url(),
            "cache-bytes=32MiB",
            "event-loops=2");
    port = server.awaitReady(Duration.ofSeconds(60));
    client = new ApiClient(vertx, port);
    load = new OutageLoad(vertx, client, journal);
  }

  @AfterEach
  void stop() throws Exception {
    load.stop();
    Calls.await(vertx.close(), 10);
    server.close();
    postgres.close();
  }

  @Test
  void calls_are_refused_in_time_while_the_database_stands_still() throws Exception {
    outage(() -> postgres.signal("STOP"), () -> postgres.signal("CONT"));
  }

  @Test
  void calls_are_refused_in_time_while_the_database_is_dead() throws Exception {
    outage(postgres::kill, postgres::launch);
  }

  private void outage(Fault begin, Fault end) throws Exception {
    Calls.await(load.prepare(), 30);
    var warm = load.run();
    SECONDS.sleep(WARM_SECONDS);
    load.stop();
    Calls.await(warm, 30);
    long heapBefore = server.liveHeapBytes();

    var calls = load.run();
    var waits = longWaits();
    Calls.await(load.beginSilent(), 30);
    // One connection is answered in order, so the waits that came before these are held by now, and
    // none has its first read ahead of it, which may be refused.
    Calls.await(Future.all(load.quiet().stream().map(client::get).toList()), 30);
    begin.happens();
    SECONDS.sleep(OUTAGE_SECONDS);
    end.happens();
    long back = System.nanoTime();
    SECONDS.sleep(AFTER_SECONDS);
    // A lease runs only while it can be renewed: none has run out in the outage.
    Calls.await(load.renewSilent(), 30);
    load.stop();
    Calls.await(calls, 30);

    try {
      assertThat(load.faults()).isEmpty();
      for (Kind kind : Kind.values()) {
        assertInTime(kind, load.tally(kind), back);
      }
      assertPeaks();
      // One line each when it begins and when it is over, not one a call.
      assertThat(server.errors().lines().count()).isLessThan(ERROR_LINES_MAX);
    } catch (AssertionError error) {
      throw new AssertionError(server.errors(), error);
    }
    assertThat(Calls.await(completed(waits), 30)).allMatch(Operation::getDone);
    long heapAfter = server.liveHeapBytes();
    System.out.printf("heap %,d before, %,d after%n", heapBefore, heapAfter);
    assertThat(heapAfter).isLessThan((long) (heapBefore * HEAP_GROWTH_MAX));
    try (var rest = new RestClient(vertx, port)) {
      journal.check(client, rest, OutageLoad.collections());
    }
  }

  /** Waits that begin before the outage, for operations that are completed after it. */
  private List<Future<Operation>> longWaits() {
    return load.quiet().stream()
        .limit(LONG_WAITS)
        .map(name -> WaitOperationRequest.newBuilder().setName(name))
        .map(wait -> wait.setTimeout(Durations.fromSeconds(500)).build())
        .map(client::waitForLong)
        .toList();
  }

  private Future<List<Operation>> completed(List<Future<Operation>> waits) {
    var persistence = new Persistence(vertx);
    var completions =
        load.quiet().stream()
            .limit(LONG_WAITS)
            .map(
                name ->
                    CompleteOperationRequest.newBuilder()
                        .setName(name)
                        .setRequestId(UUID.randomUUID().toString())
                        .setResponse(payload(1))
                        .build())
            .map(request -> persistence.until(() -> client.complete(request)))
            .map(answer -> answer.onSuccess(done -> journal.took(done.getSnapshot())))
            .toList();
    return Future.all(completions)
        .compose(all -> Future.all(waits))
        .map(all -> all.<Operation>list());
  }

  private static void assertInTime(Kind kind, OutageLoad.Tally tally, long back) {
    long slowest = tally.slowestNanos.get();
    long recovery = tally.refused.get() == 0 ? 0 : tally.lastRefusedNanos.get() - back;
    System.out.printf(
        "%-12s %,7d answered, %,6d refused, slowest %,d ms, last refused %,d ms after: %s%n",
        kind,
        tally.answered.get(),
        tally.refused.get(),
        NANOSECONDS.toMillis(slowest),
        NANOSECONDS.toMillis(recovery),
        tally.lastRefusal);
    long wanted = kind == Kind.WAIT ? OutageLoad.WAIT_SECONDS : 0;
    assertThat(slowest).as("%s", kind).isLessThan(SECONDS.toNanos(wanted + ANSWER_SECONDS_MAX));
    assertThat(recovery).as("%s", kind).isLessThan(SECONDS.toNanos(RECOVERY_SECONDS_MAX));
    assertThat(tally.lastAnsweredNanos.get()).as("%s", kind).isGreaterThan(back);
    if (kind != Kind.CACHED_READ) {
      assertThat(tally.refused.get()).as("%s", kind).isPositive();
    }
  }

  private void assertPeaks() throws Exception {
    server.say("peaks");
    String line = server.line();
    System.out.println(line);
    assertThat(line).contains("writes ", "write bytes ", "reads ", "strong reads ", "waiters ");
    for (String queue : line.split(";", -1)) {
      var words = List.of(queue.split(" ", -1));
      int last = words.size() - 1;
      if (last > 0) {
        assertThat(Long.parseLong(words.get(last - 1)))
            .as(queue)
            .isLessThanOrEqualTo(Long.parseLong(words.get(last)));
      }
    }
  }
}
