package dev.longrunning.cli;

import com.google.protobuf.Message;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The producer API over gRPC.
 *
 * <p><b>Bounds.</b> Every attempt ends within {@value #CALL_SECONDS} s; a call is given up after
 * {@value #ATTEMPTS_MAX} attempts, about a minute of pauses.
 */
final class GrpcProducer implements Producer {
  private static final int CALL_SECONDS = 5;
  private static final int ATTEMPTS_MAX = 30;
  private static final long PAUSE_MILLIS_MIN = 100;
  private static final long PAUSE_MILLIS_MAX = 2_500;

  /** An operation is 2 MiB at most; its snapshot holds little more. */
  private static final long MESSAGE_BYTES_MAX = 4 << 20;

  private static final ServiceName SERVICE =
      ServiceName.create("longrunning.v1", "OperationProducer");
  private static final ServiceMethod<StartOperationResponse, StartOperationRequest> START =
      method("StartOperation", StartOperationResponse.getDefaultInstance());
  private static final ServiceMethod<UpdateOperationResponse, UpdateOperationRequest> UPDATE =
      method("UpdateOperation", UpdateOperationResponse.getDefaultInstance());
  private static final ServiceMethod<CompleteOperationResponse, CompleteOperationRequest> COMPLETE =
      method("CompleteOperation", CompleteOperationResponse.getDefaultInstance());

  private final GrpcClient client;
  private final SocketAddress target;
  private final Consumer<String> notices;

  /**
   * Prepares it; nothing is connected before the first call.
   *
   * @param notices told when a call has to be repeated, once a call
   */
  GrpcProducer(Vertx vertx, SocketAddress target, Consumer<String> notices) {
    var options =
        new GrpcClientOptions()
            .setMaxMessageSize(MESSAGE_BYTES_MAX)
            .setTimeout(CALL_SECONDS)
            .setTimeoutUnit(TimeUnit.SECONDS)
            .setScheduleDeadlineAutomatically(true);
    this.client = GrpcClient.client(vertx, options);
    this.target = target;
    this.notices = notices;
  }

  private static <Q extends Message, A extends Message> ServiceMethod<A, Q> method(
      String name, A response) {
    return ServiceMethod.client(
        SERVICE, name, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(response));
  }

  @Override
  public StartOperationResponse start(StartOperationRequest request)
      throws CallFault, InterruptedException {
    return call(START, request);
  }

  @Override
  public UpdateOperationResponse update(UpdateOperationRequest request)
      throws CallFault, InterruptedException {
    return call(UPDATE, request);
  }

  @Override
  public CompleteOperationResponse complete(CompleteOperationRequest request)
      throws CallFault, InterruptedException {
    return call(COMPLETE, request);
  }

  private <Q, A> A call(ServiceMethod<A, Q> method, Q request)
      throws CallFault, InterruptedException {
    long pauseMillis = PAUSE_MILLIS_MIN;
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(method, request);
      } catch (CallFault fault) {
        if (!fault.retryable() || attempt == ATTEMPTS_MAX) {
          throw fault;
        }
        if (attempt == 1) {
          notices.accept(fault.message() + "; trying again");
        }
      }
      Thread.sleep(ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis));
      pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
    }
  }

  private <Q, A> A attempt(ServiceMethod<A, Q> method, Q request)
      throws CallFault, InterruptedException {
    try {
      return client
          .request(target, method)
          .compose(call -> call.send(request))
          .compose(GrpcProducer::answer)
          .toCompletionStage()
          .toCompletableFuture()
          .get(CALL_SECONDS + 1, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new CallFault("no answer within " + CALL_SECONDS + " s", true);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal.fault();
      }
      // The connection failed or broke: whether the call took effect is not known.
      throw new CallFault("cannot reach " + target + " (" + reason(e) + ")", true);
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static <Q, A> Future<A> answer(GrpcClientResponse<Q, A> response) {
    return response.last().recover(cause -> Future.failedFuture(refusal(response, cause)));
  }

  private static Throwable refusal(GrpcClientResponse<?, ?> response, Throwable cause) {
    GrpcStatus status = response.status();
    return status == null || status == GrpcStatus.OK
        ? cause
        : new Refusal(status, String.valueOf(response.statusMessage()));
  }

  /** What the server answered instead of a response. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final GrpcStatus status;

    Refusal(GrpcStatus status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    CallFault fault() {
      boolean retryable =
          status == GrpcStatus.UNAVAILABLE || status == GrpcStatus.DEADLINE_EXCEEDED;
      return new CallFault(status.name() + ": " + getMessage(), retryable);
    }
  }
}
