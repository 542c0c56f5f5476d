package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.RestClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists over many collections, from the port to the database and back, over both transports. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PatternsIT {
  private static final int SECONDS = 30;

  @TempDir static Path temp;
  private final Vertx vertx = Vertx.vertx();
  private InProcessServer server;
  private ApiClient grpc;
  private RestClient rest;

  @BeforeAll
  void start() throws Exception {
    server = InProcessServer.start(Map.of("data", temp.resolve("data").toString()));
    grpc = new ApiClient(vertx, server.port);
    rest = new RestClient(vertx, server.port);
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), SECONDS);
    server.close();
  }

  private Future<String> startIn(String collection) {
    return rest.post("/v1/" + collection + "/operations:start", new JsonObject())
        .map(answer -> Calls.operation(answer.body()));
  }

  private List<String> startMany(String collection, int count) throws Exception {
    var starts = new ArrayList<Future<String>>();
    for (int i = 0; i < count; i++) {
      starts.add(startIn(collection.replace("*", Integer.toString(i))));
    }
    var names = new ArrayList<String>();
    for (var start : starts) {
      names.add(await(start, SECONDS));
    }
    return names;
  }

  @FunctionalInterface
  private interface Pager {
    /** Adds a page to the names, and returns the token of the next. */
    String read(String token, List<String> names) throws Exception;
  }

  private Pager overGrpc(String name, int size) {
    return (token, names) -> {
      var request =
          ListOperationsRequest.newBuilder().setName(name).setPageSize(size).setPageToken(token);
      var page = await(grpc.list(request.build()), SECONDS);
      page.getOperationsList().stream().map(Operation::getName).forEach(names::add);
      return page.getNextPageToken();
    };
  }

  private Pager overRest(String name, int size) {
    return (token, names) -> {
      String query = "?pageSize=" + size + "&pageToken=" + encoded(token);
      var answer = await(rest.get("/v1/" + name + query), SECONDS);
      assertThat(answer.status()).isEqualTo(200);
      for (var each :
          answer.body().getJsonArray("operations", new io.vertx.core.json.JsonArray())) {
        names.add(((JsonObject) each).getString("name"));
      }
      return answer.body().getString("nextPageToken", "");
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void each_is_listed_once_over_both_transports_while_others_are_started() throws Exception {
    var wanted = startMany("projects/p*/locations/here", 150);
    startMany("projects/p*/locations/there", 20);
    startMany("projects/p*", 20);

    for (var pager :
        List.of(
            overGrpc("projects/-/locations/here", 40),
            overGrpc("projects/-/locations/here/operations", 40),
            overRest("projects/-/locations/here/operations", 40),
            overRest("projects%2F-%2Flocations%2Fhere%2Foperations", 40))) {
      var names = new ArrayList<String>();
      String token = "";
      do {
        token = pager.read(token, names);
        await(startIn("projects/q" + names.size() + "/locations/elsewhere"), SECONDS);
        await(startIn("folders/f" + names.size() + "/locations/here"), SECONDS);
      } while (!token.isEmpty());

      assertThat(names).containsExactlyInAnyOrderElementsOf(wanted);
    }
  }

  @Test
  void a_token_goes_on_over_the_other_transport_but_not_in_another_list() throws Exception {
    startMany("buckets/b*", 3);
    var names = new ArrayList<String>();
    String token = overGrpc("buckets/-", 2).read("", names);

    assertThat(overRest("buckets/-/operations", 2).read(token, names)).isEmpty();
    assertThat(names).hasSize(3).doesNotHaveDuplicates();
    for (var other : List.of("buckets/b1/operations", "queues/-/operations")) {
      var answer = await(rest.get("/v1/" + other + "?pageToken=" + encoded(token)), SECONDS);
      assertThat(answer.status()).as(other).isEqualTo(400);
    }
  }

  @Test
  void it_is_refused_where_no_id_is_and_where_one_operation_is_meant() throws Exception {
    String elsewhere = "name: got projects/p/-/operations, allowed '-' only in place of an id";
    assertRefused(rest.get("/v1/projects/p/-/operations"), elsewhere);
    String one = "name: got projects/-/operations/o, allowed segments that are not";
    assertRefused(rest.get("/v1/projects/-/operations/o"), one);
    String start = "parent: got projects/-, allowed segments that are not";
    assertRefused(rest.post("/v1/projects/-/operations:start", new JsonObject()), start);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> overGrpc("projects/p/-", 1).read("", new ArrayList<>()))
        .withMessageContaining("INVALID_ARGUMENT: name: got projects/p/-, allowed '-' only in");
  }

  private static void assertRefused(Future<RestClient.Answer> call, String message)
      throws Exception {
    var answer = await(call, SECONDS);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().getJsonObject("error").getString("message")).startsWith(message);
  }
}
