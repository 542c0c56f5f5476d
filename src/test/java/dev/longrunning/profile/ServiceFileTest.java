package dev.longrunning.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ServiceFileTest {
  private static final String WATCHER = "longrunning.v1.OperationWatcher/";
  private static final String PRODUCER = "longrunning.v1.OperationProducer/";

  private static ServiceFile.Read read(String text) {
    return ServiceFile.read("exports-v1", "exports-v1.yaml", text);
  }

  private static Profile profile(String text) {
    return read(text).profile().orElseThrow(() -> new AssertionError(read(text).faults()));
  }

  private static List<String> ids() {
    return TestProfiles.ids();
  }

  @ParameterizedTest
  @MethodSource("ids")
  void what_is_shipped_is_good(String id) {
    var profile = TestProfiles.profile(id);

    assertThat(profile.id()).isEqualTo(id);
    assertThat(profile.title()).isNotEmpty();
  }

  @Test
  void a_rule_replaces_what_the_proto_binds_of_that_method_only() {
    var profile =
        profile(
            """
            name: Exports.Example.COM
            http:
              rules:
              - selector: google.longrunning.Operations.GetOperation
                get: '/v1/{name=exports/*/operations/*}'
              - selector: example.Exports.Start
                post: '/v1/nonsense/{'
            """);

    assertThat(profile.hosts()).containsExactly("exports.example.com");
    assertThat(profile.bindings().of(StandardMethod.GET.fullName()))
        .containsExactly(HttpRule.get("/v1/{name=exports/*/operations/*}"));
    assertThat(profile.bindings().of(StandardMethod.CANCEL.fullName()))
        .containsExactly(HttpRule.post("/v1/{name=operations/**}:cancel"));
    assertThat(profile.bindings().of(StandardMethod.WAIT.fullName())).isEmpty();
  }

  @Test
  void additional_bindings_have_a_body_of_their_own_or_none() {
    var profile =
        profile(
            """
            http:
              rules:
              - selector: google.longrunning.Operations.CancelOperation
                post: '/v1/{name=a/operations/*}:cancel'
                body: '*'
                additional_bindings:
                - post: '/v1/{name=b/operations/*}:cancel'
                - custom: {kind: PURGE, path: '/v1/{name=c/operations/*}'}
            """);

    assertThat(profile.bindings().of(StandardMethod.CANCEL.fullName()))
        .containsExactly(
            HttpRule.post("/v1/{name=a/operations/*}:cancel"),
            new HttpRule("POST", "/v1/{name=b/operations/*}:cancel", ""),
            new HttpRule("PURGE", "/v1/{name=c/operations/*}", ""));
  }

  @Test
  void watches_and_producers_are_on_the_paths_of_operations_and_collections() {
    var bindings =
        profile(
                """
                http:
                  rules:
                  - selector: google.longrunning.Operations.GetOperation
                    get: '/v1/{name=exports/*/operations/*}'
                  - selector: google.longrunning.Operations.ListOperations
                    get: '/v1/{name=exports/*}/operations'
                    additional_bindings:
                    - get: '/ui/{name=exports/*/operations}'
                    - get: '/ui/{name=exports/*/operations/*}:wait'
                """)
            .bindings();

    assertThat(bindings.of(WATCHER + "WatchOperation"))
        .containsExactly(HttpRule.get("/v1/{name=exports/*/operations/*}:watch"));
    assertThat(bindings.of(WATCHER + "WatchOperations"))
        .containsExactly(
            HttpRule.get("/v1/{name=exports/*}/operations:watch"),
            HttpRule.get("/ui/{name=exports/*/operations}:watch"));
    assertThat(bindings.of(PRODUCER + "StartOperation"))
        .containsExactly(
            HttpRule.post("/v1/{parent=exports/*}/operations:start"),
            HttpRule.post("/ui/{parent=exports/*}/operations:start"));
    assertThat(bindings.of(PRODUCER + "UpdateOperation"))
        .containsExactly(HttpRule.post("/v1/{name=exports/*/operations/*}:update"));
  }

  @Test
  void scopes_deadlines_and_delays_are_read_by_selector() {
    var profile =
        profile(
            """
            authentication:
              rules:
              - selector: '*'
                oauth: {canonical_scopes: "a, b"}
              - selector: google.longrunning.Operations.GetOperation
                oauth: {canonical_scopes: c}
            backend:
              rules:
              - selector: google.longrunning.Operations.*
                deadline: 60.5
            publishing:
              method_settings:
              - selector: example.Exports.Slow
                long_running: {initial_poll_delay: 60s, max_poll_delay: 300s}
              - selector: example.Exports.Quick
                long_running:
                  initial_poll_delay: 2s
                  poll_delay_multiplier: 2
                  max_poll_delay: 10s
            """);

    assertThat(profile.methods().get(StandardMethod.LIST).scopes()).containsExactly("a", "b");
    assertThat(profile.methods().get(StandardMethod.GET).scopes()).containsExactly("c");
    assertThat(profile.deadlines().get(StandardMethod.WAIT)).isEqualTo(Duration.ofMillis(60_500));
    var polling = profile.polling().orElseThrow();
    assertThat(polling.after(Duration.ZERO)).isEqualTo(Duration.ofSeconds(2));
    assertThat(polling.after(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(4));
    assertThat(polling.after(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(8));
    assertThat(polling.after(Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void all_faults_are_found_at_once_each_with_its_line() {
    var read =
        read(
            """
            type: google.api.Type
            http:
              rules:
              - selector: google.longrunning.Operations.GetOperation
                get: '/v1/{name=a/**/**}'
              - selector: google.longrunning.Operations.CancelOperation
                body: '*'
            longrunning:
              methods: [Get]
              pages: 5
              list: {page_size: 5000, larger_page: maybe}
              result: perhaps
              running: owner = me
            """);

    assertThat(read.profile()).isEmpty();
    assertThat(read.faults().stream().map(line -> line.split(": ", 3)[0]))
        .containsExactlyInAnyOrder(
            "exports-v1.yaml:1",
            "exports-v1.yaml:5",
            "exports-v1.yaml:6",
            "exports-v1.yaml:9",
            "exports-v1.yaml:10",
            "exports-v1.yaml:11",
            "exports-v1.yaml:11",
            "exports-v1.yaml:12",
            "exports-v1.yaml:13");
    assertThat(read.faults()).allSatisfy(line -> assertThat(line).contains("allowed"));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "a: [|1",
        "[a]|1",
        "a: 1\\na: 2|2",
        "http: {rules: 5}|1",
        "http: 7|1",
        "longrunning:\\n  collection: {from: labels, form: projects}|2",
        "longrunning:\\n  collection: {from: name, pattern: 'a/{b', form: x}|2",
        "longrunning:\\n  ids: '['|2",
      },
      delimiter = '|',
      quoteCharacter = '"')
  void what_is_no_configuration_is_a_fault(String text, int line) {
    assertThat(read(text.replace("\\n", "\n")).faults())
        .first()
        .asString()
        .startsWith("exports-v1.yaml:" + line + ": ");
  }

  @Test
  void one_path_for_two_methods_is_a_fault() {
    var read =
        read(
            """
            name: exports.example.com
            http:
              rules:
              - selector: google.longrunning.Operations.GetOperation
                get: '/v1/{name=exports/*}'
              - selector: google.longrunning.Operations.ListOperations
                get: '/v1/exports/{name}'
            """);

    assertThat(read.faults())
        .first()
        .asString()
        .startsWith("exports-v1.yaml:2: GET /v1/")
        .contains("GetOperation")
        .contains("ListOperations");
  }

  @Test
  void signals_are_on_the_paths_of_operations_with_their_verbs() {
    var transfer = TestProfiles.profile("storage-transfer-v1");
    String pause = "google.storagetransfer.v1.StorageTransferService/PauseTransferOperation";

    assertThat(transfer.bindings().of(pause))
        .containsExactly(HttpRule.post("/v1/{name=transferOperations/**}:pause"));
    assertThat(transfer.signal(pause))
        .hasValueSatisfying(signal -> assertThat(signal.verb()).isEqualTo("pause"))
        .hasValueSatisfying(
            signal ->
                assertThat(signal.access().permissions())
                    .containsExactly("storagetransfer.operations.pause"));
    assertThat(TestProfiles.profile("default").signals()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "watch, a.B.C, verb",
    "Pause, a.B.C, verb",
    "'', a.B.C, verb",
    "pause, C, method",
    "pause, a.B/C, method",
    "pause, a.Taken.Already, method",
    "pause, google.longrunning.Operations.GetOperation, method",
    "pause, longrunning.v1.OperationProducer.UpdateOperation, method",
    "pause, grpc.health.v1.Health.Check, method",
    "resume, a.B.C, verb"
  })
  void a_signal_needs_a_verb_and_a_method_of_its_own(String verb, String method, String key) {
    var faults =
        read("""
            longrunning:
              signals:
              - {verb: resume, method: a.Taken.Already}
              - {verb: '%s', method: '%s'}
            """
                .formatted(verb, method))
            .faults();

    assertThat(faults)
        .singleElement()
        .asString()
        .startsWith("exports-v1.yaml:4: " + key + ": got ");
  }

  @Test
  void a_service_has_no_more_signals_than_an_operation_remembers() {
    var text = new StringBuilder("longrunning:\n  signals:\n");
    for (char verb = 'a'; verb <= 'i'; verb++) {
      text.append("  - {verb: ").append(verb).append(", method: a.B.C").append(verb).append("}\n");
    }

    assertThat(read(text.toString()).faults()).singleElement().asString().contains("at most 8");
  }

  @Test
  void permissions_are_all_asked_of_the_collection_unless_the_file_says_otherwise() {
    var plain = profile("longrunning:\n  methods: [GetOperation]\n");
    var insights = TestProfiles.profile("contact-center-insights-v1");
    var byPath =
        profile(
            """
            http:
              rules:
              - selector: google.longrunning.Operations.GetOperation
                get: '/v1/{name=a/*/operations/*}'
                additional_bindings:
                - get: '/v1/{name=b/*/operations/*}'
            longrunning:
              methods: [GetOperation]
              combine: binding
              permissions:
                GetOperation: [a.get, b.get]
            """);

    assertThat(access(plain).combine()).isEqualTo(Access.Combine.ALL);
    assertThat(access(plain).resource()).isEqualTo(Access.Resource.COLLECTION);
    assertThat(access(insights).combine()).isEqualTo(Access.Combine.ALL);
    assertThat(access(insights).resource()).isEqualTo(Access.Resource.NAME);
    assertThat(access(byPath).wanted()).isEqualTo("a.get or, by path, b.get");
  }

  private static Access access(Profile profile) {
    return profile.methods().get(StandardMethod.GET);
  }

  @ParameterizedTest
  @CsvSource({
    "combine: some, 'exports-v1.yaml:3: combine: got some, allowed all or any or binding'",
    "authorized: parent, 'exports-v1.yaml:3: authorized: got parent, allowed collection or name'"
  })
  void how_permissions_combine_and_of_what_they_are_asked_is_one_of_a_few(
      String line, String fault) {
    assertThat(read("longrunning:\n  methods: [GetOperation]\n  " + line + "\n").faults())
        .containsExactly(fault);
  }

  @Test
  void by_path_there_is_a_permission_for_each() {
    assertThat(
            read("longrunning:\n  combine: binding\n  methods: [GetOperation]\n  permissions: {GetOperation: [a, b]}\n")
                .faults())
        .singleElement()
        .asString()
        .contains("GetOperation has 2 permissions, allowed one, or one for each of 1 paths");
  }

  @Test
  void the_paths_of_methods_that_a_service_lacks_are_bound_if_it_says_so() {
    String get = "longrunning:\n  methods: [GetOperation]\n";
    String delete = StandardMethod.DELETE.fullName();

    assertThat(profile(get).bindings().of(delete)).isEmpty();
    assertThat(profile(get + "  absent_methods: unimplemented\n").bindings().of(delete))
        .containsExactly(HttpRule.delete("/v1/{name=operations/**}"));
    assertThat(profile(get + "  absent_methods: unimplemented\n").methods())
        .containsOnlyKeys(StandardMethod.GET);
  }

  @Test
  void a_custom_method_of_http_has_a_name() {
    var read =
        read(
            """
            http:
              rules:
              - selector: google.longrunning.Operations.CancelOperation
                custom: {path: '/v1/{name=exports/*}'}
            """);

    assertThat(read.faults()).singleElement().asString().contains(":4: kind: got ");
  }

  @Test
  void names_are_of_the_forms_of_get() {
    var names = TestProfiles.profile("contact-center-insights-v1").names();

    assertThat(names.fault("name", "projects/p/locations/l/operations/1")).isEmpty();
    for (String wrong : List.of("operations/1", "projects/p/operations/1", "a:b", "")) {
      assertThat(names.fault("name", wrong)).as(wrong).isPresent();
    }
    assertThat(TestProfiles.profile("default").names().allowed())
        .isEqualTo("operations/{id} or {parent}/operations/{id}");
    assertThat(TestProfiles.profile("default").names().fault("name", "operations")).isPresent();
    assertThat(TestProfiles.profile("speech-v1").names().fault("name", "6212")).isEmpty();
  }

  @Test
  void pages_are_as_large_as_the_service_lets_them_be() {
    var functions = TestProfiles.profile("cloud-functions-v1").lists();

    assertThat(functions.pageSize(0, true)).isEqualTo(100);
    assertThat(functions.pageSize(7, true)).isEqualTo(7);
    assertThat(functions.pageSize(500, true)).isEqualTo(100);
    assertThat(functions.pageSize(0, false)).isEqualTo(100);
    assertThatThrownBy(() -> functions.pageSize(7, false))
        .hasMessage("page_size: got 7, allowed none with this filter");
    var refusing = profile("longrunning: {list: {page_size_max: 10, larger_page: refused}}");
    assertThatThrownBy(() -> refusing.lists().pageSize(11, true))
        .hasMessage("page_size: got 11, allowed 0 to 10");
  }

  @Test
  void a_collection_is_what_the_service_derives_it_from() {
    assertThat(collection("default", "a/b/operations/c", Map.of())).isEqualTo("a/b");
    assertThat(collection("default", "operations/c", Map.of())).isEmpty();
    assertThat(collection("storage-transfer-v1", "transferOperations/t", Map.of("project_id", "p")))
        .isEqualTo("projects/p");
    // demo-proj/us-central1/thumbs/f3a1b2c
    String id = "ZGVtby1wcm9qL3VzLWNlbnRyYWwxL3RodW1icy9mM2ExYjJj";
    assertThat(collection("cloud-functions-v1", "operations/" + id, Map.of()))
        .isEqualTo("projects/demo-proj/locations/us-central1");
    assertThat(
            collection(
                "bigtable-admin-v2",
                "operations/projects/p/instances/i/clusters/c/operations/1",
                Map.of()))
        .isEqualTo("operations/projects/p/instances/i");
  }

  private static String collection(String id, String name, Map<String, String> labels) {
    return TestProfiles.profile(id).collection().of(name, labels);
  }
}
