package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.longrunning.app.StreamClient.Form;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthListRequest;
import io.grpc.health.v1.HealthListResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the health service says of a server, over gRPC and gRPC-Web. */
final class HealthTest {
  private static final String SERVICE = "grpc.health.v1.Health";
  private static final String MUCH = "s".repeat(512);

  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  private StreamClient call(Form form, String method, Message request) {
    var client = StreamClient.call(server, form, SERVICE + '/' + method, Map.of());
    client.send(StreamClient.frame(request));
    client.halfClose();
    return client;
  }

  private static HealthCheckRequest of(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  private static ServingStatus status(StreamClient client) {
    return client.reply(HealthCheckResponse.getDefaultInstance()).getStatus();
  }

  private ServingStatus check(String service) {
    var client = call(Form.GRPC, "Check", of(service));
    var status = status(client);
    assertThat(client.code()).isEqualTo(Code.OK);
    return status;
  }

  @Test
  void a_server_serves_once_it_is_ready_and_until_it_drains() {
    for (String service : List.of("", TestMethods.SERVICE, SERVICE)) {
      assertThat(check(service)).isEqualTo(ServingStatus.NOT_SERVING);
    }
    server.readiness.ready();
    for (String service : List.of("", TestMethods.SERVICE, SERVICE)) {
      assertThat(check(service)).isEqualTo(ServingStatus.SERVING);
    }
    server.readiness.draining();
    assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void a_service_that_is_not_here_is_not_found() {
    for (String service : List.of("acme.Nothing", "google.longrunning", MUCH)) {
      var status = call(Form.GRPC, "Check", of(service)).status();
      assertThat(status.getCode()).isEqualTo(Code.NOT_FOUND_VALUE);
      assertThat(status.getMessage()).contains(service.substring(0, 12));
    }
    for (String method : List.of("Check", "Watch")) {
      assertThat(call(Form.GRPC, method, of(MUCH + "s")).code()).isEqualTo(Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void the_list_has_the_whole_and_each_service() {
    server.readiness.ready();

    var client = call(Form.GRPC, "List", HealthListRequest.getDefaultInstance());

    assertThat(client.reply(HealthListResponse.getDefaultInstance()).getStatusesMap())
        .containsOnlyKeys(
            "",
            TestMethods.SERVICE,
            SERVICE,
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection")
        .allSatisfy(
            (name, status) -> assertThat(status.getStatus()).isEqualTo(ServingStatus.SERVING));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_ANY,
      names = {"GRPC", "WEB_.*", "TEXT_.*"})
  void a_watch_has_the_status_at_once_and_each_change(Form form) {
    var client = call(form, "Watch", of(TestMethods.SERVICE));

    assertThat(status(client)).isEqualTo(ServingStatus.NOT_SERVING);
    server.readiness.ready();
    assertThat(status(client)).isEqualTo(ServingStatus.SERVING);
    server.readiness.draining();
    assertThat(status(client)).isEqualTo(ServingStatus.NOT_SERVING);
    client.request.connection().close();
  }

  @Test
  void a_watch_of_a_service_that_is_not_here_says_so_and_stays() {
    var client = call(Form.GRPC, "Watch", of("acme.Nothing"));

    assertThat(status(client)).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    server.readiness.ready();
    assertThat(check("")).isEqualTo(ServingStatus.SERVING);
    assertThat(client.isQuiet()).isTrue();
    assertThat(server.pipeline.streams().count()).isOne();
  }

  @Test
  void what_changes_while_nobody_reads_is_left_out_but_for_the_newest() {
    server.readiness.ready();
    var client = call(Form.WEB_HTTP2, "Watch", of(""));
    assertThat(status(client)).isEqualTo(ServingStatus.SERVING);
    client.head().pause();
    // Enough changes to fill the window of the stream and what waits behind it.
    for (int i = 0; i < 10_000; i++) {
      server.onLoop(
          () -> {
            server.readiness.draining();
            return null;
          });
      server.onLoop(
          () -> {
            server.readiness.ready();
            return null;
          });
    }
    server.readiness.draining();
    assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);
    client.head().resume();

    int changes = 0;
    var last = ServingStatus.SERVING;
    while (changes < 1 || last != ServingStatus.NOT_SERVING || !client.isQuiet()) {
      var next = status(client);
      assertThat(next).isNotEqualTo(last);
      last = next;
      changes++;
    }
    assertThat(changes).isLessThan(20_000);
    assertThat(last).isEqualTo(ServingStatus.NOT_SERVING);
  }
}
