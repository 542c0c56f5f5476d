package dev.longrunning.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The sets in {@code conf/types} are what their services' artifacts say; {@code src/types/run} runs
 * this with the artifacts on the class path.
 */
final class ShippedTypesCheck {
  private static final Path FOLDER = Path.of("conf/types");
  private static final String ARTIFACT = "proto-google-cloud-";

  private record Service(List<String> artifacts, List<String> more) {
    static Service of(String artifact, String... more) {
      return new Service(List.of(ARTIFACT + artifact), List.of(more));
    }
  }

  /** By name; with each, types of its operations that no method of its names. */
  private static final Map<String, Service> SERVICES =
      Map.ofEntries(
          Map.entry(
              "aiplatform.v1",
              Service.of(
                  "aiplatform-v1",
                  "google.cloud.aiplatform.v1.CreateRegistryFeatureOperationMetadata")),
          Map.entry("alloydb.v1", Service.of("alloydb-v1")),
          Map.entry(
              "bigtableadmin.v2",
              Service.of(
                  "bigtable-admin-v2", "google.bigtable.admin.v2.OptimizeRestoredTableMetadata")),
          Map.entry("cloudfunctions.v1", Service.of("functions-v1")),
          Map.entry("cloudfunctions.v2", Service.of("functions-v2")),
          Map.entry("contactcenterinsights.v1", Service.of("contact-center-insights-v1")),
          Map.entry("dataproc.v1", Service.of("dataproc-v1")),
          Map.entry("discoveryengine.v1", Service.of("discoveryengine-v1")),
          Map.entry(
              "run.v2",
              Service.of(
                  "run-v2", "google.cloud.run.v2.Revision", "google.cloud.run.v2.WorkerPool")),
          Map.entry("servicemanagement.v1", Service.of("service-management-v1")),
          Map.entry(
              "spanner.v1",
              new Service(
                  List.of(
                      ARTIFACT + "spanner-admin-database-v1",
                      ARTIFACT + "spanner-admin-instance-v1"),
                  List.of("google.spanner.admin.database.v1.OptimizeRestoredDatabaseMetadata"))),
          Map.entry("speech.v1", Service.of("speech-v1")),
          Map.entry("storagetransfer.v1", Service.of("storage-transfer-v1")));

  @TestFactory
  Stream<DynamicTest> a_set_is_what_the_artifacts_of_its_service_say() {
    return SERVICES.entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(row.getKey(), () -> check(row.getKey(), row.getValue())));
  }

  private static void check(String name, Service service) throws Exception {
    byte[] made = ServiceTypes.of(service.artifacts(), service.more());
    var file = FOLDER.resolve(name + ".binpb");
    if (Boolean.getBoolean("types.write")) {
      Files.createDirectories(FOLDER);
      Files.write(file, made);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(made);
  }
}
