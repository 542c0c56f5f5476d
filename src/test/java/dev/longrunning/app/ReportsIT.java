package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static dev.longrunning.testing.Calls.payload;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.longrunning.store.pg.TestPostgres;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.ReportClient;
import dev.longrunning.testing.Scrape;
import dev.longrunning.v1.CancelRequested;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.Lease;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportResult;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A stream of reports into a real database. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReportsIT {
  private static final int OPERATIONS = 2_000;
  private static final int UPDATES = 5;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));

  private TestPostgres postgres;
  private InProcessServer server;
  private ApiClient client;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    server =
        InProcessServer.start(
            Map.of("database", postgres.url(), "management", "127.0.0.1:0", "event-loops", "2"));
    client = new ApiClient(vertx, server.port);
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), Calls.LONG_SECONDS);
    server.close();
    postgres.close();
  }

  private ReportClient open() throws Exception {
    return await(ReportClient.open(http, server.port), Calls.LONG_SECONDS);
  }

  private static String name(int operation) {
    return "reports/r/operations/job-" + operation;
  }

  private static ReportOperationsRequest.Builder starting(int operation) {
    return ReportOperationsRequest.newBuilder()
        .setStart(StartOperationRequest.newBuilder().setName(name(operation)));
  }

  /** With a request id: these are not merged. */
  private static ReportOperationsRequest.Builder updating(int operation, int done) {
    return ReportOperationsRequest.newBuilder()
        .setUpdate(
            UpdateOperationRequest.newBuilder()
                .setName(name(operation))
                .setRequestId(UUID.randomUUID().toString())
                .setProgress(Progress.newBuilder().setDoneUnits(done).setTotalUnits(UPDATES)));
  }

  private static ReportOperationsRequest.Builder completing(int operation) {
    return ReportOperationsRequest.newBuilder()
        .setComplete(
            CompleteOperationRequest.newBuilder()
                .setName(name(operation))
                .setResponse(payload(operation)));
  }

  @Test
  void thousands_of_operations_are_pipelined_over_one_stream_each_in_its_order() throws Exception {
    var before = Scrape.of(server.management());
    var stream = open();
    var results = new ArrayList<List<Future<ReportResult>>>();
    for (int i = 0; i < OPERATIONS; i++) {
      results.add(new ArrayList<>(List.of(stream.report(starting(i)))));
    }
    for (int done = 1; done <= UPDATES; done++) {
      for (int i = 0; i < OPERATIONS; i++) {
        results.get(i).add(stream.report(updating(i, done)));
      }
    }
    for (int i = 0; i < OPERATIONS; i++) {
      results.get(i).add(stream.report(completing(i)));
    }
    stream.halfClose();

    assertThat(await(stream.status(), 120).getCode()).isEqualTo(Code.OK_VALUE);
    for (int i = 0; i < OPERATIONS; i++) {
      long version = 0;
      for (int step = 0; step < UPDATES + 2; step++) {
        var result = await(results.get(i).get(step), Calls.LONG_SECONDS);
        assertThat(result.hasError()).as("%s", result).isFalse();
        var snapshot = result.getSnapshot();
        assertThat(snapshot.getOperation().getName()).isEqualTo(name(i));
        assertThat(snapshot.getProgress().getDoneUnits()).isEqualTo(Math.min(step, UPDATES));
        assertThat(snapshot.getVersion()).isGreaterThan(version);
        version = snapshot.getVersion();
      }
    }
    assertThat(stream.events()).isEmpty();
    assertThat(stream.waiting()).isZero();
    for (int i = 0; i < OPERATIONS; i += 97) {
      var operation = await(client.get(name(i)), Calls.LONG_SECONDS);
      assertThat(operation.getResponse()).isEqualTo(payload(i));
    }
    var after = Scrape.of(server.management());
    double rows = grown(before, after, "longrunning_store_batch_rows_sum");
    double batches = grown(before, after, "longrunning_store_batch_rows_count");
    assertThat(rows).isGreaterThanOrEqualTo(OPERATIONS * (UPDATES + 2.0));
    // One after the other, each would be a batch.
    assertThat(rows / batches).isGreaterThan(5);
  }

  private static double grown(Scrape before, Scrape after, String name) {
    return after.sum(name) - before.sum(name);
  }

  private static ReportOperationsRequest.Builder leased(String name) {
    return ReportOperationsRequest.newBuilder()
        .setStart(
            StartOperationRequest.newBuilder()
                .setName(name)
                .setLeaseDuration(Durations.fromSeconds(60)));
  }

  private static UpdateOperationRequest.Builder renewal(String name, Lease lease) {
    return UpdateOperationRequest.newBuilder().setName(name).setLeaseToken(lease.getToken());
  }

  private static ReportOperationsRequest.Builder ending(String name, Lease lease, Status error) {
    var end = CompleteOperationRequest.newBuilder().setName(name).setLeaseToken(lease.getToken());
    if (error == null) {
      end.setResponse(payload(7));
    } else {
      end.setError(error);
    }
    return ReportOperationsRequest.newBuilder().setComplete(end);
  }

  private static ReportResult applied(Future<ReportResult> report) throws Exception {
    var result = await(report, Calls.LONG_SECONDS);
    assertThat(result.hasError()).as("%s", result).isFalse();
    return result;
  }

  private static CancelRequested told(ReportClient stream) throws Exception {
    var event = stream.events().poll(Calls.LONG_SECONDS, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    assertThat(event.hasCancelRequested()).as("%s", event).isTrue();
    return event.getCancelRequested();
  }

  @Test
  void a_cancellation_asks_the_producer_which_then_succeeds_or_stops() throws Exception {
    var stream = open();
    String first = "operations/cancelled-1";
    String second = "operations/cancelled-2";
    var leases =
        Map.of(
            first, applied(stream.report(leased(first))).getLease(),
            second, applied(stream.report(leased(second))).getLease());

    for (String name : List.of(first, second)) {
      await(client.cancel(name), Calls.LONG_SECONDS);
      assertThat(await(client.get(name), Calls.LONG_SECONDS).getDone()).isFalse();

      var told = told(stream);
      assertThat(told.getName()).isEqualTo(name);
      // And once more with the answer of each report.
      var heard =
          applied(
              stream.report(
                  ReportOperationsRequest.newBuilder().setUpdate(renewal(name, leases.get(name)))));
      assertThat(heard.getSnapshot().getCancelRequestTime()).isEqualTo(told.getCancelRequestTime());
    }

    applied(stream.report(ending(first, leases.get(first), null)));
    var stopped = Status.newBuilder().setCode(Code.CANCELLED_VALUE).setMessage("stopped").build();
    applied(stream.report(ending(second, leases.get(second), stopped)));
    assertThat(await(client.get(first), Calls.LONG_SECONDS).getResponse()).isEqualTo(payload(7));
    assertThat(await(client.get(second), Calls.LONG_SECONDS).getError()).isEqualTo(stopped);
    assertThat(stream.events()).isEmpty();
    stream.halfClose();
    assertThat(await(stream.status(), Calls.LONG_SECONDS).getCode()).isEqualTo(Code.OK_VALUE);
  }

  @Test
  void one_requested_before_the_first_report_of_a_stream_is_told() throws Exception {
    String name = "operations/taken-over";
    var before = open();
    var lease = applied(before.report(leased(name))).getLease();
    before.halfClose();
    assertThat(await(before.status(), Calls.LONG_SECONDS).getCode()).isEqualTo(Code.OK_VALUE);
    await(client.cancel(name), Calls.LONG_SECONDS);

    var stream = open();
    var renewed =
        applied(
            stream.report(ReportOperationsRequest.newBuilder().setUpdate(renewal(name, lease))));

    assertThat(told(stream).getName()).isEqualTo(name);
    assertThat(renewed.getSnapshot().hasCancelRequestTime()).isTrue();
    stream.cancel();
  }

  @Test
  void a_renewal_by_update_or_report_touches_neither_the_log_nor_the_version() throws Exception {
    String name = "operations/renewed";
    var stream = open();
    var started = applied(stream.report(leased(name)));
    // A strong read: the feed has come to all that there is.
    await(client.get(name), Calls.LONG_SECONDS);
    var before = Scrape.of(server.management());

    var lease = started.getLease();
    for (int i = 0; i < 5; i++) {
      var called = await(client.update(renewal(name, lease).build()), Calls.LONG_SECONDS);
      var reported =
          applied(
              stream.report(ReportOperationsRequest.newBuilder().setUpdate(renewal(name, lease))));

      for (var snapshot : List.of(called.getSnapshot(), reported.getSnapshot())) {
        assertThat(snapshot).isEqualTo(started.getSnapshot());
      }
      assertThat(Timestamps.compare(called.getLease().getExpireTime(), lease.getExpireTime()))
          .isPositive();
      assertThat(
              Timestamps.compare(
                  reported.getLease().getExpireTime(), called.getLease().getExpireTime()))
          .isPositive();
      lease = reported.getLease();
    }

    await(client.get(name), Calls.LONG_SECONDS);
    var after = Scrape.of(server.management());
    assertThat(grown(before, after, "longrunning_feed_batches_total")).isZero();
    assertThat(grown(before, after, "longrunning_store_batch_rows_sum")).isEqualTo(10);
    stream.cancel();
  }
}
