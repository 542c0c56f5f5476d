package dev.longrunning.service;

import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.ReceivedSignals.Received;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.v1.AdoptOperationResponse;
import dev.longrunning.v1.CancelRequested;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.Lease;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.Progress;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.ReportResult;
import dev.longrunning.v1.Signal;
import dev.longrunning.v1.SignalReceived;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationResponse;
import dev.longrunning.v1.WatchEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Snapshots as serialized messages, joined from serialized fields.
 *
 * <p><b>Promise.</b> Metadata, response and error are copied, never parsed: the bytes that came in
 * go out. Equal states have equal bytes.
 */
public final class OperationWire {
  private OperationWire() {}

  /** A serialized {@code google.longrunning.Operation}. */
  public static Bytes operation(Snapshot snapshot) {
    var metadata = snapshot.metadata();
    int resultField =
        snapshot.outcome() == Outcome.ERROR
            ? Operation.ERROR_FIELD_NUMBER
            : Operation.RESPONSE_FIELD_NUMBER;
    String name = snapshot.key().name();
    int size = CodedOutputStream.computeStringSize(Operation.NAME_FIELD_NUMBER, name);
    if (metadata != null) {
      size += size(Operation.METADATA_FIELD_NUMBER, metadata);
    }
    if (snapshot.isDone()) {
      size += CodedOutputStream.computeBoolSize(Operation.DONE_FIELD_NUMBER, true);
      size += snapshot.result().length() == 0 ? 0 : size(resultField, snapshot.result());
    }
    byte[] bytes = new byte[size];
    var out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeString(Operation.NAME_FIELD_NUMBER, name);
      if (metadata != null) {
        out.writeByteArray(Operation.METADATA_FIELD_NUMBER, metadata.array());
      }
      if (snapshot.isDone()) {
        out.writeBool(Operation.DONE_FIELD_NUMBER, true);
        if (snapshot.result().length() > 0) {
          out.writeByteArray(resultField, snapshot.result().array());
        }
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("the size of an operation was computed wrongly", e);
    }
    return Bytes.of(bytes);
  }

  /** A serialized {@code longrunning.v1.OperationSnapshot}. */
  public static Bytes snapshot(Snapshot snapshot) {
    var rest =
        OperationSnapshot.newBuilder()
            .setVersion(snapshot.version())
            .putAllLabels(snapshot.labels())
            .setCreateTime(timestamp(snapshot.createTime()))
            .setUpdateTime(timestamp(snapshot.updateTime()))
            .setService(snapshot.key().service())
            .addAllSignals(signals(snapshot, Optional.empty()));
    var progress = snapshot.progress();
    if (progress != null) {
      rest.setProgress(progress(progress));
    }
    Optional.ofNullable(snapshot.endTime())
        .map(OperationWire::timestamp)
        .ifPresent(rest::setEndTime);
    Optional.ofNullable(snapshot.cancelRequestTime())
        .map(OperationWire::timestamp)
        .ifPresent(rest::setCancelRequestTime);
    Optional.ofNullable(snapshot.expireTime())
        .map(OperationWire::timestamp)
        .ifPresent(rest::setExpireTime);
    return joined(
        OperationSnapshot.OPERATION_FIELD_NUMBER, List.of(operation(snapshot)), rest.build());
  }

  /** A serialized {@code longrunning.v1.WatchEvent}. */
  public static Bytes changed(Snapshot snapshot, String resumeToken) {
    return joined(
        WatchEvent.CHANGED_FIELD_NUMBER,
        List.of(snapshot(snapshot)),
        WatchEvent.newBuilder().setResumeToken(resumeToken).build());
  }

  /** A serialized {@code google.longrunning.ListOperationsResponse}. */
  public static Bytes list(Operations.Page page) {
    var rest = ListOperationsResponse.newBuilder().setNextPageToken(page.nextPageToken()).build();
    return joined(ListOperationsResponse.OPERATIONS_FIELD_NUMBER, page.operations(), rest);
  }

  /** A serialized {@code longrunning.v1.StartOperationResponse}. */
  public static Bytes started(Producer.Written written) {
    var rest = StartOperationResponse.newBuilder();
    written.lease().map(OperationWire::lease).ifPresent(rest::setLease);
    return joined(
        StartOperationResponse.SNAPSHOT_FIELD_NUMBER,
        List.of(snapshot(written.snapshot())),
        rest.build());
  }

  /**
   * A serialized {@code longrunning.v1.UpdateOperationResponse}.
   *
   * @param heard of signals: when the newest was received that the producer knows
   */
  public static Bytes updated(Producer.Written written, Optional<Instant> heard) {
    var rest =
        UpdateOperationResponse.newBuilder()
            .setCancelRequested(written.snapshot().cancelRequestTime() != null)
            .addAllSignals(signals(written.snapshot(), heard));
    written.lease().map(OperationWire::lease).ifPresent(rest::setLease);
    return joined(
        UpdateOperationResponse.SNAPSHOT_FIELD_NUMBER,
        List.of(snapshot(written.snapshot())),
        rest.build());
  }

  /** A serialized {@code longrunning.v1.CompleteOperationResponse}. */
  public static Bytes completed(Producer.Written written) {
    return joined(
        CompleteOperationResponse.SNAPSHOT_FIELD_NUMBER,
        List.of(snapshot(written.snapshot())),
        CompleteOperationResponse.getDefaultInstance());
  }

  /** A serialized {@code longrunning.v1.AdoptOperationResponse}. */
  public static Bytes adopted(Producer.Written written) {
    var rest =
        AdoptOperationResponse.newBuilder()
            .setCancelRequested(written.snapshot().cancelRequestTime() != null)
            .addAllSignals(signals(written.snapshot(), Optional.empty()));
    written.lease().map(OperationWire::lease).ifPresent(rest::setLease);
    return joined(
        AdoptOperationResponse.SNAPSHOT_FIELD_NUMBER,
        List.of(snapshot(written.snapshot())),
        rest.build());
  }

  /**
   * A serialized {@code longrunning.v1.ReportOperationsResponse} that says that a report was
   * applied.
   *
   * @param snapshot empty: not known any more
   */
  public static Bytes reported(
      long sequence, Optional<Snapshot> snapshot, Optional<Answer.Lease> lease) {
    var rest = ReportResult.newBuilder().setSequence(sequence);
    lease.map(OperationWire::lease).ifPresent(rest::setLease);
    var states = snapshot.map(OperationWire::snapshot).stream().toList();
    var result = joined(ReportResult.SNAPSHOT_FIELD_NUMBER, states, rest.build());
    return joined(
        ReportOperationsResponse.RESULT_FIELD_NUMBER,
        List.of(result),
        ReportOperationsResponse.getDefaultInstance());
  }

  /** One that tells of a cancellation. */
  public static Bytes cancelRequested(OperationKey key, Instant at) {
    var event =
        CancelRequested.newBuilder().setName(key.name()).setCancelRequestTime(timestamp(at));
    var response = ReportOperationsResponse.newBuilder().setCancelRequested(event).build();
    return Bytes.of(response.toByteArray());
  }

  /** One that tells of a signal. */
  public static Bytes signalReceived(OperationKey key, Received signal) {
    var event = SignalReceived.newBuilder().setName(key.name()).setSignal(signal(signal));
    var response = ReportOperationsResponse.newBuilder().setSignal(event).build();
    return Bytes.of(response.toByteArray());
  }

  private static List<Signal> signals(Snapshot snapshot, Optional<Instant> heard) {
    return snapshot.signals().after(heard).stream().map(OperationWire::signal).toList();
  }

  private static Signal signal(Received signal) {
    return Signal.newBuilder()
        .setVerb(signal.verb())
        .setReceiveTime(timestamp(signal.time()))
        .build();
  }

  private static Progress progress(dev.longrunning.operation.Progress progress) {
    var message =
        Progress.newBuilder()
            .setDoneUnits(progress.doneUnits())
            .setTotalUnits(progress.totalUnits())
            .setUnit(progress.unit())
            .setMessage(progress.message());
    Optional.ofNullable(progress.estimatedEndTime())
        .map(OperationWire::timestamp)
        .ifPresent(message::setEstimatedEndTime);
    return message.build();
  }

  private static Lease lease(Answer.Lease lease) {
    return Lease.newBuilder()
        .setToken(lease.token().toString())
        .setExpireTime(timestamp(lease.expireTime()))
        .build();
  }

  private static com.google.protobuf.Timestamp timestamp(Instant instant) {
    return com.google.protobuf.Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static int size(int field, Bytes message) {
    return CodedOutputStream.computeByteArraySize(field, message.array());
  }

  /** {@code rest}, with {@code messages} before it in {@code field}, which it does not have. */
  private static Bytes joined(int field, List<Bytes> messages, Message rest) {
    int size = rest.getSerializedSize();
    for (var message : messages) {
      size += size(field, message);
    }
    byte[] bytes = new byte[size];
    var out = CodedOutputStream.newInstance(bytes);
    try {
      for (var message : messages) {
        out.writeByteArray(field, message.array());
      }
      rest.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("the size of a message was computed wrongly", e);
    }
    return Bytes.of(bytes);
  }
}
