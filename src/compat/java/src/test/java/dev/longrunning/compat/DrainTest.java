package dev.longrunning.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client of grpc-java makes of a server that stops while it has streams there. */
final class DrainTest {
  private static final int STREAMS = 20;

  @TempDir Path data;

  @Test
  void streams_outlive_the_goaway_of_their_connection_until_each_has_its_turn() throws Exception {
    var order = new LinkedBlockingQueue<Watch>();
    var watches = new ArrayList<Watch>();
    try (var server = ServerProcess.start(data)) {
      var channel = ManagedChannelBuilder.forTarget(server.target()).usePlaintext().build();
      try {
        for (int i = 0; i < STREAMS; i++) {
          var watch = new Watch(order);
          HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), watch);
          assertThat(watch.next()).isEqualTo(ServingStatus.SERVING);
          watches.add(watch);
        }

        server.close();

        var ended = new ArrayList<Watch>();
        for (int i = 0; i < STREAMS; i++) {
          ended.add(order.poll(60, TimeUnit.SECONDS));
        }
        // One that the first GOAWAY ended would have another status, and not come in its turn.
        assertThat(ended).containsExactlyElementsOf(watches);
        for (var watch : watches) {
          assertThat(watch.next()).isEqualTo(ServingStatus.NOT_SERVING);
          assertThat(watch.end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          assertThat(watch.end.getDescription())
              .isEqualTo("the server is stopping; repeat the call");
        }
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static final class Watch implements StreamObserver<HealthCheckResponse> {
    private final BlockingQueue<ServingStatus> statuses = new LinkedBlockingQueue<>();
    private final BlockingQueue<Watch> order;
    private volatile Status end = Status.OK;

    Watch(BlockingQueue<Watch> order) {
      this.order = order;
    }

    ServingStatus next() throws InterruptedException {
      return statuses.poll(60, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(HealthCheckResponse answer) {
      statuses.add(answer.getStatus());
    }

    @Override
    public void onError(Throwable failure) {
      end = Status.fromThrowable(failure);
      order.add(this);
    }

    @Override
    public void onCompleted() {
      order.add(this);
    }
  }
}
