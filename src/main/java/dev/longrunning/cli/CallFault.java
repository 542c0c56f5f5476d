package dev.longrunning.cli;

/** A call that the server refused, or that it could not be asked in time. */
final class CallFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  CallFault(String message, boolean retryable) {
    super(message, null, false, false);
    this.retryable = retryable;
  }

  /** Whether the same call may succeed later. */
  boolean retryable() {
    return retryable;
  }

  /** Such as {@code ABORTED: lease_token: …}, never null. */
  String message() {
    String message = getMessage();
    return message == null ? "unknown" : message;
  }
}
