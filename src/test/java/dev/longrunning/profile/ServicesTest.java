package dev.longrunning.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longrunning.operation.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServicesTest {
  private static final String INSIGHTS = "projects/p/locations/l/operations/1";

  private final Services services =
      TestProfiles.of(
          "default",
          "cloud-functions-v1",
          "cloud-functions-v2",
          "contact-center-insights-v1",
          "storage-transfer-v1");

  private String of(String host, String name) {
    return services.at(host).ofOperation("", "name", name).id();
  }

  @Test
  void the_host_says_which_service_is_meant() {
    assertThat(of("contactcenterinsights.googleapis.com", INSIGHTS))
        .isEqualTo("contact-center-insights-v1");
    assertThat(of("ContactCenterInsights.googleapis.com:443", INSIGHTS))
        .isEqualTo("contact-center-insights-v1");
  }

  @Test
  void of_services_at_one_host_the_name_says_which() {
    String host = "cloudfunctions.googleapis.com";

    assertThat(of(host, "operations/abc")).isEqualTo("cloud-functions-v1");
    assertThat(of(host, INSIGHTS)).isEqualTo("cloud-functions-v2");
  }

  @Test
  void elsewhere_the_most_exact_form_of_names_says_which() {
    assertThat(of("localhost:8080", "transferOperations/t")).isEqualTo("storage-transfer-v1");
    assertThat(of("localhost:8080", "a/operations/b")).isEqualTo("default");
    assertThat(of("", "operations/a/b")).isEqualTo("default");
  }

  @Test
  void what_two_services_could_be_meant_by_is_refused_and_says_their_hosts() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> of("localhost", INSIGHTS))
        .withMessageContaining("cloudfunctions.googleapis.com for cloud-functions-v2")
        .withMessageContaining("contactcenterinsights.googleapis.com");
  }

  @Test
  void a_request_may_say_its_service_where_the_host_does_not() {
    var anywhere = services.at("localhost");

    assertThat(anywhere.ofOperation("cloud-functions-v2", "name", INSIGHTS).id())
        .isEqualTo("cloud-functions-v2");
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> anywhere.ofOperation("nobody", "name", INSIGHTS))
        .withMessageContaining("service: got nobody")
        .withMessageContaining("storage-transfer-v1");
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(
            () ->
                services
                    .at("storagetransfer.googleapis.com")
                    .ofOperation("default", "name", INSIGHTS));
  }

  @Test
  void a_name_of_no_form_is_refused_with_the_forms_of_the_service() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> of("storagetransfer.googleapis.com", INSIGHTS))
        .withMessageContaining("transferOperations/{id}");
  }

  @Test
  void bindings_are_equal_whatever_their_variables() {
    var one = profile("one", "/v1/{name=operations/**}");
    var other = profile("other", "/v1/operations/{name=**}");

    assertThat(Services.faults(List.of(one, other)))
        .singleElement()
        .asString()
        .contains("both bind GET /v1/");
  }

  private static Profile profile(String id, String get) {
    var text =
        """
        http:
          rules:
          - selector: google.longrunning.Operations.GetOperation
            get: '%s'
        longrunning:
          methods: [GetOperation]
        """;
    return ServiceFile.read(id, id + ".yaml", text.formatted(get)).profile().orElseThrow();
  }

  @Test
  void equal_bindings_at_one_host_are_refused_with_both_files() {
    var other = TestProfiles.as("other", "cloud-functions-v2");

    assertThat(Services.faults(List.of(TestProfiles.profile("cloud-functions-v2"), other)))
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains("conf/services/cloud-functions-v2.yaml")
                    .contains("both bind GET /v2/"));
  }
}
