package dev.longrunning.operation;

/** Whether an operation runs, and if not, what it ended with. Done is final. */
public enum Outcome {
  RUNNING(0),
  /** Done; the result is a serialized google.protobuf.Any. */
  RESPONSE(1),
  /** Done; the result is a serialized google.rpc.Status. */
  ERROR(2);

  private final short code;

  Outcome(int code) {
    this.code = (short) code;
  }

  /** The stored form. Part of the stored data. */
  public short code() {
    return code;
  }

  public static Outcome ofCode(int code) {
    for (Outcome outcome : values()) {
      if (outcome.code == code) {
        return outcome;
      }
    }
    throw new IllegalStateException("no outcome has code " + code);
  }
}
