package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.util.Durations;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.RestClient;
import dev.longrunning.v1.Signal;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One server that presents itself as every service that is shipped, each at its host. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ServicesIT {
  private static final int SECONDS = 30;
  private static final String FUNCTIONS = "cloud-functions-v1";
  private static final String TRANSFER = "storage-transfer-v1";
  private static final String TRANSFER_METHODS =
      "google.storagetransfer.v1.StorageTransferService/";
  private static final String VERTEX = "vertex-ai-v1";
  private static final String INSIGHTS = "contact-center-insights-v1";

  /** Which profile a sample is of. */
  private static final Map<String, String> PROFILES =
      Map.ofEntries(
          Map.entry("cloudfunctions.v1", FUNCTIONS),
          Map.entry("cloudfunctions.v2", "cloud-functions-v2"),
          Map.entry("contactcenterinsights.v1", INSIGHTS),
          Map.entry("storagetransfer.v1", TRANSFER),
          Map.entry("discoveryengine.v1", "discovery-engine-v1"),
          Map.entry("spanner.v1", "spanner-v1"),
          Map.entry("dataproc.v1", "dataproc-v1"),
          Map.entry("bigtableadmin.v2", "bigtable-admin-v2"),
          Map.entry("aiplatform.v1", VERTEX),
          Map.entry("run.v2", "cloud-run-v2"),
          Map.entry("speech.v1", "speech-v1"));

  @TempDir static Path temp;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, RestClient> rest = new HashMap<>();
  private final Map<String, ApiClient> grpc = new HashMap<>();
  private InProcessServer server;

  /** An operation as a service returns it. */
  record Sample(String label, Profile service, JsonObject operation) {
    String name() {
      return operation.getString("name");
    }

    /** Where REST finds it. */
    String path() {
      return isSpeech() ? "/v1/operations/" + name() : '/' + version() + '/' + name();
    }

    private boolean isSpeech() {
      return service.id().equals("speech-v1");
    }

    private String version() {
      return service.id().replaceAll(".*-", "");
    }

    @Override
    public String toString() {
      return label;
    }
  }

  static List<Sample> samples() throws Exception {
    var text = Files.readString(Path.of("src/test/resources/operations-of-services.json"));
    var samples = new ArrayList<Sample>();
    for (Object each : new JsonArray(text)) {
      var sample = (JsonObject) each;
      String id = PROFILES.get(sample.getString("profile"));
      if (id != null) {
        samples.add(
            new Sample(
                sample.getString("label"),
                TestProfiles.profile(id),
                sample.getJsonObject("operation")));
      }
    }
    return samples;
  }

  @BeforeAll
  void start() throws Exception {
    var settings = new HashMap<String, String>();
    settings.put("data", temp.resolve("data").toString());
    settings.put("services.active", String.join(",", TestProfiles.ids()));
    server = InProcessServer.start(settings);
    for (var sample : samples()) {
      store(sample);
    }
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), SECONDS);
    server.close();
  }

  private static String host(String id) {
    return TestProfiles.profile(id).hosts().iterator().next();
  }

  private RestClient rest(String id) {
    return rest.computeIfAbsent(host(id), host -> new RestClient(vertx, server.port, host));
  }

  private ApiClient grpc(String id) {
    return grpc.computeIfAbsent(host(id), host -> new ApiClient(vertx, server.port, host));
  }

  private void store(Sample sample) throws Exception {
    String id = sample.service().id();
    var operation = sample.operation();
    var metadata = operation.getJsonObject("metadata");
    var start =
        new JsonObject()
            .put("name", sample.name())
            .put("metadata", metadata)
            .put(
                "labels", new JsonObject().put("project_id", metadata.getString("projectId", "p")));
    // Producers may call where they like, and say which service is meant.
    start.put("service", id);
    var anywhere = new RestClient(vertx, server.port);
    var started = await(anywhere.post("/v1/operations:start", start), SECONDS);
    assertThat(started.status()).as(sample + ": " + started.body()).isEqualTo(200);
    if (operation.getBoolean("done", false)) {
      var end = new JsonObject();
      for (String part : List.of("response", "error")) {
        if (operation.containsKey(part)) {
          end.put(part, operation.getJsonObject(part));
        }
      }
      var ended = await(rest(id).post(sample.path() + ":complete", end), SECONDS);
      assertThat(ended.status()).as(sample + ": " + ended.body()).isEqualTo(200);
    }
    anywhere.close();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void an_operation_is_found_at_its_host_as_its_service_returns_it(Sample sample) throws Exception {
    String id = sample.service().id();

    var answer = await(rest(id).get(sample.path()), SECONDS);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(sample.operation());
    Operation operation = await(grpc(id).get(sample.name()), SECONDS);
    assertThat(operation.getName()).isEqualTo(sample.name());
    assertThat(operation.getDone()).isEqualTo(sample.operation().getBoolean("done", false));
    assertThat(operation.getMetadata().getTypeUrl())
        .isEqualTo(sample.operation().getJsonObject("metadata").getString("@type"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void an_operation_is_watched_on_its_own_path(Sample sample) throws Exception {
    if (!sample.operation().getBoolean("done", false)) {
      // Its stream would not end.
      return;
    }

    var told = await(rest(sample.service().id()).get(sample.path() + ":watch?alt=ndjson"), SECONDS);

    assertThat(told.status()).isEqualTo(200);
    var changed = told.body().getJsonObject("changed");
    assertThat(changed.getJsonObject("operation")).isEqualTo(sample.operation());
    assertThat(changed.getString("service")).isEqualTo(sample.service().id());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_method_that_a_service_lacks_is_unimplemented(Sample sample) throws Exception {
    String id = sample.service().id();
    var has = sample.service().methods().keySet();

    if (!has.contains(StandardMethod.DELETE)) {
      assertThatThrownBy(() -> await(grpc(id).delete(sample.name()), SECONDS))
          .hasMessageContaining("UNIMPLEMENTED: DeleteOperation: " + id + " has ");
      assertThat(await(rest(id).send("DELETE", sample.path(), ""), SECONDS).status())
          .isEqualTo(405);
    }
    if (!has.contains(StandardMethod.WAIT)) {
      var answer = await(rest(id).post(sample.path() + ":wait", new JsonObject()), SECONDS);
      assertThat(answer.status()).isEqualTo(404);
    }
  }

  private RestClient.Answer list(String id, String path, String filter, String more)
      throws Exception {
    String query =
        filter.isEmpty() ? "" : "filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8);
    return await(rest(id).get(path + '?' + query + more), SECONDS);
  }

  private static List<String> names(RestClient.Answer answer) {
    assertThat(answer.status()).as(() -> answer.body().encode()).isEqualTo(200);
    return answer.body().getJsonArray("operations", new JsonArray()).stream()
        .map(each -> ((JsonObject) each).getString("name"))
        .toList();
  }

  @Test
  void a_page_token_goes_on_in_its_own_list_only_over_both_transports() throws Exception {
    String here = "projects/tokens/locations/here";
    for (String id : List.of(INSIGHTS, VERTEX)) {
      for (int i = 1; i <= 3; i++) {
        var name = here + "/operations/" + i;
        var start = StartOperationRequest.newBuilder().setService(id).setName(name).build();
        await(grpc(id).start(start), SECONDS);
      }
    }
    var first = ListOperationsRequest.newBuilder().setName(here).setFilter("done = false");
    first.setPageSize(1);
    String token = await(grpc(INSIGHTS).list(first.build()), SECONDS).getNextPageToken();

    // Another size of the pages is no other list.
    var next = first.clone().setPageToken(token).setPageSize(7);
    assertThat(await(grpc(INSIGHTS).list(next.build()), SECONDS).getOperationsList())
        .extracting(Operation::getName)
        .containsExactly(here + "/operations/2", here + "/operations/1");
    String more = "&pageSize=7&pageToken=" + token;
    assertThat(names(list(INSIGHTS, path(here), "done = false", more))).hasSize(2);
    assertTokenRefused(VERTEX, next);
    for (String other : List.of("", "done=false", "done = true", "done = false ")) {
      assertTokenRefused(INSIGHTS, next.clone().setFilter(other));
    }
    assertTokenRefused(INSIGHTS, next.clone().setName("projects/tokens/locations/there"));
    assertTokenRefused(INSIGHTS, next.clone().setPageToken(token.substring(1)));
  }

  private static String path(String collection) {
    return "/v1/" + collection + "/operations";
  }

  private void assertTokenRefused(String id, ListOperationsRequest.Builder request)
      throws Exception {
    assertThatThrownBy(() -> await(grpc(id).list(request.build()), SECONDS))
        .hasMessageContaining("INVALID_ARGUMENT: page_token: got ");
    String more = "&pageSize=7&pageToken=" + request.getPageToken();
    var answer = list(id, path(request.getName()), request.getFilter(), more);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().getJsonObject("error").getString("message"))
        .startsWith("pageToken: got ");
  }

  @Test
  void functions_are_listed_by_their_filter_and_nothing_else() throws Exception {
    String path = "/v1/operations";
    String thumbs = "project:demo-proj,location:us-central1,function:thumbs";

    assertThat(names(list(FUNCTIONS, path, thumbs, ""))).hasSize(2);
    assertThat(names(list(FUNCTIONS, path, "project:demo-proj,latest:true", ""))).hasSize(2);
    assertThat(names(list(FUNCTIONS, path, "project:other,latest:true", ""))).isEmpty();
    assertThat(list(FUNCTIONS, path, "", "").status()).isEqualTo(400);
    assertThat(list(FUNCTIONS, path, "project:demo-proj", "").status()).isEqualTo(400);
    assertThat(list(FUNCTIONS, path, thumbs, "&name=projects/p").status()).isEqualTo(400);
    var first = list(FUNCTIONS, path, thumbs, "&pageSize=1");
    assertThat(names(first)).hasSize(1);
    String token = first.body().getString("nextPageToken");
    assertThat(names(list(FUNCTIONS, path, thumbs, "&pageSize=1&pageToken=" + token))).hasSize(1);
    var request = ListOperationsRequest.newBuilder().setName("operations").setFilter(thumbs);
    assertThat(await(grpc(FUNCTIONS).list(request.build()), SECONDS).getOperationsList())
        .hasSize(2);
  }

  @Test
  void transfers_are_listed_by_project_and_status_newest_first() throws Exception {
    String path = "/v1/transferOperations";

    assertThat(names(list(TRANSFER, path, "{\"projectId\": \"demo-proj\"}", ""))).hasSize(2);
    assertThat(
            names(
                list(
                    TRANSFER,
                    path,
                    "{\"project_id\": \"demo-proj\", \"transferStatuses\": [\"in_progress\"]}",
                    "")))
        .containsExactly("transferOperations/transferJobs-8812345678901234567-1741082400000");
    assertThat(names(list(TRANSFER, path, "{\"projectId\": \"other\"}", ""))).isEmpty();
    assertThat(list(TRANSFER, path, "", "").status()).isEqualTo(400);
    assertThat(list(TRANSFER, path, "{}", "").status()).isEqualTo(400);
  }

  @Test
  void a_transfer_that_does_not_run_is_not_cancelled() throws Exception {
    String name = "transferOperations/paused-1";
    var metadata =
        new JsonObject()
            .put("@type", "type.googleapis.com/google.storagetransfer.v1.TransferOperation")
            .put("projectId", "paused")
            .put("status", "PAUSED");
    var start =
        new JsonObject()
            .put("name", name)
            .put("metadata", metadata)
            .put("labels", new JsonObject().put("project_id", "paused"));
    await(rest(TRANSFER).post("/v1/transferOperations:start", start), SECONDS);

    assertThat(
            await(rest(TRANSFER).post("/v1/" + name + ":cancel", new JsonObject()), SECONDS)
                .status())
        .isEqualTo(200);
    assertThat(await(grpc(TRANSFER).get(name), SECONDS).getDone()).isFalse();

    var running = new JsonObject().put("metadata", metadata.copy().put("status", "IN_PROGRESS"));
    await(rest(TRANSFER).post("/v1/" + name + ":update", running), SECONDS);
    await(grpc(TRANSFER).cancel(name), SECONDS);
    assertThat(await(grpc(TRANSFER).get(name), SECONDS).getError().getCode()).isEqualTo(1);
  }

  @Test
  void a_transfer_is_paused_and_resumed_by_whoever_runs_it() throws Exception {
    String name = "transferOperations/signalled-1";
    var start =
        StartOperationRequest.newBuilder()
            .setName(name)
            .putLabels("project_id", "signalled")
            .setLeaseDuration(Durations.fromMinutes(10));
    var lease = await(grpc(TRANSFER).start(start.build()), SECONDS).getLease();
    var update = UpdateOperationRequest.newBuilder().setName(name).setLeaseToken(lease.getToken());
    assertThat(await(grpc(TRANSFER).update(update.build()), SECONDS).getSignalsList()).isEmpty();

    assertThat(await(rest(TRANSFER).post("/v1/" + name + ":pause", new JsonObject()), SECONDS))
        .satisfies(answer -> assertThat(answer.status()).isEqualTo(200))
        .satisfies(answer -> assertThat(answer.body()).isEmpty());
    await(grpc(TRANSFER).signal(TRANSFER_METHODS + "ResumeTransferOperation", name), SECONDS);

    var told = await(grpc(TRANSFER).update(update.build()), SECONDS);
    assertThat(told.getSignalsList())
        .extracting(Signal::getVerb)
        .containsExactly("pause", "resume");
    assertThat(told.getSnapshot().getOperation().getDone()).isFalse();
    assertThat(told.getSnapshot().getSignalsList()).isEqualTo(told.getSignalsList());
    update.setSignalsHeardTime(told.getSignals(1).getReceiveTime());
    assertThat(await(grpc(TRANSFER).update(update.build()), SECONDS).getSignalsList()).isEmpty();
  }

  @Test
  void a_signal_that_nobody_would_hear_is_refused() throws Exception {
    String name = "transferOperations/alone-1";
    var start =
        StartOperationRequest.newBuilder().setName(name).putLabels("project_id", "alone").build();
    await(grpc(TRANSFER).start(start), SECONDS);

    var refused = await(rest(TRANSFER).post("/v1/" + name + ":pause", new JsonObject()), SECONDS);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body().toString()).contains("FAILED_PRECONDITION", "NO_PRODUCER");
    var unknown = await(rest(TRANSFER).post("/v1/" + name + ":stop", new JsonObject()), SECONDS);
    assertThat(unknown.status()).isEqualTo(404);
    var gone = await(rest(TRANSFER).post("/v1/" + name + "0:pause", new JsonObject()), SECONDS);
    assertThat(gone.status()).isEqualTo(404);
    // A service that has no such verb, under the path that another has for it.
    assertThat(
            await(
                    rest(INSIGHTS)
                        .post("/v1/projects/p/locations/l/operations/o:pause", new JsonObject()),
                    SECONDS)
                .status())
        .isEqualTo(404);
  }

  @Test
  void a_collection_is_derived_also_for_a_name_that_the_server_chooses() throws Exception {
    String instance = "operations/projects/chosen/instances/i";
    for (String id : List.of("", "by-the-caller")) {
      var request =
          StartOperationRequest.newBuilder()
              .setParent(instance + "/clusters/c")
              .setOperationId(id)
              .build();
      await(grpc("bigtable-admin-v2").start(request), SECONDS);
    }

    assertThat(names(list("bigtable-admin-v2", "/v2/" + instance + "/operations", "", "")))
        .hasSize(2);
  }

  @Test
  void a_transfer_without_its_project_cannot_start() throws Exception {
    var start = new JsonObject().put("name", "transferOperations/t");

    var answer = await(rest(TRANSFER).post("/v1/transferOperations:start", start), SECONDS);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().encode()).contains("project_id");
  }

  @Test
  void insights_are_found_below_authorized_views_too() throws Exception {
    String view = "projects/1/locations/eu/authorizedViewSets/s/authorizedViews/v";
    var start = new JsonObject().put("name", view + "/operations/77");
    await(rest(INSIGHTS).post("/v1/" + view + "/operations:start", start), SECONDS);

    assertThat(names(list(INSIGHTS, "/v1/" + view + "/operations", "", ""))).hasSize(1);
    await(grpc(INSIGHTS).cancel(view + "/operations/77"), SECONDS);
    assertThat(await(grpc(INSIGHTS).get(view + "/operations/77"), SECONDS).getError().getCode())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "spanner-v1, /v1/projects/demo-proj/instances/prod-eu/databases/orders/operations, 1",
    "dataproc-v1, /v1/projects/demo-proj/regions/us-east1/operations, 1",
    "bigtable-admin-v2, /v2/operations/projects/demo-proj/instances/metrics/operations, 1",
    "vertex-ai-v1, /v1/projects/410277/locations/us-central1/models/9000/operations, 1",
    "cloud-run-v2, /v2/projects/demo-proj/locations/us-west1/operations, 1",
    "speech-v1, /v1/operations, 1",
    "cloud-functions-v2, /v2/projects/demo-proj/locations/europe-west1/operations, 1",
    "discovery-engine-v1, /v1/projects/410277/locations/eu/operations, 0",
  })
  void collections_are_listed_where_their_service_has_them(String id, String path, int size)
      throws Exception {
    assertThat(names(list(id, path, "", ""))).hasSize(size);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "spanner-v1|/v1/projects/demo-proj/instances/prod-eu/databases/orders/operations|"
            + "error:*|done=false",
        "dataproc-v1|/v1/projects/demo-proj/regions/us-east1/operations|"
            + "status.state = RUNNING AND clusterName = etl-7|status.state = DONE",
        "cloud-run-v2|/v2/projects/demo-proj/locations/us-west1/operations|done:true|done:false",
      },
      delimiter = '|')
  void filters_are_in_the_language_of_the_service(
      String id, String path, String matching, String other) throws Exception {
    assertThat(names(list(id, path, matching, ""))).hasSize(1);
    assertThat(names(list(id, path, other, ""))).isEmpty();
    assertThat(list(id, path, "no such thing (", "").status()).isEqualTo(400);
  }

  /** As the page says: from a published configuration to an answer. */
  @Test
  void a_service_of_ones_own_is_a_file() throws Exception {
    var page = Files.readString(Path.of("docs/services.md"));
    var file =
        page.lines()
            .dropWhile(line -> !line.contains("# conf/services/exports-v1.yaml"))
            .takeWhile(line -> line.startsWith("    "))
            .map(line -> line.substring(4))
            .collect(Collectors.joining("\n"));
    var directory = Files.createDirectory(temp.resolve("services"));
    Files.writeString(directory.resolve("exports-v1.yaml"), file);
    var settings = new HashMap<String, String>();
    settings.put("data", temp.resolve("data-of-exports").toString());
    settings.put("services.directory", directory.toString());
    settings.put("services.active", "default,exports-v1");

    try (var own = InProcessServer.start(settings);
        var client = new RestClient(vertx, own.port, "exports.example.com")) {
      String collection = "/v1/tenants/t/exports/e/operations";
      var start = new JsonObject().put("operationId", "copy-1");
      var started = await(client.post(collection + ":start", start), SECONDS);
      assertThat(started.status()).as(() -> started.body().encode()).isEqualTo(200);
      assertThat(names(await(client.get(collection), SECONDS)))
          .containsExactly("tenants/t/exports/e/operations/copy-1");
    }
  }

  @Test
  void what_a_service_lacks_is_501_where_its_file_says_so() throws Exception {
    Path directory = Files.createDirectories(temp.resolve("absent"));
    Files.writeString(
        directory.resolve("jobs-v1.yaml"),
        """
        type: google.api.Service
        name: jobs.example.com
        http:
          rules:
          - selector: google.longrunning.Operations.GetOperation
            get: '/v1/{name=jobs/*/operations/*}'
          - selector: google.longrunning.Operations.CancelOperation
            post: '/v1/{name=jobs/*/operations/*}:cancel'
            body: '*'
        longrunning:
          methods: [GetOperation]
          absent_methods: unimplemented
        """);
    var settings = new HashMap<String, String>();
    settings.put("data", temp.resolve("data-of-jobs").toString());
    settings.put("services.directory", directory.toString());
    settings.put("services.active", "jobs-v1");

    try (var own = InProcessServer.start(settings);
        var client = new RestClient(vertx, own.port, "jobs.example.com")) {
      String cancel = "/v1/jobs/j/operations/o:cancel";
      var lacks = await(client.post(cancel, new JsonObject()), SECONDS);
      assertThat(lacks.status()).isEqualTo(501);
      assertThat(lacks.body().encode()).contains("UNIMPLEMENTED", "jobs-v1 has GetOperation");
      assertThat(await(client.get("/v1/jobs/j/operations/o"), SECONDS).status()).isEqualTo(404);
    }
  }

  @Test
  void operations_of_one_name_in_two_services_are_two() throws Exception {
    String name = "projects/p/locations/l/operations/same";
    for (String id : List.of(INSIGHTS, "cloud-run-v2")) {
      var start = new JsonObject().put("name", name).put("service", id);
      var started =
          await(new RestClient(vertx, server.port).post("/v1/operations:start", start), SECONDS);
      assertThat(started.status()).as(() -> started.body().encode()).isEqualTo(200);
    }

    await(grpc(INSIGHTS).cancel(name), SECONDS);

    assertThat(await(grpc(INSIGHTS).get(name), SECONDS).getDone()).isTrue();
    assertThat(await(grpc("cloud-run-v2").get(name), SECONDS).getDone()).isFalse();
    var anywhere = await(new RestClient(vertx, server.port).get("/v1/" + name), SECONDS);
    assertThat(anywhere.status()).isEqualTo(400);
    assertThat(anywhere.body().encode()).contains(host(INSIGHTS));
  }
}
