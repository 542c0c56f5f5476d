package dev.longrunning.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.api.core.ApiFuture;
import com.google.api.gax.grpc.GrpcCallSettings;
import com.google.api.gax.grpc.GrpcCallableFactory;
import com.google.api.gax.grpc.ProtoOperationTransformers;
import com.google.api.gax.longrunning.OperationFuture;
import com.google.api.gax.longrunning.OperationSnapshot;
import com.google.api.gax.longrunning.OperationTimedPollAlgorithm;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.AbortedException;
import com.google.api.gax.rpc.CancelledException;
import com.google.api.gax.rpc.ClientContext;
import com.google.api.gax.rpc.InvalidArgumentException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.api.gax.rpc.OperationCallSettings;
import com.google.api.gax.rpc.OperationCallable;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.api.gax.rpc.UnavailableException;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsClient;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Duration;
import dev.longrunning.demo.v1.ChecksumFolderMetadata;
import dev.longrunning.demo.v1.ChecksumFolderResponse;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Google's gRPC client, unmodified, against the built server. */
final class GrpcClientTest {
  private static final String PARENT = "projects/compat";
  private static final String DOMAIN = "longrunning.dev";

  @TempDir static Path data;
  private static ServerProcess server;
  private static OperationsClient client;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(data);
    client = Clients.of(server.target());
  }

  @AfterAll
  static void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void get_shows_an_operation_that_runs_and_then_its_response() throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"get-1\", \"metadata\": " + metadata(3) + "}");

    var running = client.getOperation(name("get-1"));
    assertThat(running.getDone()).isFalse();
    assertThat(running.getMetadata().unpack(ChecksumFolderMetadata.class).getFilesDone())
        .isEqualTo(3);

    complete("get-1", "\"response\": " + response("abc"), "");

    var done = client.getOperation(name("get-1"));
    assertThat(done.getName()).isEqualTo(name("get-1"));
    assertThat(done.getDone()).isTrue();
    assertThat(done.getResponse().unpack(ChecksumFolderResponse.class).getManifestSha256())
        .isEqualTo("abc");
  }

  @Test
  void what_is_not_there_is_not_found_with_one_reason() {
    var failure =
        catchThrowableOfType(NotFoundException.class, () -> client.getOperation(name("none")));

    assertThat(failure.isRetryable()).isFalse();
    assertThat(failure.getReason()).isEqualTo("OPERATION_NOT_FOUND");
    assertThat(failure.getDomain()).isEqualTo(DOMAIN);
    assertThat(failure.getMetadata()).containsEntry("name", name("none"));
  }

  @Test
  void a_bad_field_is_named_in_the_error_details() {
    var failure =
        catchThrowableOfType(InvalidArgumentException.class, () -> client.getOperation("no/name"));

    assertThat(failure.getReason()).isEqualTo("INVALID_FIELD");
    var violations = failure.getErrorDetails().getBadRequest().getFieldViolationsList();
    assertThat(violations).hasSize(1);
    assertThat(violations.get(0).getField()).isEqualTo("name");
    assertThat(violations.get(0).getDescription()).startsWith("got no/name, allowed ");
  }

  @Test
  void a_list_is_walked_page_by_page_newest_first() throws Exception {
    for (int i = 0; i < 25; i++) {
      server.post(start("projects/paged"), "{\"operationId\": \"page-" + i + "\"}");
    }
    var request =
        ListOperationsRequest.newBuilder().setName("projects/paged").setPageSize(10).build();

    var pages = new ArrayList<List<String>>();
    for (var page : client.listOperations(request).iteratePages()) {
      pages.add(names(page.getValues()));
    }

    assertThat(pages).extracting(List::size).containsExactly(10, 10, 5);
    var newestFirst =
        IntStream.iterate(24, i -> i >= 0, i -> i - 1)
            .mapToObj(i -> "projects/paged/operations/page-" + i)
            .toList();
    assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(newestFirst);
    assertThat(names(client.listOperations(request).iterateAll()))
        .containsExactlyElementsOf(newestFirst);
  }

  @Test
  void a_page_token_of_another_list_is_refused() throws Exception {
    for (int i = 0; i < 2; i++) {
      server.post(start("projects/tokens"), "{\"operationId\": \"tok-" + i + "\"}");
    }
    var first =
        client
            .listOperationsCallable()
            .call(
                ListOperationsRequest.newBuilder()
                    .setName("projects/tokens")
                    .setPageSize(1)
                    .build());
    var other =
        ListOperationsRequest.newBuilder()
            .setName("projects/others")
            .setPageToken(first.getNextPageToken())
            .build();

    var failure =
        catchThrowableOfType(
            InvalidArgumentException.class, () -> client.listOperationsCallable().call(other));

    assertThat(failure.getErrorDetails().getBadRequest().getFieldViolations(0).getField())
        .isEqualTo("page_token");
  }

  @Test
  void a_cancellation_reaches_the_producer_which_ends_the_operation() throws Exception {
    String token = server.startLeased("cancel-1");

    client.cancelOperation(name("cancel-1"));

    assertThat(client.getOperation(name("cancel-1")).getDone()).isFalse();
    String answer =
        server.post("/v1/" + name("cancel-1") + ":update", "{\"leaseToken\": \"" + token + "\"}");
    assertThat(answer.replace(" ", "")).contains("\"cancelRequested\":true");

    complete("cancel-1", "\"error\": {\"code\": 1, \"message\": \"stopped\"}", token);

    var done = client.getOperation(name("cancel-1"));
    assertThat(done.getError().getCode()).isEqualTo(1);
    assertThat(done.getError().getMessage()).isEqualTo("stopped");
  }

  @Test
  void cancelling_what_nobody_works_on_ends_it_at_once() throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"cancel-2\"}");

    client.cancelOperation(name("cancel-2"));

    assertThat(client.getOperation(name("cancel-2")).getError().getCode()).isEqualTo(1);
    client.cancelOperation(name("cancel-2"));
  }

  @Test
  void a_second_deletion_is_not_found() throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"delete-1\"}");

    client.deleteOperation(name("delete-1"));

    var again =
        catchThrowableOfType(
            NotFoundException.class, () -> client.deleteOperation(name("delete-1")));
    assertThat(again.getReason()).isEqualTo("OPERATION_DELETED");
    var read =
        catchThrowableOfType(NotFoundException.class, () -> client.getOperation(name("delete-1")));
    assertThat(read.getReason()).isEqualTo("OPERATION_DELETED");
  }

  @Test
  void a_wait_answers_with_the_present_state_when_its_timeout_is_over() throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"wait-1\"}");

    var waited = client.waitOperation(wait("wait-1", Duration.newBuilder().setNanos(50_000_000)));

    assertThat(waited.getName()).isEqualTo(name("wait-1"));
    assertThat(waited.getDone()).isFalse();
  }

  @Test
  void a_wait_returns_when_the_operation_is_done() throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"wait-2\"}");

    ApiFuture<Operation> waiting =
        client
            .waitOperationCallable()
            .futureCall(wait("wait-2", Duration.newBuilder().setSeconds(300)));
    complete("wait-2", "\"response\": " + response("w"), "");

    assertThat(waiting.get(60, TimeUnit.SECONDS).getDone()).isTrue();
  }

  @Test
  void an_operation_future_polls_until_the_typed_response() throws Exception {
    String token = server.startLeased("poll-1");
    String update = "{\"leaseToken\": \"" + token + "\", \"metadata\": " + metadata(7) + "}";
    server.post("/v1/" + name("poll-1") + ":update", update);

    try (var context = closing(ClientContext.create(Clients.settings(server.target()).build()))) {
      var future = follow(context.value(), "poll-1");
      future.getPollingFuture().getAttemptResult().get(60, TimeUnit.SECONDS);
      assertThat(future.peekMetadata().get(60, TimeUnit.SECONDS).getFilesDone()).isEqualTo(7);

      complete("poll-1", "\"response\": " + response("sum"), token);

      assertThat(future.get(60, TimeUnit.SECONDS).getManifestSha256()).isEqualTo("sum");
      assertThat(future.getMetadata().get(60, TimeUnit.SECONDS).getFilesDone()).isEqualTo(7);
    }
  }

  @Test
  void an_operation_future_fails_with_the_error_that_the_producer_gave() throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"poll-2\"}");
    complete("poll-2", "\"error\": {\"code\": 10, \"message\": \"gave up\"}", "");
    server.post(start(PARENT), "{\"operationId\": \"poll-3\"}");
    client.cancelOperation(name("poll-3"));

    try (var context = closing(ClientContext.create(Clients.settings(server.target()).build()))) {
      assertThat(failure(follow(context.value(), "poll-2")))
          .isInstanceOf(AbortedException.class)
          .hasMessageContaining("gave up");
      assertThat(failure(follow(context.value(), "poll-3"))).isInstanceOf(CancelledException.class);
    }
  }

  @Test
  void an_operation_whose_producer_is_lost_tells_it_by_its_reason() throws Exception {
    String json = "{\"operationId\": \"lost-1\", \"leaseDuration\": \"1s\"}";
    server.post(start(PARENT), json);

    var ended = client.waitOperation(wait("lost-1", Duration.newBuilder().setSeconds(60)));

    assertThat(ended.getError().getCode()).isEqualTo(10);
    var info = ended.getError().getDetails(0).unpack(com.google.rpc.ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("PRODUCER_LOST");
    assertThat(info.getDomain()).isEqualTo(DOMAIN);
  }

  @Test
  void a_database_that_hangs_is_unavailable_with_a_pause_to_make_before_the_next_call()
      throws Exception {
    server.post(start(PARENT), "{\"operationId\": \"hang-1\"}");
    var settings = Clients.settings(server.target());
    settings.getOperationSettings().setRetryableCodes();

    try (var once = OperationsClient.create(settings.build())) {
      UnavailableException failure;
      try (var hang = server.hangDatabase()) {
        failure =
            catchThrowableOfType(
                UnavailableException.class, () -> once.getOperation(name("hang-1")));
      }

      assertThat(failure.getReason()).isEqualTo("DATABASE_UNAVAILABLE");
      assertThat(failure.getErrorDetails().getRetryInfo().getRetryDelay().getSeconds())
          .isEqualTo(1);
    }
    // The client as it comes makes that pause and calls again by itself.
    assertThat(client.getOperation(name("hang-1")).getName()).isEqualTo(name("hang-1"));
  }

  /** What Google's generated clients return for a method that starts an operation. */
  private static OperationFuture<ChecksumFolderResponse, ChecksumFolderMetadata> follow(
      ClientContext context, String id) {
    var poll =
        RetrySettings.newBuilder()
            .setInitialRetryDelayDuration(java.time.Duration.ofMillis(20))
            .setRetryDelayMultiplier(1.5)
            .setMaxRetryDelayDuration(java.time.Duration.ofMillis(500))
            .setTotalTimeoutDuration(java.time.Duration.ofMinutes(5))
            .build();
    var settings =
        OperationCallSettings
            .<GetOperationRequest, ChecksumFolderResponse, ChecksumFolderMetadata>newBuilder()
            .setInitialCallSettings(
                UnaryCallSettings
                    .<GetOperationRequest, OperationSnapshot>newUnaryCallSettingsBuilder()
                    .build())
            .setResponseTransformer(
                ProtoOperationTransformers.ResponseTransformer.create(ChecksumFolderResponse.class))
            .setMetadataTransformer(
                ProtoOperationTransformers.MetadataTransformer.create(ChecksumFolderMetadata.class))
            .setPollingAlgorithm(OperationTimedPollAlgorithm.create(poll))
            .build();
    OperationCallable<GetOperationRequest, ChecksumFolderResponse, ChecksumFolderMetadata>
        callable =
            GrpcCallableFactory.createOperationCallable(
                GrpcCallSettings.create(GET), settings, context, client.getStub());
    return callable.resumeFutureCall(name(id));
  }

  private static final MethodDescriptor<GetOperationRequest, Operation> GET =
      MethodDescriptor.<GetOperationRequest, Operation>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("google.longrunning.Operations/GetOperation")
          .setRequestMarshaller(ProtoUtils.marshaller(GetOperationRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Operation.getDefaultInstance()))
          .build();

  private static Throwable failure(ApiFuture<?> future) {
    return catchThrowableOfType(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS))
        .getCause();
  }

  private record Closing(ClientContext value) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      for (var resource : value.getBackgroundResources()) {
        resource.close();
      }
    }
  }

  private static Closing closing(ClientContext context) {
    return new Closing(context);
  }

  private static WaitOperationRequest wait(String id, Duration.Builder timeout) {
    return WaitOperationRequest.newBuilder().setName(name(id)).setTimeout(timeout).build();
  }

  private static void complete(String id, String result, String token) throws Exception {
    String lease = token.isEmpty() ? "" : ", \"leaseToken\": \"" + token + "\"";
    server.post("/v1/" + name(id) + ":complete", "{" + result + lease + "}");
  }

  private static String start(String parent) {
    return "/v1/" + parent + "/operations:start";
  }

  private static String name(String id) {
    return PARENT + "/operations/" + id;
  }

  private static String metadata(int filesDone) {
    return "{\"@type\": \"type.googleapis.com/longrunning.demo.v1.ChecksumFolderMetadata\","
        + " \"filesDone\": \""
        + filesDone
        + "\"}";
  }

  private static String response(String sum) {
    return "{\"@type\": \"type.googleapis.com/longrunning.demo.v1.ChecksumFolderResponse\","
        + " \"manifestSha256\": \""
        + sum
        + "\"}";
  }

  private static List<String> names(Iterable<Operation> operations) {
    return StreamSupport.stream(operations.spliterator(), false).map(Operation::getName).toList();
  }
}
