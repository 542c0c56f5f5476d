package dev.longrunning.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Status;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.v1.AdoptOperationResponse;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.Signal;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OperationWireTest {
  private static final Any METADATA = any("type.example/my.Metadata", "meta");
  private static final Any RESPONSE = any("type.example/my.Response", "done");
  private static final Status ERROR = Status.newBuilder().setCode(5).setMessage("gone").build();
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

  private static Any any(String typeUrl, String value) {
    return Any.newBuilder().setTypeUrl(typeUrl).setValue(ByteString.copyFromUtf8(value)).build();
  }

  private static Snapshot snapshot(Outcome outcome, Bytes result, @Nullable Bytes metadata) {
    var end = outcome == Outcome.RUNNING ? null : TIME.plusSeconds(9);
    return new Snapshot(
        new OperationKey("default", "projects/ü/operations/o"),
        "projects/ü",
        7,
        TIME,
        TIME.plusSeconds(1),
        Duration.ofDays(30),
        outcome,
        result,
        metadata,
        new Progress(1, 2, "files", "läuft", TIME.plusSeconds(5)),
        Map.of("b", "2", "a", "1"),
        end,
        TIME.plusSeconds(2),
        new ReceivedSignals(Map.of("resume", TIME.plusSeconds(4), "pause", TIME.plusSeconds(3))),
        end == null ? null : end.plus(Duration.ofDays(30)));
  }

  private static Snapshot running() {
    return snapshot(Outcome.RUNNING, Bytes.EMPTY, Bytes.of(METADATA.toByteArray()));
  }

  private static Operation operation(Bytes bytes) throws InvalidProtocolBufferException {
    return Operation.parseFrom(bytes.array());
  }

  @Test
  void an_operation_is_what_protobuf_would_write() {
    var operation = Operation.newBuilder().setName("projects/ü/operations/o");
    var response = snapshot(Outcome.RESPONSE, Bytes.of(RESPONSE.toByteArray()), null);
    var error = snapshot(Outcome.ERROR, Bytes.of(ERROR.toByteArray()), null);

    assertThat(OperationWire.operation(snapshot(Outcome.RUNNING, Bytes.EMPTY, null)).array())
        .isEqualTo(operation.build().toByteArray());
    assertThat(OperationWire.operation(running()).array())
        .isEqualTo(operation.clone().setMetadata(METADATA).build().toByteArray());
    assertThat(OperationWire.operation(response).array())
        .isEqualTo(operation.clone().setDone(true).setResponse(RESPONSE).build().toByteArray());
    assertThat(OperationWire.operation(error).array())
        .isEqualTo(operation.clone().setDone(true).setError(ERROR).build().toByteArray());
  }

  @Test
  void what_ended_with_nothing_is_done_and_has_no_result() throws InvalidProtocolBufferException {
    var operation =
        operation(OperationWire.operation(snapshot(Outcome.RESPONSE, Bytes.EMPTY, null)));

    assertThat(operation.getDone()).isTrue();
    assertThat(operation.getResultCase()).isEqualTo(Operation.ResultCase.RESULT_NOT_SET);
  }

  @Test
  void bytes_that_protobuf_would_order_otherwise_pass_through()
      throws InvalidProtocolBufferException {
    // Value before type URL, and a field that Any does not have.
    byte[] odd = {0x12, 0x01, 'v', 0x0a, 0x03, 'a', '/', 'b', 0x20, 0x01};
    var bytes = OperationWire.operation(snapshot(Outcome.RUNNING, Bytes.EMPTY, Bytes.of(odd)));

    assertThat(ByteString.copyFrom(bytes.array()).toStringUtf8())
        .contains("\u0012\u0001v\n\u0003a/b \u0001");
    assertThat(operation(bytes).getMetadata().getTypeUrl()).isEqualTo("a/b");
  }

  @Test
  void a_snapshot_holds_every_field() throws InvalidProtocolBufferException {
    var done = snapshot(Outcome.RESPONSE, Bytes.of(RESPONSE.toByteArray()), null);

    var message = OperationSnapshot.parseFrom(OperationWire.snapshot(done).array());

    assertThat(message.getAllFields().keySet())
        .containsExactlyInAnyOrderElementsOf(OperationSnapshot.getDescriptor().getFields());
    assertThat(message.getOperation()).isEqualTo(operation(OperationWire.operation(done)));
    assertThat(message.getVersion()).isEqualTo(7);
    assertThat(message.getService()).isEqualTo("default");
    assertThat(message.getLabelsMap()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(message.getProgress().getMessage()).isEqualTo("läuft");
    assertThat(message.getProgress().getEstimatedEndTime()).isEqualTo(at(TIME.plusSeconds(5)));
    assertThat(message.getCreateTime()).isEqualTo(at(TIME));
    assertThat(message.getUpdateTime()).isEqualTo(at(TIME.plusSeconds(1)));
    assertThat(message.getCancelRequestTime()).isEqualTo(at(TIME.plusSeconds(2)));
    assertThat(message.getEndTime()).isEqualTo(at(TIME.plusSeconds(9)));
    assertThat(message.getExpireTime())
        .isEqualTo(at(TIME.plusSeconds(9).plus(Duration.ofDays(30))));
  }

  private static com.google.protobuf.Timestamp at(Instant instant) {
    return Timestamps.add(
        Timestamps.fromSeconds(instant.getEpochSecond()), Durations.fromNanos(instant.getNano()));
  }

  @Test
  void answers_to_producers_hold_snapshot_lease_and_cancellation()
      throws InvalidProtocolBufferException {
    var lease = new Answer.Lease(new UUID(1, 2), TIME);
    var written = new Producer.Written(running(), Optional.of(lease));
    var snapshot = OperationSnapshot.parseFrom(OperationWire.snapshot(running()).array());

    var started = StartOperationResponse.parseFrom(OperationWire.started(written).array());
    var updated =
        UpdateOperationResponse.parseFrom(OperationWire.updated(written, Optional.empty()).array());
    var completed = CompleteOperationResponse.parseFrom(OperationWire.completed(written).array());

    assertThat(started.getSnapshot()).isEqualTo(snapshot);
    assertThat(started.getLease().getToken()).isEqualTo("00000000-0000-0001-0000-000000000002");
    assertThat(started.getLease().getExpireTime()).isEqualTo(at(TIME));
    assertThat(updated.getSnapshot()).isEqualTo(snapshot);
    assertThat(updated.getLease()).isEqualTo(started.getLease());
    assertThat(updated.getCancelRequested()).isTrue();
    assertThat(completed.getSnapshot()).isEqualTo(snapshot);
  }

  @Test
  void signals_are_told_oldest_first_and_of_those_that_were_not_heard()
      throws InvalidProtocolBufferException {
    var written = new Producer.Written(running(), Optional.empty());
    var pause = Signal.newBuilder().setVerb("pause").setReceiveTime(at(TIME.plusSeconds(3)));
    var resume = Signal.newBuilder().setVerb("resume").setReceiveTime(at(TIME.plusSeconds(4)));

    assertThat(signals(written, Optional.empty())).containsExactly(pause.build(), resume.build());
    assertThat(signals(written, Optional.of(TIME.plusSeconds(3)))).containsExactly(resume.build());
    assertThat(signals(written, Optional.of(TIME.plusSeconds(4)))).isEmpty();
    assertThat(
            AdoptOperationResponse.parseFrom(OperationWire.adopted(written).array())
                .getSignalsList())
        .containsExactly(pause.build(), resume.build());
  }

  private static List<Signal> signals(Producer.Written written, Optional<Instant> heard)
      throws InvalidProtocolBufferException {
    return UpdateOperationResponse.parseFrom(OperationWire.updated(written, heard).array())
        .getSignalsList();
  }

  @Test
  void a_page_holds_its_operations_in_order() throws InvalidProtocolBufferException {
    var operation = OperationWire.operation(running());

    var list = OperationWire.list(new Operations.Page(List.of(operation, operation), "next"));

    var response = ListOperationsResponse.parseFrom(list.array());
    assertThat(response.getOperationsList())
        .containsExactly(operation(operation), operation(operation));
    assertThat(response.getNextPageToken()).isEqualTo("next");
    var empty = OperationWire.list(new Operations.Page(List.of(), ""));
    assertThat(empty).isEqualTo(Bytes.EMPTY);
  }
}
