package dev.longrunning.app;

import static dev.longrunning.testing.Calls.await;
import static dev.longrunning.types.Sets.field;
import static dev.longrunning.types.Sets.file;
import static dev.longrunning.types.Sets.set;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.longrunning.testing.ApiClient;
import dev.longrunning.testing.Calls;
import dev.longrunning.testing.RestClient;
import dev.longrunning.testing.Scrape;
import dev.longrunning.testing.ServiceOperations;
import dev.longrunning.types.TypeSources;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of shipped, of loaded and of unknown types, from the port to the database and back. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TypesIT {
  private static final int SECONDS = Calls.LONG_SECONDS;
  private static final int READERS = 8;

  /** Of acme.Copy: field 1 is 150. */
  private static final Any COPY =
      Any.newBuilder()
          .setTypeUrl("type.googleapis.com/acme.Copy")
          .setValue(ByteString.copyFrom(new byte[] {8, (byte) 0x96, 1}))
          .build();

  private static final JsonObject AS_BYTES =
      new JsonObject().put("@type", COPY.getTypeUrl()).put("value", "CJYB");
  private static final JsonObject AS_FIELDS =
      new JsonObject().put("@type", COPY.getTypeUrl()).put("done", 150);

  @TempDir static Path temp;
  private final Vertx vertx = Vertx.vertx();
  private Path folder;
  private InProcessServer server;
  private ApiClient grpc;
  private RestClient rest;

  @BeforeAll
  void start() throws Exception {
    folder = Files.createDirectory(temp.resolve("types"));
    Files.writeString(
        Files.createDirectory(temp.resolve("services")).resolve("copies.yaml"),
        "{name: copies.example.com, longrunning: {metadata_types: [acme.Copy]}}");
    server =
        InProcessServer.start(
            Map.of(
                "data",
                temp.resolve("data").toString(),
                "types.directory",
                folder.toString(),
                "services.active",
                "default,copies",
                "services.directory",
                temp.resolve("services").toString(),
                "event-loops",
                "2",
                "management",
                "127.0.0.1:0"));
    grpc = new ApiClient(vertx, server.port);
    rest = new RestClient(vertx, server.port);
  }

  @AfterAll
  void stop() throws Exception {
    await(vertx.close(), SECONDS);
    server.close();
  }

  static List<ServiceOperations.Sample> samples() {
    return ServiceOperations.ALL;
  }

  private JsonObject post(String path, JsonObject body) throws Exception {
    var answer = await(rest.post("/v1/" + path, body), SECONDS);
    assertThat(answer.status()).as(answer.body().encode()).isEqualTo(200);
    return answer.body();
  }

  private JsonObject get(String name) throws Exception {
    var answer = await(rest.get("/v1/" + name), SECONDS);
    assertThat(answer.status()).isEqualTo(200);
    return answer.body();
  }

  private static Operation parsed(JsonObject operation) throws Exception {
    var types = new TypeSources(Path.of("none"), true, List.of()).read();
    var builder = Operation.newBuilder();
    JsonFormat.parser().usingTypeRegistry(types.registry()).merge(operation.encode(), builder);
    return builder.build();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void what_services_return_comes_back_as_json_and_byte_for_byte(ServiceOperations.Sample sample)
      throws Exception {
    var wanted = sample.operation().copy();
    var started = new JsonObject().put("metadata", wanted.getJsonObject("metadata"));
    String name = Calls.operation(post("operations:start", started));
    if (wanted.getBoolean("done", false)) {
      var end = new JsonObject();
      for (String result : List.of("response", "error")) {
        if (wanted.containsKey(result)) {
          end.put(result, wanted.getJsonObject(result));
        }
      }
      post(name + ":complete", end);
    }
    wanted.put("name", name);

    assertThat(get(name)).isEqualTo(wanted);
    assertThat(await(grpc.get(name), SECONDS)).isEqualTo(parsed(wanted));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void what_came_over_grpc_is_shown_field_by_field(ServiceOperations.Sample sample)
      throws Exception {
    var operation = parsed(sample.operation());
    var start = StartOperationRequest.newBuilder().setMetadata(operation.getMetadata()).build();
    var started = await(grpc.start(start), SECONDS).getSnapshot().getOperation();
    if (operation.getDone()) {
      var end = CompleteOperationRequest.newBuilder().setName(started.getName());
      if (operation.hasError()) {
        end.setError(operation.getError());
      } else {
        end.setResponse(operation.getResponse());
      }
      await(grpc.complete(end.build()), SECONDS);
    }

    assertThat(get(started.getName()))
        .isEqualTo(sample.operation().copy().put("name", started.getName()));
  }

  @Test
  void types_change_under_calls_and_stay_when_a_change_is_no_good() throws Exception {
    var start = StartOperationRequest.newBuilder().setMetadata(COPY).build();
    String name = await(grpc.start(start), SECONDS).getSnapshot().getOperation().getName();
    assertThat(get(name).getJsonObject("metadata")).isEqualTo(AS_BYTES);
    assertThat(page()).contains("is not known to this server").doesNotContain("int32");
    var stop = new AtomicBoolean();
    var readers = new ArrayList<Future<Void>>();
    for (int i = 0; i < READERS; i++) {
      readers.add(read(name, stop));
    }

    put(
        set(
            file(
                "acme.proto",
                "package: 'acme' message_type { name: 'Copy' "
                    + field("done", 1, "TYPE_INT32")
                    + "}")));
    awaitMetadata(name, AS_FIELDS);
    assertThat(page()).contains("int32").doesNotContain("is not known to this server");
    put(new byte[] {1, 2, 3});
    awaitRefused(1);
    assertThat(get(name).getJsonObject("metadata")).isEqualTo(AS_FIELDS);
    Files.delete(folder.resolve("acme.binpb"));
    server.reload();
    awaitMetadata(name, AS_BYTES);
    awaitRefused(0);
    assertThat(page()).contains("is not known to this server").doesNotContain("int32");

    stop.set(true);
    await(Future.join(readers), SECONDS);
    assertThat(await(grpc.get(name), SECONDS).getMetadata()).isEqualTo(COPY);
  }

  /** Of the service whose operations carry the type. */
  private String page() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(server.management() + "/services/copies"));
    var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  /** Reads until told to stop; fails with anything but one of the two forms. */
  private Future<Void> read(String name, AtomicBoolean stop) {
    return rest.get("/v1/" + name)
        .compose(
            answer -> {
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.body().getJsonObject("metadata")).isIn(AS_BYTES, AS_FIELDS);
              return stop.get() ? Future.succeededFuture() : read(name, stop);
            });
  }

  /** As a change should be made: the file is there whole or not at all. */
  private void put(byte[] content) throws Exception {
    var fresh = Files.write(temp.resolve("fresh"), content);
    Files.move(fresh, folder.resolve("acme.binpb"), StandardCopyOption.ATOMIC_MOVE);
    server.reload();
  }

  /** The test's time limit ends it. */
  private void awaitMetadata(String name, JsonObject wanted) throws Exception {
    while (!get(name).getJsonObject("metadata").equals(wanted)) {
      Thread.onSpinWait();
    }
  }

  private void awaitRefused(double wanted) throws Exception {
    while (Scrape.of(server.management()).sum("longrunning_types_refused") != wanted) {
      Thread.onSpinWait();
    }
  }
}
