package dev.longrunning.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health and reflection stubs of grpc-java, unmodified, against the built server. */
final class StandardServicesTest {
  @TempDir static Path data;
  private static ServerProcess server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(data);
    channel = ManagedChannelBuilder.forTarget(server.target()).usePlaintext().build();
  }

  @AfterAll
  static void stop() throws Exception {
    if (channel != null) {
      channel.shutdownNow();
    }
    if (server != null) {
      server.close();
    }
  }

  private static HealthCheckRequest of(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  @Test
  void a_health_check_says_that_the_server_and_its_services_serve() {
    var health = HealthGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);

    for (var service : new String[] {"", "google.longrunning.Operations"}) {
      assertThat(health.check(of(service)).getStatus()).isEqualTo(ServingStatus.SERVING);
    }
    var unknown =
        catchThrowableOfType(StatusRuntimeException.class, () -> health.check(of("acme.Nothing")));
    assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void a_health_watch_begins_with_the_present_status_and_ends_at_the_callers_deadline() {
    var health = HealthGrpc.newBlockingStub(channel).withDeadlineAfter(3, TimeUnit.SECONDS);

    var statuses = health.watch(of("longrunning.v1.OperationProducer"));

    assertThat(statuses.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    var end = catchThrowableOfType(StatusRuntimeException.class, statuses::hasNext);
    assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void reflection_lists_the_services_and_has_their_files() throws Exception {
    var answers = new Answers();
    var requests = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(answers);
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    requests.onNext(
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("google.longrunning.Operations")
            .build());
    requests.onCompleted();

    assertThat(answers.next().getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "google.longrunning.Operations",
            "longrunning.v1.OperationProducer",
            "grpc.health.v1.Health");
    var file = answers.next().getFileDescriptorResponse().getFileDescriptorProto(0);
    assertThat(FileDescriptorProto.parseFrom(file).getName())
        .isEqualTo("google/longrunning/operations.proto");
    assertThat(answers.end.poll(60, TimeUnit.SECONDS)).isEqualTo("completed");
  }

  private static final class Answers implements StreamObserver<ServerReflectionResponse> {
    private final BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> end = new LinkedBlockingQueue<>();

    ServerReflectionResponse next() throws InterruptedException {
      return answers.poll(60, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(ServerReflectionResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.add(failure.toString());
    }

    @Override
    public void onCompleted() {
      end.add("completed");
    }
  }
}
