package dev.longrunning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class GrpcProducerTest {
  private static final ServiceMethod<UpdateOperationRequest, UpdateOperationResponse> UPDATE =
      ServiceMethod.server(
          ServiceName.create("longrunning.v1", "OperationProducer"),
          "UpdateOperation",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(UpdateOperationRequest.getDefaultInstance()));

  private final Vertx vertx = Vertx.vertx();
  private final Queue<GrpcStatus> script = new ConcurrentLinkedQueue<>();
  private final List<UpdateOperationRequest> received = new CopyOnWriteArrayList<>();
  private final List<String> notices = new CopyOnWriteArrayList<>();
  private GrpcProducer producer;

  @BeforeEach
  void listen() throws Exception {
    var server = GrpcServer.server(vertx).callHandler(UPDATE, this::answer);
    int port =
        await(vertx.createHttpServer().requestHandler(server).listen(0, "127.0.0.1")).actualPort();
    var target = SocketAddress.inetSocketAddress(port, "127.0.0.1");
    producer = new GrpcProducer(vertx, target, notices::add);
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void an_answer_comes_back() throws Exception {
    var request = UpdateOperationRequest.newBuilder().setRequestId("r1").build();

    assertThat(producer.update(request).getCancelRequested()).isTrue();
  }

  @Test
  void what_was_unavailable_is_repeated_with_the_same_request_id() throws Exception {
    script.add(GrpcStatus.UNAVAILABLE);
    script.add(GrpcStatus.DEADLINE_EXCEEDED);
    var request = UpdateOperationRequest.newBuilder().setRequestId("r1").build();

    assertThat(producer.update(request).getCancelRequested()).isTrue();

    assertThat(received).containsExactly(request, request, request);
    assertThat(notices).containsExactly("UNAVAILABLE: because; trying again");
  }

  @Test
  void what_was_refused_is_not_repeated() {
    script.add(GrpcStatus.ABORTED);
    var request = UpdateOperationRequest.newBuilder().setRequestId("r1").build();

    assertThatThrownBy(() -> producer.update(request))
        .isInstanceOf(CallFault.class)
        .hasMessage("ABORTED: because");
    assertThat(received).hasSize(1);
  }

  private void answer(GrpcServerRequest<UpdateOperationRequest, UpdateOperationResponse> call) {
    call.handler(
        request -> {
          received.add(request);
          GrpcStatus status = script.poll();
          if (status == null) {
            call.response().end(answer());
          } else {
            call.response().status(status).statusMessage("because").end();
          }
        });
  }

  private static UpdateOperationResponse answer() {
    return UpdateOperationResponse.newBuilder().setCancelRequested(true).build();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
