package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longrunning.profile.TestProfiles;
import dev.longrunning.rest.JsonMessages;
import dev.longrunning.rest.OriginPolicy;
import dev.longrunning.rpc.AdmissionSettings;
import dev.longrunning.rpc.CallPipeline;
import dev.longrunning.rpc.Callers;
import dev.longrunning.rpc.IntakeSettings;
import dev.longrunning.rpc.Intakes;
import dev.longrunning.rpc.MethodTable;
import dev.longrunning.types.Types;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ApiPortTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<ApiPort> instances = new CopyOnWriteArrayList<>();
  private final List<Context> loops = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    TestServer.await(vertx.close());
  }

  private ApiPort instance(int port) {
    var instance =
        new ApiPort(
            new ApiPort.Address("127.0.0.1", port),
            OriginPolicy.of(true, Set.of(), Set.of()),
            new JsonMessages(Types.builtIn().registry()),
            this::service);
    instances.add(instance);
    return instance;
  }

  private ApiPort.Service service() {
    loops.add(Vertx.currentContext());
    var clock = InstantSource.system();
    var pipeline =
        new CallPipeline(vertx, clock, () -> "id", AdmissionSettings.DEFAULT, ended -> {});
    var intakes = new Intakes(vertx, clock, IntakeSettings.DEFAULT);
    return new ApiPort.Service(
        MethodTable.of(List.of()), TestProfiles.DEFAULT, pipeline, Callers.UNASKED, intakes, clock);
  }

  @Test
  void all_instances_share_one_free_port_each_with_a_service_of_its_own() {
    var two = new DeploymentOptions().setInstances(2);

    TestServer.await(vertx.deployVerticle(() -> instance(0), two));

    assertThat(instances).hasSize(2).extracting(ApiPort::port).doesNotContain(0);
    assertThat(instances.get(0).port()).isEqualTo(instances.get(1).port());
    assertThat(loops).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void one_that_waits_listens_in_the_end() {
    var awaited = Promise.<Void>promise();
    var made = instance(0);
    made.listenAfter(awaited.future());

    var deployed = vertx.deployVerticle(made);
    awaited.complete();
    TestServer.await(deployed);

    assertThat(made.port()).isPositive();
  }

  @Test
  void one_that_waits_in_vain_does_not_listen() {
    var made = instance(0);
    made.listenAfter(Future.failedFuture(new IllegalStateException("no database")));

    assertThatThrownBy(() -> TestServer.await(vertx.deployVerticle(made)))
        .hasStackTraceContaining("no database");
  }

  @Test
  void a_port_that_is_taken_fails_the_deployment() {
    TestServer.await(vertx.deployVerticle(instance(0)));
    var other = Vertx.vertx();

    assertThatThrownBy(
            () -> TestServer.await(other.deployVerticle(instance(instances.get(0).port()))))
        .hasStackTraceContaining("Address already in use");

    TestServer.await(other.close());
  }
}
