package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.util.Durations;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.RestClient;
import dev.longrunning.testing.Scrape;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What a running server tells of itself. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsIT {
  private static final int PATIENCE_SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();
  private TestPostgres postgres;
  private InProcessServer server;
  private ApiClient client;
  private RestClient rest;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    server =
        InProcessServer.start(
            Map.of("database", postgres.url(), "management", "127.0.0.1:0", "event-loops", "2"));
    client = new ApiClient(vertx, server.port);
    rest = new RestClient(vertx, server.port);
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), Calls.LONG_SECONDS);
    server.close();
    postgres.close();
  }

  private Scrape scrape() throws Exception {
    return Scrape.of(server.management());
  }

  /** What is measured after an answer has left, or every now and then, is there a moment later. */
  private Scrape scrapeUntil(Predicate<Scrape> holds) throws Exception {
    for (int i = 0; i < PATIENCE_SECONDS * 20; i++) {
      var scrape = scrape();
      if (holds.test(scrape)) {
        return scrape;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("never came");
  }

  private String startOne() throws Exception {
    var started =
        await(client.start(StartOperationRequest.getDefaultInstance()), Calls.LONG_SECONDS);
    return started.getSnapshot().getOperation().getName();
  }

  private void complete(String name) throws Exception {
    var request =
        CompleteOperationRequest.newBuilder().setName(name).setResponse(payload(1)).build();
    await(client.complete(request), Calls.LONG_SECONDS);
  }

  @Test
  void calls_are_counted_by_method_transport_and_code() throws Exception {
    var before = scrape();
    String get = "google.longrunning.Operations/GetOperation";

    await(client.get(startOne()), Calls.LONG_SECONDS);
    await(rest.get("/v1/operations/none"), Calls.LONG_SECONDS);

    var after = scrape();
    String calls = "longrunning_rpc_calls_total";
    assertGrowth(before, after, 1, calls, "method", get, "transport", "grpc", "code", "OK");
    assertGrowth(before, after, 1, calls, "method", get, "transport", "rest", "code", "NOT_FOUND");
    assertGrowth(before, after, 2, "longrunning_rpc_call_duration_seconds_count", "method", get);
    assertGrowth(
        before, after, 1, "longrunning_rpc_problems_total", "reason", "OPERATION_NOT_FOUND");
    assertThat(after.sum("longrunning_rpc_calls_under_way")).isZero();
  }

  private static void assertGrowth(
      Scrape before, Scrape after, double by, String name, String... labels) {
    assertThat(after.sum(name, labels) - before.sum(name, labels)).as(name).isEqualTo(by);
  }

  private static boolean grew(Scrape before, Scrape after, String name, String... labels) {
    return after.sum(name, labels) > before.sum(name, labels);
  }

  private static void assertGrew(Scrape before, Scrape after, String name, String... labels) {
    assertThat(after.sum(name, labels)).as(name).isGreaterThan(before.sum(name, labels));
  }

  @Test
  void a_change_moves_the_batches_the_feed_and_the_doorbell() throws Exception {
    var before = scrape();

    String name = startOne();

    // The feed is told of its own server's change at once, and looks at the log a moment later.
    var after =
        scrapeUntil(
            each ->
                grew(before, each, "longrunning_feed_changes_total")
                    && grew(before, each, "longrunning_feed_polls_total", "outcome", "ok"));
    assertGrew(before, after, "longrunning_store_batch_rows_count");
    assertGrew(
        before, after, "longrunning_store_statement_duration_seconds_count", "purpose", "writes");
    assertGrew(
        before, after, "longrunning_store_statement_duration_seconds_count", "purpose", "log");
    assertGrew(before, after, "longrunning_feed_batches_total");
    assertGrew(before, after, "longrunning_feed_polls_total", "outcome", "ok");
    assertGrew(before, after, "longrunning_feed_poll_duration_seconds_count");
    assertGrew(before, after, "longrunning_store_rings_total", "direction", "sent");
    assertThat(after.sum("longrunning_store_doorbell_connected")).isEqualTo(1);
    assertThat(after.sum("longrunning_feed_behind_batches")).isZero();
    assertThat(after.sum("longrunning_feed_lag_seconds")).isBetween(0.0, (double) PATIENCE_SECONDS);
    assertThat(name).isNotEmpty();
  }

  @Test
  void reads_move_the_cache_and_what_it_cannot_answer() throws Exception {
    var before = scrape();
    String name = startOne();

    // The first may find nothing in memory, the second finds what the first has read.
    await(client.get(name), Calls.LONG_SECONDS);
    await(client.get(name), Calls.LONG_SECONDS);
    await(client.get("operations/none-" + name.length()).otherwiseEmpty(), Calls.LONG_SECONDS);

    var after = scrape();
    assertGrew(before, after, "longrunning_feed_cache_reads_total", "result", "miss");
    assertGrew(before, after, "longrunning_feed_sync_duration_seconds_count");
    assertGrew(before, after, "longrunning_store_read_names_count");
    assertGrew(
        before, after, "longrunning_store_statement_duration_seconds_count", "purpose", "reads");
    assertThat(after.sum("longrunning_feed_cache_states")).isPositive();
    assertThat(after.sum("longrunning_feed_cache_bytes")).isPositive();
    assertThat(after.sum("longrunning_store_connections", "purpose", "reads")).isPositive();
  }

  @Test
  void a_held_call_is_seen_while_it_is_held() throws Exception {
    String name = startOne();
    var request =
        WaitOperationRequest.newBuilder()
            .setName(name)
            .setTimeout(Durations.fromSeconds(PATIENCE_SECONDS))
            .build();

    var waiting = client.waitForLong(request);
    var held =
        scrapeUntil(
            each ->
                each.sum("longrunning_service_waiting_calls") == 1
                    && each.sum("longrunning_feed_watched_operations") == 1);
    complete(name);
    await(waiting, Calls.LONG_SECONDS);

    assertThat(held.sum("longrunning_rpc_calls_under_way")).isGreaterThanOrEqualTo(1);
    assertThat(held.sum("longrunning_app_queue_peak_ratio", "queue", "waiters")).isPositive();
    scrapeUntil(each -> each.sum("longrunning_service_waiting_calls") == 0);
  }

  @Test
  void the_process_is_there() throws Exception {
    var scrape = scrape();

    assertThat(scrape.sum("longrunning_app_build_info")).isEqualTo(1);
    assertThat(scrape.sum("longrunning_app_ready")).isEqualTo(1);
    assertThat(scrape.sum("longrunning_app_direct_memory_bytes")).isPositive();
    assertThat(scrape.sum("jvm_memory_used_bytes", "area", "heap")).isPositive();
    assertThat(scrape.sum("process_start_time_seconds")).isPositive();
  }

  @Test
  void an_outage_of_the_database_is_seen_and_leaves_the_server_alive_and_ready() throws Exception {
    postgres.signal("STOP");
    try {
      var stopped =
          scrapeUntil(
              each ->
                  each.sum("longrunning_feed_lag_seconds") > 2
                      && each.sum("longrunning_feed_polls_total", "outcome", "failed") > 0
                      && each.sum("longrunning_store_connections", "state", "abandoned") > 0);

      assertThat(status("/livez")).isEqualTo(200);
      assertThat(status("/readyz")).isEqualTo(200);
      assertThat(stopped.sum("longrunning_store_statement_failures_total", "purpose", "log"))
          .isPositive();
    } finally {
      postgres.signal("CONT");
    }
    scrapeUntil(each -> each.sum("longrunning_feed_lag_seconds") < 1);
  }

  private int status(String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(server.management() + path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
