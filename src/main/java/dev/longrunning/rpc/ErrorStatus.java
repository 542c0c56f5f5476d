package dev.longrunning.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.util.Optional;

/**
 * A {@link Problem} as callers receive it on every transport: {@code google.rpc.Status}.
 *
 * <p><b>Promise.</b> Exactly one ErrorInfo, of domain {@value #DOMAIN}; a RetryInfo where repeating
 * helps; a BadRequest where fields are at fault; a ResourceInfo where the resource is; a
 * PreconditionFailure where its state is. Whatever the input was, the status stays small: it
 * travels in a header.
 *
 * <p><b>Bounds.</b> A message of {@value #MESSAGE_BYTES_MAX} bytes and {@value #STATUS_BYTES_MAX}
 * bytes in all: base64 makes that 5,462, and percent-encoding the message at most 1,536 more, which
 * stays below the 8 KiB of headers that gRPC clients take. Facts, violations and resources that do
 * not fit are left out, the last first.
 */
public final class ErrorStatus {
  public static final String DOMAIN = "longrunning.dev";
  public static final String RESOURCE_TYPE = "google.longrunning.Operation";
  public static final int MESSAGE_BYTES_MAX = 512;
  public static final int STATUS_BYTES_MAX = 4_096;

  /** Field tags, lengths and the type URL around one detail. */
  private static final int DETAIL_OVERHEAD_BYTES = 80;

  private static final int ELLIPSIS_BYTES = 3;

  private ErrorStatus() {}

  public static Status of(Problem problem) {
    var status =
        Status.newBuilder()
            .setCode(StatusTable.code(problem.kind()).getNumber())
            .setMessage(cut(problem.message()));
    add(status, info(problem));
    problem.retryAfter().ifPresent(pause -> add(status, retry(pause)));
    if (!problem.violations().isEmpty()) {
      add(status, violations(problem, room(status)));
    }
    aboutResource(problem)
        .filter(detail -> detail.getSerializedSize() <= room(status))
        .ifPresent(detail -> add(status, detail));
    return status.build();
  }

  /** What a problem says of the one resource that it is about. */
  private static Optional<Message> aboutResource(Problem problem) {
    String name =
        problem.facts().getOrDefault("name", problem.facts().getOrDefault("resource", ""));
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return switch (problem.kind()) {
      case NOT_FOUND, EXISTS, DENIED, CONFLICT ->
          Optional.of(
              ResourceInfo.newBuilder()
                  .setResourceType(RESOURCE_TYPE)
                  .setResourceName(name)
                  .setDescription(cut(problem.message()))
                  .build());
      case STATE ->
          Optional.of(
              PreconditionFailure.newBuilder()
                  .addViolations(
                      PreconditionFailure.Violation.newBuilder()
                          .setType(problem.reason())
                          .setSubject(name)
                          .setDescription(cut(problem.message())))
                  .build());
      default -> Optional.empty();
    };
  }

  private static void add(Status.Builder status, Message detail) {
    status.addDetails(Any.pack(detail));
  }

  private static int room(Status.Builder status) {
    return STATUS_BYTES_MAX - status.build().getSerializedSize() - DETAIL_OVERHEAD_BYTES;
  }

  private static ErrorInfo info(Problem problem) {
    var info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(problem.reason());
    for (var fact : problem.facts().entrySet()) {
      var before = info.clone();
      info.putMetadata(fact.getKey(), fact.getValue());
      if (info.build().getSerializedSize() > STATUS_BYTES_MAX / 2) {
        return before.build();
      }
    }
    return info.build();
  }

  private static RetryInfo retry(Duration pause) {
    var delay =
        com.google.protobuf.Duration.newBuilder()
            .setSeconds(pause.getSeconds())
            .setNanos(pause.getNano());
    return RetryInfo.newBuilder().setRetryDelay(delay).build();
  }

  private static BadRequest violations(Problem problem, int room) {
    var request = BadRequest.newBuilder();
    int left = room;
    for (var violation : problem.violations()) {
      var one =
          BadRequest.FieldViolation.newBuilder()
              .setField(cut(violation.field()))
              .setDescription(cut(violation.description()))
              .build();
      // A tag and a length of two bytes in front of each.
      left -= one.getSerializedSize() + 3;
      if (left < 0) {
        break;
      }
      request.addFieldViolations(one);
    }
    return request.build();
  }

  /** At most {@value #MESSAGE_BYTES_MAX} bytes of UTF-8, cut between characters. */
  private static String cut(String text) {
    var bytes = ByteString.copyFromUtf8(text);
    if (bytes.size() <= MESSAGE_BYTES_MAX) {
      return text;
    }
    int end = MESSAGE_BYTES_MAX - ELLIPSIS_BYTES;
    while ((bytes.byteAt(end) & 0xC0) == 0x80) {
      end--;
    }
    return bytes.substring(0, end).toStringUtf8() + '…';
  }
}
