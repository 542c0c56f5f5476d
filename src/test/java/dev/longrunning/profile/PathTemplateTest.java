package dev.longrunning.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathTemplateTest {
  private static Optional<Map<String, String>> match(String template, String path) {
    return PathTemplate.parse(template).match(RawPath.parse(path));
  }

  @ParameterizedTest(name = "{0} at {1} is {2}")
  @CsvSource({
    "/v1/{name=operations/*},                        /v1/operations/a,             operations/a",
    "/v1/{name},                                     /v1/a,                        a",
    "/v1/{name=operations/**},                       /v1/operations,               operations",
    "/v1/{name=operations/**},                       /v1/operations/a/b,           operations/a/b",
    "/v1/{name=transferOperations},                  /v1/transferOperations, transferOperations",
    "/v1/operations/{name=**},                       /v1/operations/a/b,           a/b",
    "/v1/operations/{name=**},                       /v1/operations,               ''",
    "/v1/operations/{name=projects/*/operations/*}, /v1/operations/projects/p/operations/o,"
        + " projects/p/operations/o",
    "/v1/{name=*/*/operations/*/**},                 /v1/a/b/operations/c,    a/b/operations/c",
    "/v1/{name=*/*/operations/*/**},                 /v1/a/b/operations/c/d/e,"
        + " a/b/operations/c/d/e",
    "/v2/{name=operations/projects/**}/operations,   /v2/operations/projects/p/q/operations,"
        + " operations/projects/p/q",
    "/v2/{name=operations/projects/**}/operations,   /v2/operations/projects/operations,"
        + " operations/projects",
    "/v1/{name=**/operations/*},                     /v1/projects/p/operations/o,"
        + " projects/p/operations/o",
    "/v1/{name=**/operations/*},                     /v1/operations/o,             operations/o",
    "/v1/{name=**}/operations,                       /v1/projects/p/operations,    projects/p",
    "/v1/{name=networks/*/operations/reports/runs/*},"
        + " /v1/networks/1/operations/reports/runs/2, networks/1/operations/reports/runs/2",
    "/v1/admin/{name=projects/*}/operations,         /v1/admin/projects/p/operations, projects/p",
    "/v1/{name=transferOperations/**}:cancel,        /v1/transferOperations/a:cancel,"
        + " transferOperations/a",
    "/v1/{name=projects/*/operations},               /v1/projects/p/operations,"
        + " projects/p/operations",
    "/ui/{name=projects/*/operations/*}:wait,        /ui/projects/a:b/operations/c:d:wait,"
        + " projects/a:b/operations/c:d",
  })
  void a_template_matches_and_captures(String template, String path, String name) {
    assertThat(match(template, path)).contains(Map.of("name", name));
  }

  @ParameterizedTest(name = "{0} at {1}")
  @CsvSource({
    "/v1/{name=operations/*},                      /v1/operations",
    "/v1/{name=operations/*},                      /v1/operations/a/b",
    "/v1/{name=operations/*},                      /v1/operations/a:cancel",
    "/v1/{name=operations/*}:cancel,               /v1/operations/a",
    "/v1/{name=operations/*}:cancel,               /v1/operations/a:wait",
    "/v1/{name=operations/*},                      /v1/operation%73/a",
    "/v1/{name=operations/**},                     /v1/Operations/a",
    "/v1/{name=*/*/operations/*/**},               /v1/a/b/operations",
    "/v2/{name=operations/projects/**}/operations, /v2/operations/projects",
    "/v1/{name=**}/operations,                     /v1/operations/a",
    "/v1/operations,                               /v1",
  })
  void a_template_passes_over_other_paths(String template, String path) {
    assertThat(match(template, path)).isEmpty();
  }

  @Test
  void a_template_without_variables_captures_nothing() {
    assertThat(match("/v1/operations", "/v1/operations")).contains(Map.of());
  }

  @Test
  void variables_may_name_fields_of_messages_and_be_several() {
    assertThat(match("/v1/{a.b=x/*}/y/{c}", "/v1/x/1/y/2"))
        .contains(Map.of("a.b", "x/1", "c", "2"));
  }

  @Test
  void a_variable_behind_stars_is_found_from_the_end() {
    assertThat(match("/v1/**/x/{name=*}", "/v1/a/b/c/x/d%2Fe")).contains(Map.of("name", "d/e"));
  }

  @Test
  void one_segment_is_decoded_in_full_and_several_keep_an_encoded_slash() {
    assertThat(match("/v1/{name}", "/v1/a%2Fb%20c%C3%BC+")).contains(Map.of("name", "a/b cü+"));
    assertThat(match("/v2/{name=policies/*/*}", "/v2/policies/a%2fb%2Fc/d%20e"))
        .contains(Map.of("name", "policies/a%2fb%2Fc/d e"));
    assertThat(match("/v1/{name=**}", "/v1/a%2Fb")).contains(Map.of("name", "a%2Fb"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "/",
        "/v1/",
        "/v1//a",
        "/v1/{name",
        "/v1/{name}x",
        "/v1/{=*}",
        "/v1/**/**",
        "/v1/{name=**/a/**}",
        "/v1/a*",
        "/v1/{name=a/{b}}",
        "/v1/x:",
        "/v1/{name=}",
        "/v1/a}"
      })
  void what_is_no_template_is_refused(String source) {
    assertThatThrownBy(() -> PathTemplate.parse(source)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/{name=transferOperations}, /v1/{name=transferOperations/**}",
    "/v2/{name=operations/projects/**}/operations, /v2/{name=operations/**}",
    "/v1/operations, /v1/operations/{name=**}",
    "/v1/{name=operations/**}, /v1/{name=**/operations/*}",
    "/v1/{name=**/operations/*}, /v1/{name=**}/operations",
    "/v2/{name=projects/*/locations/*}/operations, /v2/{name=*/*/locations/*}/operations",
    "/v1/{name=folders/*/replays/*/operations/**}, /v1/{name=folders/*/replays/**}",
    "/v1/{name=a/*}, /v1/{name=a/**}",
  })
  void the_more_exact_template_goes_first(String exact, String open) {
    assertThat(PathTemplate.parse(exact)).isLessThan(PathTemplate.parse(open));
    assertThat(PathTemplate.parse(open)).isGreaterThan(PathTemplate.parse(exact));
  }
}
