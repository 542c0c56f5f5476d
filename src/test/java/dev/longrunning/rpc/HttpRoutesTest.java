package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.profile.RawPath;
import dev.longrunning.profile.TestProfiles;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpRoutesTest {
  private static final HttpRoutes DEFAULTS =
      routes(
          row(
              "Get",
              HttpRule.get("/v1/{name=operations/**}"),
              HttpRule.get("/v1/{name=**/operations/*}")),
          row("List", HttpRule.get("/v1/{name=**}/operations"), HttpRule.get("/v1/operations")),
          row(
              "Delete",
              HttpRule.delete("/v1/{name=operations/**}"),
              HttpRule.delete("/v1/{name=**/operations/*}")),
          row(
              "Cancel",
              HttpRule.post("/v1/{name=operations/**}:cancel"),
              HttpRule.post("/v1/{name=**/operations/*}:cancel")),
          row(
              "Start",
              HttpRule.post("/v1/{name=**}/operations:start"),
              HttpRule.post("/v1/operations:start")));

  private static Method<?, ?> row(String name, HttpRule... rules) {
    return row(name, GetOperationRequest.getDefaultInstance(), rules);
  }

  private static <Q extends Message> Method<Q, Operation> row(
      String name, Q request, HttpRule... rules) {
    return new Method<>(
        "test",
        name,
        request,
        Operation.getDefaultInstance(),
        List.of(rules),
        Guard.anybody(""),
        (call, q) -> Future.succeededFuture(Reply.of(Operation.getDefaultInstance())));
  }

  private static HttpRoutes routes(Method<?, ?>... rows) {
    return HttpRoutes.of(MethodTable.of(List.of(rows)), TestProfiles.DEFAULT.all());
  }

  private static String found(HttpRoutes routes, String verb, String path) {
    return routes
        .find(verb, path)
        .map(m -> m.method().name() + ' ' + m.variables().getOrDefault("name", "-"))
        .orElse("none");
  }

  @ParameterizedTest(name = "{0} {1} is {2}")
  @CsvSource({
    "GET,    /v1/operations,                          List -",
    "GET,    /v1/projects/p/operations,               List projects/p",
    "GET,    /v1/projects/example.com:p/operations,   List projects/example.com:p",
    "GET,    /v1/operations/a,                        Get operations/a",
    "GET,    /v1/operations/a/b,                      Get operations/a/b",
    "GET,    /v1/operations/operations,               Get operations/operations",
    "GET,    /v1/projects/p/operations/x,             Get projects/p/operations/x",
    "GET,    /v1/projects/p/locations/l/operations/x, Get projects/p/locations/l/operations/x",
    "GET,    /v1/projects/p,                          none",
    "GET,    /v1,                                     none",
    "GET,    /,                                       none",
    "GET,    /v1/operations/a:cancel,                 none",
    "DELETE, /v1/operations/a,                        Delete operations/a",
    "POST,   /v1/operations/a:cancel,                 Cancel operations/a",
    "POST,   /v1/projects/p/operations/a:cancel,      Cancel projects/p/operations/a",
    "POST,   /v1/operations:start,                    Start -",
    "POST,   /v1/projects/p/operations:start,         Start projects/p",
  })
  void the_default_bindings_resolve(String verb, String path, String expected) {
    assertThat(found(DEFAULTS, verb, path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /v1/operations%2Fa,                     Get operations/a",
    "GET,  /v1/projects%2Fp%2foperations%2Fx,      Get projects/p/operations/x",
    "POST, /v1/projects%2Fp%2Foperations%2Fx:cancel, Cancel projects/p/operations/x",
    "GET,  /v1/projects%2Fp/operations,            List projects%2Fp",
    "GET,  /v1/projects%2Fp/operations/x,          Get projects%2Fp/operations/x",
  })
  void an_encoded_slash_is_one_only_if_nothing_matches(String verb, String path, String expected) {
    assertThat(found(DEFAULTS, verb, path)).isEqualTo(expected);
  }

  @Test
  void a_list_under_its_own_get_is_a_list() {
    var bigtable =
        routes(
            row("Get", HttpRule.get("/v2/{name=operations/**}")),
            row("List", HttpRule.get("/v2/{name=operations/projects/**}/operations")));
    var transfer =
        routes(
            row("Get", HttpRule.get("/v1/{name=transferOperations/**}")),
            row("List", HttpRule.get("/v1/{name=transferOperations}")));

    assertThat(found(bigtable, "GET", "/v2/operations/projects/p/operations"))
        .isEqualTo("List operations/projects/p");
    assertThat(found(bigtable, "GET", "/v2/operations/projects/p/operations/o"))
        .isEqualTo("Get operations/projects/p/operations/o");
    assertThat(found(transfer, "GET", "/v1/transferOperations"))
        .isEqualTo("List transferOperations");
  }

  @Test
  void the_verbs_of_a_path_are_those_of_all_its_rules() {
    assertThat(DEFAULTS.verbs("/v1/operations/a")).containsExactly("DELETE", "GET");
    assertThat(DEFAULTS.verbs("/v1/operations%2Fa")).containsExactly("DELETE", "GET");
    assertThat(DEFAULTS.verbs("/v1/operations/a:cancel")).containsExactly("POST");
    assertThat(DEFAULTS.verbs("/v1/nothing")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "*",
        "//",
        "/v1/",
        "/v1//a",
        "/v1/./a",
        "/v1/../a",
        "/v1/%2e/a",
        "/v1/.%2E/a",
        "/v1/%",
        "/v1/%4",
        "/v1/%zz",
        "/v1/%00",
        "/v1/a%0d",
        "/v1/%C3%28",
        "/v1/%80",
        "/v1/ü",
        "/v1/a b",
        "/v1/a\u0000",
        "/v1/a:",
        "/v1/a%2F%2Fb",
        "/v1/a%2F..%2Fb"
      })
  void a_malformed_path_is_invalid(String path) {
    assertThatThrownBy(() -> DEFAULTS.find("GET", path))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.kind()).isEqualTo(Problem.Kind.INVALID))
        .hasMessageStartingWith("path: got ");
  }

  @Test
  void a_path_is_bounded() {
    String longest = "/v1/operations/" + "a".repeat(RawPath.PATH_MAX - "/v1/operations/".length());

    assertThat(DEFAULTS.find("GET", longest)).isPresent();
    assertThatThrownBy(() -> DEFAULTS.find("GET", longest + 'a'))
        .hasMessageEndingWith("allowed at most 4096 characters");
  }

  @Test
  void one_rule_may_come_twice_but_not_for_two_methods() {
    var get = HttpRule.get("/v1/{name=a/*}");

    assertThat(found(routes(row("Get", get, get)), "GET", "/v1/a/b")).isEqualTo("Get a/b");
    assertThatThrownBy(() -> routes(row("Get", get), row("Other", get)))
        .hasMessage("GET /v1/{name=a/*} is bound to two methods");
  }

  @Test
  void a_rule_names_fields_that_exist_and_hold_text() {
    assertThatThrownBy(() -> routes(row("Get", HttpRule.get("/v1/{nam}"))))
        .hasMessage("GET /v1/{nam} has no singular field nam");
    assertThatThrownBy(() -> routes(row("Get", HttpRule.get("/v1/{name.x}"))))
        .isInstanceOf(IllegalStateException.class);
    var list = ListOperationsRequest.getDefaultInstance();
    assertThatThrownBy(() -> routes(row("List", list, HttpRule.get("/v1/{page_size}"))))
        .hasMessage("GET /v1/{page_size} has a field that is no string: page_size");
    assertThatThrownBy(() -> routes(row("Get", new HttpRule("POST", "/v1/{name}", "body"))))
        .hasMessage("POST /v1/{name} has no body field body");
  }

  @Test
  void a_name_is_in_the_table_once() {
    assertThatThrownBy(() -> MethodTable.of(List.of(row("Get"), row("Get"))))
        .hasMessage("two rows of the method table: test/Get");
  }
}
