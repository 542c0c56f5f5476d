package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.observe.Build;
import dev.longrunning.observe.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server itself makes of the manifests; everything else is judged in k8s/check. */
final class KubernetesTest {
  /** What PostgreSQL keeps for superusers, and what the operator of the cluster connects for. */
  private static final int RESERVED = 3 + 10;

  /** What the steps of a stop may take together, besides the calls. */
  private static final Duration CLOSING = Duration.ofSeconds(36);

  /** With the embedded database. */
  private static final Duration CLOSING_EMBEDDED = Duration.ofSeconds(71);

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(strings = {"base", "overlays/dev", "overlays/production"})
  void every_setting_is_one_and_has_an_allowed_value(String folder) throws Exception {
    var manifests = Manifests.of(folder);

    Settings settings = manifests.settings(root);

    var ports = Manifests.maps(manifests.container().get("ports"));
    assertThat(settings.listen()).isEqualTo(new HostPort("0.0.0.0", port(ports, "api")));
    assertThat(settings.management()).contains(new HostPort("0.0.0.0", port(ports, "management")));
    assertThat(settings.insecure()).isTrue();
    assertThat(settings.logFormat()).isEqualTo(LogFormat.JSON);
  }

  private static int port(List<Map<String, Object>> ports, String name) {
    return ports.stream()
        .filter(port -> port.get("name").equals(name))
        .map(port -> (Integer) port.get("containerPort"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_password_of_a_database_elsewhere_comes_from_a_secret() throws Exception {
    for (String folder : List.of("base", "overlays/production")) {
      Settings settings = Manifests.of(folder).settings(root);

      assertThat(settings.database().orElseThrow().password().orElseThrow())
          .isEqualTo(Secret.of("from-a-secret"));
    }
  }

  @Test
  void the_embedded_database_keeps_its_files_on_the_volume() throws Exception {
    var dev = Manifests.of("overlays/dev");

    Settings settings = dev.settings(root);

    String mount =
        Manifests.maps(dev.container().get("volumeMounts")).stream()
            .filter(it -> it.get("name").equals("data"))
            .map(it -> it.get("mountPath").toString())
            .findFirst()
            .orElseThrow();
    assertThat(settings.database()).isEmpty();
    // Below it: the root of a volume belongs to whoever mounts it.
    assertThat(settings.data().getParent()).isEqualTo(Path.of(mount));
  }

  @Test
  void the_database_has_connections_for_all_servers_of_a_rollout() throws Exception {
    var production = Manifests.of("overlays/production");
    Settings settings = production.settings(root);
    int most =
        (Integer) Manifests.at(production.one("HorizontalPodAutoscaler"), "spec", "maxReplicas");
    int more =
        (Integer)
            Manifests.at(
                production.one("Deployment"), "spec", "strategy", "rollingUpdate", "maxSurge");
    int each = settings.writeConnections() + settings.readConnections() + 3;
    var parameters = Manifests.at(production.one("Cluster"), "spec", "postgresql", "parameters");

    int allowed = Integer.parseInt(((Map<?, ?>) parameters).get("max_connections").toString());

    assertThat((most + more) * each).isLessThanOrEqualTo(allowed - RESERVED);
  }

  @Test
  void a_standby_that_is_gone_does_not_fill_the_volume_of_the_log() throws Exception {
    var cluster = Manifests.of("overlays/production").one("Cluster");
    var parameters = (Map<?, ?>) Manifests.at(cluster, "spec", "postgresql", "parameters");
    var volume = Manifests.at(cluster, "spec", "walStorage", "size").toString();

    int kept = gigabytes(String.valueOf(parameters.get("max_slot_wal_keep_size")), "GB");
    int written = gigabytes(String.valueOf(parameters.get("max_wal_size")), "GB");

    assertThat(kept + written).isLessThan(gigabytes(volume, "Gi"));
  }

  private static int gigabytes(String size, String unit) {
    assertThat(size).endsWith(unit);
    return Integer.parseInt(size.substring(0, size.length() - unit.length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlays/dev", "overlays/production"})
  void a_server_has_the_time_that_it_takes_to_stop(String folder) throws Exception {
    var manifests = Manifests.of(folder);
    Settings settings = manifests.settings(root);
    StopSettings stop = settings.stop();
    Duration closing = settings.database().isPresent() ? CLOSING : CLOSING_EMBEDDED;

    var given = Duration.ofSeconds((Integer) manifests.pod().get("terminationGracePeriodSeconds"));

    assertThat(manifests.container()).doesNotContainKey("lifecycle");
    assertThat(stop.pause()).isPositive();
    assertThat(given).isGreaterThan(stop.pause().plus(stop.grace()).plus(closing));
  }

  @Test
  void production_speaks_tls() throws Exception {
    assertThat(Manifests.of("overlays/production").settings(root).tls().files()).isPresent();
  }

  @Test
  void the_version_is_that_of_the_build() throws Exception {
    String version = Build.load().version().replace("-SNAPSHOT", "");

    assertThat(Manifests.of("base").container().get("image")).isEqualTo("longrunning:" + version);
  }
}
