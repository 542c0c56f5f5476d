package dev.longrunning.rpc;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsProto;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Candidates;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OperationsMethodsTest {
  private final Rows rows = new Rows();

  private String start(String parent, String id) {
    var request = StartOperationRequest.newBuilder().setParent(parent).setOperationId(id).build();
    var answer = rows.answer(request, StartOperationResponse.getDefaultInstance());
    return answer.getSnapshot().getOperation().getName();
  }

  private static GetOperationRequest get(String name) {
    return GetOperationRequest.newBuilder().setName(name).build();
  }

  private static ListOperationsRequest.Builder list(String name) {
    return ListOperationsRequest.newBuilder().setName(name);
  }

  private Problem failure(Call call, Message request) {
    var problem = new Problem[1];
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> await(rows.send(call, request)))
        .satisfies(caught -> problem[0] = caught);
    return problem[0];
  }

  @Test
  void a_get_answers_with_the_operation_its_tag_and_when_to_ask_again() {
    String name = start("projects/p", "mine");
    rows.fixture.clock.pass(Duration.ofSeconds(100));

    var reply = await(rows.send(Rows.GRPC, get(name)));

    assertThat(rows.answer(get(name), Operation.getDefaultInstance()))
        .isEqualTo(Operation.newBuilder().setName("projects/p/operations/mine").build());
    assertThat(reply.pollAfter()).contains(Duration.ofSeconds(10));
    assertThat(reply.etag()).isPresent();
  }

  @Test
  void a_tag_names_one_state() {
    String name = start("", "mine");
    var first = await(rows.send(Rows.GRPC, get(name))).etag();
    assertThat(await(rows.send(Rows.GRPC, get(name))).etag()).isEqualTo(first);

    await(rows.send(Rows.GRPC, CancelOperationRequest.newBuilder().setName(name).build()));

    var done = await(rows.send(Rows.GRPC, get(name)));
    assertThat(done.etag()).isNotEqualTo(first);
    assertThat(done.pollAfter()).isEmpty();
  }

  @Test
  void a_list_takes_its_collection_with_and_without_suffix() {
    start("projects/p", "mine");
    start("", "flat");

    for (var name : new String[] {"projects/p", "projects/p/operations"}) {
      var page = rows.answer(list(name).build(), ListOperationsResponse.getDefaultInstance());
      assertThat(page.getOperationsList())
          .containsExactly(Operation.newBuilder().setName("projects/p/operations/mine").build());
    }
    for (var name : new String[] {"", "operations"}) {
      var page = rows.answer(list(name).build(), ListOperationsResponse.getDefaultInstance());
      assertThat(page.getOperationsList())
          .containsExactly(Operation.newBuilder().setName("operations/flat").build());
    }
  }

  @Test
  void a_list_takes_a_hyphen_for_any_id() {
    start("projects/p/locations/l", "aaaa");
    start("projects/q/locations/l", "bbbb");
    start("projects/q/locations/m", "cccc");

    for (var name : new String[] {"projects/-/locations/l", "projects/-/locations/l/operations"}) {
      var page = rows.answer(list(name).build(), ListOperationsResponse.getDefaultInstance());
      assertThat(page.getOperationsList())
          .extracting(Operation::getName)
          .containsExactlyInAnyOrder(
              "projects/p/locations/l/operations/aaaa", "projects/q/locations/l/operations/bbbb");
    }
  }

  @Test
  void only_lists_take_it_and_in_place_of_ids_only() {
    assertThat(failure(Rows.GRPC, list("projects/p/-/l").build()))
        .hasMessage(
            "name: got projects/p/-/l, allowed '-' only in place of an id, as in"
                + " projects/-/locations/-");
    var start = StartOperationRequest.newBuilder().setParent("projects/-").build();
    assertThat(failure(Rows.GRPC, start))
        .hasMessage(
            "parent: got projects/-, allowed segments that are not empty, '.', '..' or '-'");
    assertThat(failure(Rows.GRPC, get("projects/-/operations/o")))
        .hasMessageStartingWith("name: got projects/-/operations/o, allowed segments that are not");
  }

  @Test
  void a_list_goes_on_by_its_token() {
    start("", "aaaa");
    start("", "bbbb");
    var first =
        rows.answer(list("").setPageSize(1).build(), ListOperationsResponse.getDefaultInstance());

    var second =
        rows.answer(
            list("").setPageToken(first.getNextPageToken()).build(),
            ListOperationsResponse.getDefaultInstance());

    assertThat(first.getOperationsList()).hasSize(1).doesNotContain(second.getOperations(0));
    assertThat(second.getNextPageToken()).isEmpty();
  }

  @Test
  void what_a_list_cannot_do_yet_is_said() {
    var partial = failure(Rows.GRPC, list("").setReturnPartialSuccess(true).build());
    assertThat(partial.kind()).isEqualTo(Problem.Kind.UNIMPLEMENTED);
  }

  @Test
  void a_list_holds_what_its_filter_lets_through() {
    start("", "aaaa");
    start("", "bbbb");

    var filtered =
        rows.answer(
            list("").setFilter("name = *a").build(), ListOperationsResponse.getDefaultInstance());

    assertThat(filtered.getOperationsList())
        .extracting(Operation::getName)
        .containsExactly("operations/aaaa");
  }

  @Test
  void a_page_token_goes_on_with_its_own_filter_only_whatever_the_size_of_the_page() {
    start("", "aaaa");
    start("", "bbbb");
    start("", "cccc");
    var wanted = list("").setFilter("done = false");
    var first =
        rows.answer(
            wanted.clone().setPageSize(1).build(), ListOperationsResponse.getDefaultInstance());

    var next = wanted.clone().setPageToken(first.getNextPageToken());
    var rest =
        rows.answer(
            next.clone().setPageSize(9).build(), ListOperationsResponse.getDefaultInstance());

    assertThat(rest.getOperationsList()).hasSize(2).doesNotContain(first.getOperations(0));
    for (String other : List.of("", "done=false", "done = true")) {
      var problem = failure(Rows.GRPC, next.clone().setFilter(other).build());
      assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID);
      assertThat(problem).hasMessageStartingWith("page_token: got ");
    }
    assertThat(failure(Rows.GRPC, next.clone().setName("projects/p").build()))
        .hasMessageStartingWith("page_token: got ");
  }

  @Test
  void a_filter_at_fault_says_where_it_is_what_came_and_what_is_allowed() {
    for (var call : List.of(Rows.GRPC, Rows.REST)) {
      assertThat(failure(call, list("").setFilter("done = maybe").build()))
          .hasMessage("filter: at character 8: got maybe, allowed true or false for done");
    }
    assertThat(failure(Rows.GRPC, list("").setFilter("x".repeat(10_001)).build()))
        .hasMessageEndingWith("…, allowed at most 10000 characters");
  }

  @Test
  void fields_at_fault_are_spelt_as_the_caller_spells_them() {
    var request = list("").setPageSize(-1).build();
    assertThat(failure(Rows.GRPC, request)).hasMessageStartingWith("page_size: ");
    assertThat(failure(Rows.REST, request)).hasMessageStartingWith("pageSize: ");

    var token = list("").setPageToken("x").build();
    assertThat(failure(Rows.GRPC, token)).hasMessageStartingWith("page_token: got x");
    assertThat(failure(Rows.REST, token)).hasMessageStartingWith("pageToken: got x");
    assertThat(Spelling.json("labels[\"my_key\"].a_b")).isEqualTo("labels[\"my_key\"].aB");
  }

  @Test
  void a_cancellation_and_a_deletion_answer_empty() {
    String name = start("", "mine");

    var cancel = CancelOperationRequest.newBuilder().setName(name).build();
    var delete = DeleteOperationRequest.newBuilder().setName(name).build();
    assertThat(await(rows.send(Rows.GRPC, cancel)).body()).isEqualTo(Bytes.EMPTY);
    assertThat(await(rows.send(Rows.GRPC, delete)).body()).isEqualTo(Bytes.EMPTY);

    assertThat(failure(Rows.GRPC, delete).reason()).isEqualTo("OPERATION_DELETED");
    assertThat(failure(Rows.GRPC, get(name)).reason()).isEqualTo("OPERATION_DELETED");
  }

  @Test
  void a_wait_answers_when_its_time_is_up_and_ends_with_its_caller() {
    String name = start("", "mine");
    var timeout = Durations.fromSeconds(5);
    var request = WaitOperationRequest.newBuilder().setName(name).setTimeout(timeout).build();
    var gone = Promise.<Void>promise();
    var leaving =
        new Call(
            TestProfiles.DEFAULT.all(),
            "127.0.0.1",
            Optional.empty(),
            false,
            Call.Transport.GRPC,
            gone.future());
    var answer = rows.send(Rows.GRPC, request);
    var left = rows.send(leaving, request);

    gone.complete();
    assertThat(left.failed()).isTrue();
    rows.fixture.clock.pass(Duration.ofSeconds(5));

    assertThat(answer.succeeded()).isTrue();
    assertThat(answer.result().pollAfter()).isPresent();
  }

  @Test
  void an_operation_belongs_to_the_service_of_the_call() {
    String name = start("", "mine");
    var other = new Candidates(List.of(TestProfiles.as("other", "default")));
    var elsewhere = new Call(other, "127.0.0.1", Optional.empty(), false, Call.Transport.GRPC);

    assertThat(failure(elsewhere, get(name)).reason()).isEqualTo("OPERATION_NOT_FOUND");
  }

  /** The descriptor is the authority on names and types; the rows repeat none of it wrongly. */
  @Test
  void the_rows_are_the_methods_of_the_service() {
    var service = OperationsProto.getDescriptor().findServiceByName("Operations");
    var declared =
        service.getMethods().stream()
            .map(
                m -> m.getName() + m.getInputType().getFullName() + m.getOutputType().getFullName())
            .toList();

    var had =
        rows.all().stream()
            .filter(row -> row.service().equals(service.getFullName()))
            .map(
                row ->
                    row.name()
                        + row.request().getDescriptorForType().getFullName()
                        + row.response().getDescriptorForType().getFullName())
            .toList();

    assertThat(had).containsExactlyInAnyOrderElementsOf(declared);
  }

  @Test
  void every_path_leads_to_its_method_and_its_own_variable() {
    var routes = HttpRoutes.of(MethodTable.of(rows.all()), TestProfiles.DEFAULT.all());
    assertRoute(routes, "GET", "/v1/operations", "ListOperations name=operations");
    assertRoute(routes, "GET", "/v1/operations/o", "GetOperation name=operations/o");
    assertRoute(routes, "GET", "/v1/operations/a/b", "GetOperation name=operations/a/b");
    assertRoute(routes, "GET", "/v1/a/b/operations", "ListOperations name=a/b/operations");
    assertRoute(routes, "GET", "/v1/a/-/operations", "ListOperations name=a/-/operations");
    assertRoute(routes, "GET", "/v1/a/b/operations/o", "GetOperation name=a/b/operations/o");
    assertRoute(routes, "DELETE", "/v1/a/operations/o", "DeleteOperation name=a/operations/o");
    assertRoute(routes, "POST", "/v1/operations/o:cancel", "CancelOperation name=operations/o");
    assertRoute(routes, "POST", "/v1/a/operations/o:wait", "WaitOperation name=a/operations/o");
    assertRoute(routes, "POST", "/v1/operations:start", "StartOperation parent=operations");
    assertRoute(routes, "POST", "/v1/a/b/operations:start", "StartOperation parent=a/b");
    assertRoute(routes, "POST", "/v1/operations/o:update", "UpdateOperation name=operations/o");
    assertRoute(
        routes, "POST", "/v1/a/operations/o:complete", "CompleteOperation name=a/operations/o");
    assertThat(routes.find("POST", "/v1/operations/o")).isEmpty();
    assertThat(routes.find("GET", "/v1/operations/o:cancel")).isEmpty();
  }

  private static void assertRoute(HttpRoutes routes, String verb, String path, String expected) {
    var match = routes.find(verb, path).orElseThrow();
    var variable = match.variables().entrySet().iterator().next();
    assertThat(match.method().name() + ' ' + variable.getKey() + '=' + variable.getValue())
        .isEqualTo(expected);
  }
}
