package dev.longrunning.rpc;

import java.time.Duration;

/**
 * How much one event loop takes on.
 *
 * @param workingMax calls that are worked on at a time: enough for large batches, and few enough
 *     that one that waits for the database to come back is not behind many
 * @param waitingMax calls that wait for their turn; their bodies are in the {@link BodyBudget}
 * @param callerMax calls of one caller, worked on or waiting
 * @param callerHeldMax streams and calls that wait, of one caller: a proxy has many callers behind
 *     it
 * @param shareMin calls that a caller may always work on, whoever else calls: so that a poller who
 *     asks once a second does not slow a busy producer down
 * @param patience longest a call waits; the database's own patience comes on top
 */
public record AdmissionSettings(
    int workingMax,
    int waitingMax,
    int callerMax,
    int callerHeldMax,
    int shareMin,
    Duration patience) {
  public static final AdmissionSettings DEFAULT =
      new AdmissionSettings(256, 16_384, 4_096, 100_000, 8, Duration.ofSeconds(1));

  /** The same with other bounds on the calls of one caller. */
  public AdmissionSettings withCaller(int max, int heldMax) {
    return new AdmissionSettings(workingMax, waitingMax, max, heldMax, shareMin, patience);
  }
}
