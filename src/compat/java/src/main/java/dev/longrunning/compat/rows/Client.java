package dev.longrunning.compat.rows;

import com.google.api.gax.rpc.OperationCallable;
import com.google.protobuf.Message;

/**
 * One row: a library over one transport.
 *
 * @param project its own, so that rows do not meet
 * @param callable what the service's method that starts operations returns futures by
 */
record Client<R extends Message, M extends Message>(
    String library,
    String version,
    String transport,
    String project,
    Profile<R, M> profile,
    Operations operations,
    OperationCallable<?, R, M> callable,
    AutoCloseable open)
    implements AutoCloseable {
  static final String GRPC = "gRPC";
  static final String REST = "REST";

  boolean rest() {
    return transport.equals(REST);
  }

  @Override
  public void close() throws Exception {
    open.close();
  }
}
