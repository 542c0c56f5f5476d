package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.longrunning.app.StreamClient.Form;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Audit;
import dev.longrunning.rpc.Gate;
import dev.longrunning.rpc.ProducerMethods;
import dev.longrunning.rpc.ReportMethod;
import dev.longrunning.rpc.Row;
import dev.longrunning.service.Fixture;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.ReportResult;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stream of reports over every transport that has it. */
final class ReportContractTest {
  private static final String REPORT = ProducerMethods.SERVICE + "/ReportOperations";
  private static final Any SMALL = payload(10);

  private final Fixture fixture = new Fixture();
  private final TestServer server = new TestServer(this::rows);

  private List<Row<?, ?>> rows(Context loop) {
    return List.of(
        ReportMethod.of(
            fixture.reports, loop, Gate.open(), Audit.NONE, new Metrics(System::nanoTime)));
  }

  /** Whatever a test did, nothing of it is held. */
  @AfterEach
  void stop() {
    server.awaitStreams(0);
    assertThat(server.heldBytes()).isZero();
    assertThat(server.onLoop(fixture.states::watches)).isZero();
    server.close();
  }

  private static Stream<Form> grpc() {
    return Stream.of(Form.values()).filter(form -> !form.isRest());
  }

  private static Any payload(int bytes) {
    return Any.newBuilder()
        .setTypeUrl("a/b")
        .setValue(ByteString.copyFrom(new byte[bytes - 9]))
        .build();
  }

  private StreamClient open(Form form) {
    return StreamClient.call(server, form, REPORT, Map.of());
  }

  private static String name(int number) {
    return "operations/o" + number;
  }

  private static ReportOperationsRequest.Builder starting(int number) {
    return ReportOperationsRequest.newBuilder()
        .setStart(
            StartOperationRequest.newBuilder()
                .setName(name(number))
                .setLeaseDuration(Durations.fromSeconds(60)));
  }

  private static ReportOperationsRequest.Builder updating(int number, String token) {
    return ReportOperationsRequest.newBuilder()
        .setUpdate(
            UpdateOperationRequest.newBuilder()
                .setName(name(number))
                .setLeaseToken(token)
                .setProgress(Progress.newBuilder().setDoneUnits(number)));
  }

  private static ReportOperationsRequest.Builder completing(int number, String token) {
    return ReportOperationsRequest.newBuilder()
        .setComplete(
            CompleteOperationRequest.newBuilder()
                .setName(name(number))
                .setLeaseToken(token)
                .setResponse(SMALL));
  }

  private static Future<Void> send(
      StreamClient client, long sequence, ReportOperationsRequest.Builder report) {
    return client.send(StreamClient.frame(report.setSequence(sequence).build()));
  }

  private static ReportOperationsResponse response(StreamClient client) {
    return client.reply(ReportOperationsResponse.getDefaultInstance());
  }

  private static ReportResult result(StreamClient client) {
    var response = response(client);
    assertThat(response.hasResult()).as("%s", response).isTrue();
    return response.getResult();
  }

  /** So many results, by their sequences. */
  private static Map<Long, ReportResult> results(StreamClient client, int count) {
    var results = new HashMap<Long, ReportResult>();
    for (int i = 0; i < count; i++) {
      var result = result(client);
      assertThat(results.put(result.getSequence(), result)).isNull();
    }
    return results;
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void operations_are_started_updated_and_completed_over_one_stream(Form form) {
    var client = open(form);
    for (int i = 0; i < 200; i++) {
      send(client, i, starting(i));
    }
    var started = results(client, 200);
    for (int i = 0; i < 200; i++) {
      String token = started.get((long) i).getLease().getToken();
      send(client, 1_000 + i, updating(i, token));
      send(client, 2_000 + i, completing(i, token));
    }
    client.halfClose();

    var results = results(client, 400);
    assertThat(client.code()).isEqualTo(Code.OK);
    for (int i = 0; i < 200; i++) {
      var updated = results.get(1_000L + i).getSnapshot();
      var done = results.get(2_000L + i).getSnapshot();
      assertThat(updated.getOperation().getDone()).isFalse();
      assertThat(updated.getProgress().getDoneUnits()).isEqualTo(i);
      assertThat(done.getOperation().getResponse()).isEqualTo(SMALL);
      assertThat(done.getVersion()).isGreaterThan(updated.getVersion());
    }
    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void an_error_is_in_its_result_and_the_stream_goes_on(Form form) throws Exception {
    var client = open(form);

    send(client, 1, ReportOperationsRequest.newBuilder());
    send(client, 2, updating(1, "x"));
    send(client, 3, starting(1));

    var first = result(client).getError();
    assertThat(first.getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(first.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("INVALID_FIELD");
    var second = result(client).getError();
    assertThat(second.getCode()).isEqualTo(Code.NOT_FOUND_VALUE);
    assertThat(second.getDetails(0).unpack(ErrorInfo.class).getReason())
        .isEqualTo("OPERATION_NOT_FOUND");
    assertThat(result(client).hasError()).isFalse();
    client.halfClose();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void what_is_no_report_ends_the_stream(Form form) {
    var client = open(form);

    client.send(StreamClient.frame(0, new byte[] {1, 2, 3}));

    assertThat(client.code()).isEqualTo(Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_cancellation_is_told_while_the_stream_is_open(Form form) {
    var client = open(form);
    send(client, 1, starting(1));
    result(client);
    var key = OperationKey.of(name(1));

    server.onLoop(
        () -> {
          fixture.operations.cancel(key, Optional.empty());
          fixture.states.hear(key);
          return null;
        });

    var told = response(client).getCancelRequested();
    assertThat(told.getName()).isEqualTo(name(1));
    assertThat(told.hasCancelRequestTime()).isTrue();
    client.halfClose();
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_stop_is_told_before_the_stream_ends(Form form) {
    var heeding = open(form);
    var other = open(form);
    send(heeding, 1, starting(1));
    send(other, 1, starting(2));
    result(heeding);
    result(other);

    server.onLoop(
        () -> {
          var streams = server.pipeline.streams();
          streams.refuse(Problem.stopping());
          while (streams.tellDraining(1)) {}
          while (streams.unstopped() > 0) {
            streams.stopOldest();
          }
          return null;
        });

    assertThat(response(heeding).hasGoAway()).isTrue();
    send(heeding, 2, starting(3));
    assertThat(result(heeding).getError().getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
    heeding.halfClose();
    assertThat(heeding.code()).isEqualTo(Code.OK);
    assertThat(response(other).hasGoAway()).isTrue();
    assertThat(other.code()).isEqualTo(Code.UNAVAILABLE);
    // No stream is taken in any more.
    assertThat(open(form).code()).isEqualTo(Code.UNAVAILABLE);
  }

  @ParameterizedTest
  @MethodSource("grpc")
  void a_producer_that_reads_no_results_is_slowed_down(Form form) {
    var client = open(form);
    client.head().pause();
    var sent = new ArrayList<Future<Void>>();
    for (int i = 0; i < 400; i++) {
      var start = StartOperationRequest.newBuilder().setName(name(i)).setMetadata(payload(20_000));
      sent.add(send(client, i, ReportOperationsRequest.newBuilder().setStart(start)));
    }
    client.halfClose();
    // Another stream of the same caller is answered beside it.
    var other = open(form);
    send(other, 1, starting(1_000));
    assertThat(result(other).hasError()).isFalse();
    other.halfClose();
    assertThat(other.code()).isEqualTo(Code.OK);
    if (form.http2) {
      assertThat(sent.stream().filter(Future::isComplete).count()).isLessThan(300);
    }

    client.head().resume();

    assertThat(results(client, 400)).hasSize(400);
    assertThat(client.code()).isEqualTo(Code.OK);
  }

  @Test
  void a_caller_that_cancels_leaves_nothing_behind() {
    var client = open(Form.GRPC);
    send(client, 1, starting(1));
    result(client);

    client.request.reset(8);

    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.CANCELLED);
  }

  @Test
  void it_has_no_form_over_http() {
    for (String path : List.of("/v1/operations:report", "/v1/projects/p/operations:report")) {
      assertThat(server.rest("POST", path, "{}").status()).isEqualTo(404);
    }
  }
}
