package dev.longrunning.testing;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;

/** What a server answered in place of a response. */
public final class CallFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;

  CallFailure(Status status) {
    super(Code.forNumber(status.getCode()) + ": " + status.getMessage(), null, false, false);
    this.status = status;
  }

  public Code code() {
    return Code.forNumber(status.getCode());
  }

  /** The ErrorInfo's; empty if it has none. */
  public String reason() {
    return detail(ErrorInfo.getDefaultInstance()).getReason();
  }

  /** Whether the answer says when to try again. */
  public boolean saysWhenToRetry() {
    return detail(RetryInfo.getDefaultInstance()).hasRetryDelay();
  }

  @SuppressWarnings("unchecked")
  private <T extends Message> T detail(T type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type.getClass())) {
        try {
          return (T) detail.unpack(type.getClass());
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return type;
  }

  /** Whether a future failed with an answer of this code. */
  public static boolean is(Throwable failure, Code code) {
    return failure instanceof CallFailure answer && answer.code() == code;
  }
}
