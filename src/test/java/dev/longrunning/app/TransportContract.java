package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Problem;
import dev.longrunning.rpc.Reply;
import dev.longrunning.rpc.StatusTable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a call is answered with, whatever it comes in on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TransportContract {
  /**
   * What a caller received.
   *
   * @param response null unless the status is OK
   * @param pollAfterMillis 0: none was given
   */
  record Outcome(Status status, Message response, long pollAfterMillis) {
    Code code() {
      return Code.forNumber(status.getCode());
    }
  }

  static final GetOperationRequest GET =
      GetOperationRequest.newBuilder().setName("operations/a").build();

  final TestServer server = new TestServer();

  /** Calls a method by its short name. */
  abstract Outcome call(String method, Message request, Message response, Map<String, String> head);

  /** The header that says that the caller waits for {@code millis}. */
  abstract Map<String, String> waiting(long millis);

  /** Asks for something that no row has. */
  abstract Outcome unknown();

  /** Sends GetOperation or its like with a request that cannot be parsed. */
  abstract List<Outcome> malformed();

  /** Calls GetOperation and gives up once the handler has the call. */
  abstract void giveUp();

  Outcome get() {
    return call("GetOperation", GET, Operation.getDefaultInstance(), Map.of());
  }

  @BeforeAll
  void start() {
    // The server is a field so that subclasses' helpers can use it.
    assertThat(server.port).isPositive();
  }

  @BeforeEach
  void forget() {
    server.methods.seen.clear();
    server.ended.clear();
    server.methods.answer(Reply.of(Operation.getDefaultInstance()));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void a_reply_arrives_as_the_handler_made_it() {
    var operation = Operation.newBuilder().setName("operations/a").setDone(true).build();
    server.methods.answer(Reply.of(operation));

    var outcome = get();

    assertThat(outcome.code()).isEqualTo(Code.OK);
    assertThat(outcome.response()).isEqualTo(operation);
    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.OK);
  }

  @Test
  void a_reply_of_an_unknown_type_arrives_whole() {
    var metadata =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/acme.Unknown")
            .setValue(ByteString.copyFromUtf8("\u0001any bytes"))
            .build();
    var operation = Operation.newBuilder().setName("operations/a").setMetadata(metadata).build();
    server.methods.answer(Reply.of(operation));

    var outcome = get();

    assertThat(outcome.code()).isEqualTo(Code.OK);
    assertThat(((Operation) outcome.response()).getName()).isEqualTo("operations/a");
    assertThat(((Operation) outcome.response()).getMetadata().getTypeUrl())
        .isEqualTo("type.googleapis.com/acme.Unknown");
  }

  @Test
  void each_field_of_a_request_reaches_the_handler() {
    var list =
        ListOperationsRequest.newBuilder()
            .setName("projects/p")
            .setFilter("done=true AND a=\"ä&b\"")
            .setPageSize(7)
            .setPageToken("t+/=")
            .build();
    var wait =
        WaitOperationRequest.newBuilder()
            .setName("projects/p/operations/ü")
            .setTimeout(Duration.newBuilder().setSeconds(3).setNanos(500_000_000))
            .build();

    call(
        "ListOperations",
        list,
        com.google.longrunning.ListOperationsResponse.getDefaultInstance(),
        Map.of());
    call("WaitOperation", wait, Operation.getDefaultInstance(), Map.of());

    assertThat(TestServer.take(server.methods.seen).request()).isEqualTo(list);
    assertThat(TestServer.take(server.methods.seen).request()).isEqualTo(wait);
  }

  @Test
  void an_empty_reply_is_empty() {
    server.methods.answer(Reply.of(Bytes.EMPTY));
    var request = CancelOperationRequest.newBuilder().setName("operations/a").build();

    var outcome = call("CancelOperation", request, Empty.getDefaultInstance(), Map.of());

    assertThat(outcome.response()).isEqualTo(Empty.getDefaultInstance());
  }

  @Test
  void a_running_operation_comes_with_the_interval_to_poll_at() {
    var body = Reply.of(Operation.getDefaultInstance()).body();
    var pause = Optional.of(java.time.Duration.ofSeconds(2));
    server.methods.answer(new Reply(body, pause, Optional.empty()));

    assertThat(get().pollAfterMillis()).isEqualTo(2_000);
  }

  @ParameterizedTest
  @EnumSource(Problem.Kind.class)
  void each_kind_of_problem_has_its_status_and_details(Problem.Kind kind)
      throws InvalidProtocolBufferException {
    var problem = TestServer.problem(kind);
    server.methods.fail(problem);

    var outcome = get();

    assertThat(outcome.code()).isEqualTo(StatusTable.code(kind));
    var infos = outcome.status().getDetailsList().stream().filter(d -> d.is(ErrorInfo.class));
    var info = infos.toList();
    assertThat(info).hasSize(1);
    assertThat(info.get(0).unpack(ErrorInfo.class).getDomain()).isEqualTo("longrunning.dev");
    assertThat(info.get(0).unpack(ErrorInfo.class).getReason()).isEqualTo(problem.reason());
    if (kind != Problem.Kind.BROKEN) {
      assertThat(outcome.status().getMessage()).isEqualTo(problem.message());
      assertThat(info.get(0).unpack(ErrorInfo.class).getMetadataMap()).isEqualTo(problem.facts());
    }
    assertThat(outcome.status().getDetailsList().stream().anyMatch(d -> d.is(BadRequest.class)))
        .isEqualTo(!problem.violations().isEmpty());
    assertThat(outcome.status().getDetailsList().stream().anyMatch(d -> d.is(RetryInfo.class)))
        .isEqualTo(problem.retryAfter().isPresent());
    assertThat(TestServer.take(server.ended).code()).isEqualTo(StatusTable.code(kind));
  }

  @Test
  void what_was_not_foreseen_is_internal_with_an_id_and_nothing_else() {
    server.methods.answer(
        () -> {
          throw new IllegalStateException("secret");
        });
    var thrown = get();
    server.methods.fail(new AssertionError("secret"));
    var failed = get();

    for (var outcome : List.of(thrown, failed)) {
      assertThat(outcome.code()).isEqualTo(Code.INTERNAL);
      assertThat(outcome.status().toString()).contains("id-7").doesNotContain("secret");
    }
  }

  @Test
  void a_problem_too_large_for_a_header_is_cut() {
    var violations =
        java.util.stream.IntStream.range(0, 500)
            .mapToObj(i -> new Problem.Violation("field" + i, "got ä%, allowed less of it"))
            .toList();
    server.methods.fail(Problem.invalid(violations));

    var outcome = get();

    assertThat(outcome.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(outcome.status().getSerializedSize()).isLessThanOrEqualTo(4_096);
    assertThat(outcome.status().getMessage()).startsWith("field0: got ä%").endsWith("…");
  }

  @Test
  void a_call_ends_at_its_deadline() {
    server.methods.neverAnswer();

    var outcome = call("GetOperation", GET, Operation.getDefaultInstance(), waiting(50));

    assertThat(outcome.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(TestServer.take(server.methods.seen).call().deadline()).isPresent();
  }

  @Test
  void a_call_whose_deadline_is_over_is_not_handled() {
    var outcome = call("GetOperation", GET, Operation.getDefaultInstance(), waiting(0));

    assertThat(outcome.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(server.methods.seen).isEmpty();
  }

  @Test
  void a_handler_hears_that_its_caller_is_gone_and_its_late_answer_harms_nobody() {
    Promise<Reply> late = Promise.promise();
    server.methods.answer(late::future);

    giveUp();

    TestServer.await(TestServer.take(server.methods.seen).call().gone());
    assertThat(TestServer.take(server.ended).code()).isEqualTo(Code.CANCELLED);
    server.methods.answer(Reply.of(Operation.getDefaultInstance()));
    late.complete(Reply.of(Operation.getDefaultInstance()));
    assertThat(get().code()).isEqualTo(Code.OK);
  }

  @Test
  void a_caller_chooses_a_cached_answer_by_a_header() {
    call(
        "GetOperation",
        GET,
        Operation.getDefaultInstance(),
        Map.of("longrunning-consistency", "cached"));
    call("GetOperation", GET, Operation.getDefaultInstance(), Map.of());
    var other =
        call(
            "GetOperation",
            GET,
            Operation.getDefaultInstance(),
            Map.of("longrunning-consistency", "x"));

    assertThat(TestServer.take(server.methods.seen).call().cached()).isTrue();
    assertThat(TestServer.take(server.methods.seen).call().cached()).isFalse();
    assertThat(other.code()).isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void what_no_row_has_is_answered() {
    assertThat(unknown().code()).isIn(Code.UNIMPLEMENTED, Code.NOT_FOUND);
  }

  @Test
  void what_cannot_be_parsed_is_answered_and_not_handled() {
    assertThat(malformed())
        .isNotEmpty()
        .allSatisfy(outcome -> assertThat(outcome.code()).isEqualTo(Code.INVALID_ARGUMENT));
    assertThat(server.methods.seen).isEmpty();
  }

  @Test
  void an_answer_may_come_later_from_another_thread() {
    server.methods.answer(
        () ->
            Future.future(
                promise ->
                    new Thread(() -> promise.complete(Reply.of(Operation.getDefaultInstance())))
                        .start()));

    assertThat(get().code()).isEqualTo(Code.OK);
  }
}
