package dev.longrunning.rpc;

import com.google.rpc.Code;
import dev.longrunning.operation.Problem;

/** The only map from a {@link Problem.Kind} to a gRPC code and to an HTTP status: Google's. */
public final class StatusTable {
  private StatusTable() {}

  public static Code code(Problem.Kind kind) {
    return switch (kind) {
      case INVALID -> Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Code.NOT_FOUND;
      case EXISTS -> Code.ALREADY_EXISTS;
      case STATE -> Code.FAILED_PRECONDITION;
      case CONFLICT -> Code.ABORTED;
      case OVER_LIMIT -> Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Code.UNAVAILABLE;
      case DEADLINE -> Code.DEADLINE_EXCEEDED;
      case CANCELLED -> Code.CANCELLED;
      case UNIMPLEMENTED -> Code.UNIMPLEMENTED;
      case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
      case DENIED -> Code.PERMISSION_DENIED;
      case BROKEN -> Code.INTERNAL;
    };
  }

  public static int http(Problem.Kind kind) {
    return switch (kind) {
      case INVALID, STATE -> 400;
      case UNAUTHENTICATED -> 401;
      case DENIED -> 403;
      case NOT_FOUND -> 404;
      case EXISTS, CONFLICT -> 409;
      case OVER_LIMIT -> 429;
      case CANCELLED -> 499;
      case BROKEN -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE -> 504;
    };
  }
}
