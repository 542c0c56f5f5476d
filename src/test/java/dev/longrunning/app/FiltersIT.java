package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.Status;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.RestClient;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
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

/** Lists with filters, from the port to the database and back, over both transports. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FiltersIT {
  private static final int SECONDS = 30;
  private static final String PARENT = "projects/p";

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
    for (int i = 0; i < 30; i++) {
      var type = "type.googleapis.com/google.rpc." + (i % 2 == 0 ? "ErrorInfo" : "RetryInfo");
      var metadata =
          i % 2 == 0
              ? new JsonObject().put("@type", type).put("reason", "R" + i % 3)
              : new JsonObject().put("@type", type).put("retryDelay", i + "s");
      var body =
          new JsonObject()
              .put("operationId", "op-" + (10 + i))
              .put("metadata", metadata)
              .put("labels", new JsonObject().put("third", i % 3 == 0 ? "yes" : "no"));
      await(
          rest.post("/v1/" + PARENT + "/operations:start", body)
              .map(answer -> Calls.operation(answer.body())),
          SECONDS);
    }
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), SECONDS);
    server.close();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private List<String> overGrpc(String filter, int size) throws Exception {
    var names = new ArrayList<String>();
    String token = "";
    do {
      var request =
          ListOperationsRequest.newBuilder()
              .setName(PARENT)
              .setFilter(filter)
              .setPageSize(size)
              .setPageToken(token);
      var page = await(grpc.list(request.build()), SECONDS);
      page.getOperationsList().stream().map(Operation::getName).forEach(names::add);
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return names;
  }

  private List<String> overRest(String filter, int size) throws Exception {
    var names = new ArrayList<String>();
    String token = "";
    do {
      String query =
          "?pageSize=" + size + "&pageToken=" + encoded(token) + "&filter=" + encoded(filter);
      var answer = await(rest.get("/v1/" + PARENT + "/operations" + query), SECONDS);
      assertThat(answer.status()).isEqualTo(200);
      for (var each : answer.body().getJsonArray("operations", new JsonArray())) {
        names.add(((JsonObject) each).getString("name"));
      }
      token = answer.body().getString("nextPageToken", "");
    } while (!token.isEmpty());
    return names;
  }

  private void assertListed(String filter, int... ids) throws Exception {
    var names = new ArrayList<String>();
    for (int i = ids.length - 1; i >= 0; i--) {
      names.add(PARENT + "/operations/op-" + (10 + ids[i]));
    }
    for (int size : new int[] {1, 3, 100}) {
      assertThat(overGrpc(filter, size)).as(filter).isEqualTo(names);
      assertThat(overRest(filter, size)).as(filter).isEqualTo(names);
    }
  }

  @Test
  void columns_and_messages_are_asked_alike() throws Exception {
    assertListed("labels.third = yes AND name = *1*", 0, 3, 6, 9, 21);
    assertListed("metadata.reason = R1", 4, 10, 16, 22, 28);
    assertListed("metadata.retry_delay > 22.5s", 23, 25, 27, 29);
    assertListed("metadata.retryDelay:23s OR metadata.@type = \"*.None\"", 23);
    assertListed("labels.third = yes -metadata.@type:*ErrorInfo metadata.retry_delay < 10s", 3, 9);
    assertListed("error:*");
    assertListed("done = true OR create_time < \"2026-01-01T00:00:00Z\" AND name:x");
  }

  /** SQL looks at how a stored error begins; what a client sends may begin in other ways. */
  @Test
  void an_error_is_found_by_its_code_however_its_client_wrote_it() throws Exception {
    var name = "projects/codes/operations/odd";
    await(grpc.start(StartOperationRequest.newBuilder().setName(name).build()), SECONDS);
    // The message first, and two codes, of which the last one counts.
    var error =
        Status.newBuilder().setMessage("x").build().toByteString().concat(code(5)).concat(code(7));
    var result = UnknownFieldSet.Field.newBuilder().addLengthDelimited(error).build();
    var complete = CompleteOperationRequest.newBuilder().setName(name);
    complete.setUnknownFields(
        UnknownFieldSet.newBuilder()
            .addField(CompleteOperationRequest.ERROR_FIELD_NUMBER, result)
            .build());
    await(grpc.complete(complete.build()), SECONDS);

    for (String filter : List.of("error.code = 7", "error.code != 5", "NOT error.code = 5")) {
      assertThat(coded(filter)).as(filter).containsExactly(name);
    }
    for (String filter : List.of("error.code = 5", "error.code != 7", "error.code < 7")) {
      assertThat(coded(filter)).as(filter).isEmpty();
    }
  }

  private static ByteString code(int code) {
    return Status.newBuilder().setCode(code).build().toByteString();
  }

  private List<String> coded(String filter) throws Exception {
    var request = ListOperationsRequest.newBuilder().setName("projects/codes").setFilter(filter);
    return await(grpc.list(request.build()), SECONDS).getOperationsList().stream()
        .map(Operation::getName)
        .toList();
  }

  @Test
  void what_is_wrong_is_said_over_both_transports() throws Exception {
    var answer =
        await(
            rest.get("/v1/projects/p/operations?filter=" + encoded("labels.third = yes OR")),
            SECONDS);
    String message = "filter: at character 22: got the end, allowed a field, a value, NOT, - or (";
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().getJsonObject("error").getString("message")).isEqualTo(message);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> overGrpc("labels.third = yes OR", 1))
        .withMessageContaining("INVALID_ARGUMENT: " + message);
  }
}
