package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;

/**
 * A handler whose requests are within their bounds.
 *
 * <p><b>Promise.</b> No request reaches the handler with a field past its bound. A {@link Problem}
 * is a failed future, and names fields as the caller spells them.
 */
final class CheckedHandler<Q extends Message> implements Method.Handler<Q> {
  private final Method.Handler<Q> handler;

  CheckedHandler(Method.Handler<Q> handler) {
    this.handler = handler;
  }

  @Override
  public Future<Reply> handle(Call call, Q request) {
    var answer = answered(call, request);
    return answer.succeeded()
        ? answer
        : answer.recover(
            failure ->
                Future.failedFuture(
                    failure instanceof Problem problem
                        ? Spelling.of(call.transport(), problem)
                        : failure));
  }

  private Future<Reply> answered(Call call, Q request) {
    try {
      Bounds.check(request);
      return handler.handle(call, request);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
