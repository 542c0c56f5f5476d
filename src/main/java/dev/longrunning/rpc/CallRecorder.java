package dev.longrunning.rpc;

import com.google.rpc.Code;
import java.time.Duration;

/** Takes note of every call that ended, for metrics and logs. */
@FunctionalInterface
public interface CallRecorder {
  /**
   * One call, as it ended.
   *
   * @param method full name of the method
   * @param took from its arrival in the pipeline to its answer
   */
  record Ended(String method, Call.Transport transport, Code code, Duration took) {}

  /** Called once a call, on its event loop; must not block or throw. */
  void ended(Ended call);
}
