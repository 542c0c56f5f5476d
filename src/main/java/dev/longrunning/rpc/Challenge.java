package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;

/** What a caller who is not known is asked for: the value of {@code WWW-Authenticate}. */
public final class Challenge {
  private static final String BEARER = "Bearer realm=\"longrunning\"";

  private Challenge() {}

  /** As RFC 6750 has it: without an error for who has shown nothing. */
  public static String of(Problem problem) {
    return problem.reason().equals("CREDENTIALS_MISSING")
        ? BEARER
        : BEARER + ", error=\"invalid_token\"";
  }
}
