package dev.longrunning.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.Calls;
import dev.longrunning.testing.Collector;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a collector that listens. */
@Timeout(60)
final class TracingTest {
  private static final String GET = "google.longrunning.Operations/GetOperation";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final long SERVER_KIND = 2;
  private static final long ERROR = 2;

  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics(System::nanoTime);
  private Collector collector;

  @BeforeEach
  void start() throws Exception {
    collector = Collector.start(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    Calls.await(vertx.close(), Calls.LONG_SECONDS);
  }

  private Tracing tracing(double ratio) {
    return Tracing.to(
        collector.endpoint(), Map.of("authorization", Secret.of("Bearer t")), ratio, metrics);
  }

  private static Tracing.CallSpan begin(Tracing tracing, Map<String, String> headers) {
    Function<String, String> lookUp = headers::get;
    return tracing.begin(GET, "grpc", "192.0.2.1", Instant.EPOCH, lookUp);
  }

  private static Map<String, String> parent(String flags) {
    return Map.of("traceparent", "00-" + TRACE + '-' + PARENT + '-' + flags);
  }

  @Test
  void a_trace_that_the_caller_began_is_continued() throws Exception {
    try (var tracing = tracing(0)) {
      var span = begin(tracing, parent("01"));
      span.operation("operations/a");
      span.end("OK", 0);
    }

    var sent = collector.next(GET);
    assertThat(sent.trace()).isEqualTo(TRACE);
    assertThat(sent.parent()).isEqualTo(PARENT);
    assertThat(sent.kind()).isEqualTo(SERVER_KIND);
    assertThat(sent.attributes())
        .containsEntry("rpc.system", "grpc")
        .containsEntry("rpc.service", "google.longrunning.Operations")
        .containsEntry("rpc.method", "GetOperation")
        .containsEntry("rpc.grpc.status_code", "0")
        .containsEntry("client.address", "192.0.2.1")
        .containsEntry("longrunning.operation", "operations/a")
        .doesNotContainKey("error.type");
    assertThat(sent.status()).isZero();
    assertThat(collector.headers())
        .allSatisfy(h -> assertThat(h).containsEntry("authorization", "Bearer t"));
  }

  @Test
  void what_the_caller_does_not_sample_is_not_sent() throws Exception {
    try (var tracing = tracing(1)) {
      var span = begin(tracing, parent("00"));
      assertThat(span.isSampled()).isFalse();
      span.end("OK", 0);
      begin(tracing, Map.of()).end("UNAVAILABLE", 14);
    }

    var sent = collector.next(GET);
    assertThat(sent.trace()).isNotEqualTo(TRACE);
    assertThat(sent.parent()).isEmpty();
  }

  @Test
  void a_share_of_nothing_samples_nothing_that_begins_here() {
    try (var tracing = tracing(0)) {
      assertThat(begin(tracing, Map.of()).isSampled()).isFalse();
      assertThat(begin(tracing, Map.of("traceparent", "nonsense")).isSampled()).isFalse();
    }
  }

  @Test
  void a_fault_of_the_server_is_an_error_and_one_of_the_caller_is_not() throws Exception {
    try (var tracing = tracing(1)) {
      begin(tracing, Map.of()).end("UNAVAILABLE", 14);
      begin(tracing, Map.of()).end("NOT_FOUND", 5);
    }

    var fault = collector.next(GET);
    var notFound = collector.next(GET);
    assertThat(fault.status()).isEqualTo(ERROR);
    assertThat(fault.attributes()).containsEntry("error.type", "UNAVAILABLE");
    assertThat(notFound.status()).isZero();
    assertThat(notFound.attributes())
        .containsEntry("error.type", "NOT_FOUND")
        .containsEntry("rpc.grpc.status_code", "5");
  }

  @Test
  void what_a_call_waits_for_is_below_it_and_nothing_else_is() throws Exception {
    try (var tracing = tracing(1)) {
      tracing.part("outside").end(false);
      var span = begin(tracing, parent("01"));
      Runnable leave = span.enter();
      var part = tracing.part("store.apply");
      leave.run();
      part.end(true);
      span.end("OK", 0);
    }

    var call = collector.next(GET);
    var part = collector.next("store.apply");
    assertThat(part.trace()).isEqualTo(TRACE);
    assertThat(part.parent()).isEqualTo(call.id());
    assertThat(part.status()).isEqualTo(ERROR);
    assertThat(metrics.page(null).text()).contains("longrunning_observe_spans_sent_total 2.0");
  }

  @Test
  void spans_that_the_collector_does_not_take_are_counted() throws Exception {
    var tracing = tracing(1);
    collector.close();

    begin(tracing, Map.of()).end("OK", 0);
    tracing.close();

    assertThat(metrics.page(null).text()).contains("longrunning_observe_spans_lost_total 1.0");
  }
}
