package dev.longrunning.service;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;

/** What operations end with that the server ends: serialized {@code google.rpc.Status}. */
final class Endings {
  static final String DOMAIN = "longrunning.dev";
  static final String PRODUCER_LOST = "PRODUCER_LOST";

  private static final Bytes CANCELLED =
      serialized(status(Code.CANCELLED, "The operation was cancelled.").build());
  private static final Bytes CANCELLED_LOST =
      lost(Code.CANCELLED, "The operation was cancelled, and its producer is gone.");
  private static final Bytes ABORTED_LOST =
      lost(Code.ABORTED, "The operation's producer is gone: it stopped renewing its lease.");

  private Endings() {}

  static Change.Cancel cancel(OperationKey key) {
    return new Change.Cancel(key, CANCELLED, CANCELLED_LOST);
  }

  static Change.Expire expire(OperationKey key) {
    return new Change.Expire(key, ABORTED_LOST, CANCELLED_LOST);
  }

  private static Bytes lost(Code code, String message) {
    var info = ErrorInfo.newBuilder().setReason(PRODUCER_LOST).setDomain(DOMAIN).build();
    return serialized(status(code, message).addDetails(Any.pack(info)).build());
  }

  private static Status.Builder status(Code code, String message) {
    return Status.newBuilder().setCode(code.getNumber()).setMessage(message);
  }

  private static Bytes serialized(Status status) {
    return Bytes.of(status.toByteArray());
  }
}
