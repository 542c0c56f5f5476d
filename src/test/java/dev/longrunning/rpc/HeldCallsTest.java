package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.TestProfiles;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that wait, through the pipeline. */
final class HeldCallsTest {
  private final Vertx vertx = Vertx.vertx();
  private final CallPipeline pipeline =
      new CallPipeline(
          vertx,
          InstantSource.system(),
          () -> "id",
          AdmissionSettings.DEFAULT.withCaller(16, 2),
          ended -> {});
  private final Method<WaitOperationRequest, Operation> method =
      new Method<>(
              "acme.Service",
              "Wait",
              WaitOperationRequest.getDefaultInstance(),
              Operation.getDefaultInstance(),
              List.of(),
              Guard.anybody("acme.wait"),
              (call, request) -> call.gone().compose(gone -> Future.failedFuture("late")))
          .waiting();

  @AfterEach
  void stop() {
    vertx.close();
  }

  private Future<Reply> hold(String caller, Promise<Void> gone) {
    var call =
        new Call(
            TestProfiles.DEFAULT.all(),
            caller,
            Optional.empty(),
            false,
            Call.Transport.GRPC,
            gone.future());
    return pipeline.run(
        method, call, WaitOperationRequest::getDefaultInstance, Function.identity());
  }

  @Test
  void a_caller_holds_so_many_and_no_more_until_one_ends() {
    Promise<Void> first = Promise.promise();
    hold("a", first);
    var second = hold("a", Promise.promise());

    var third = hold("a", Promise.promise());
    var other = hold("b", Promise.promise());
    first.complete();
    var fourth = hold("a", Promise.promise());

    assertThat(second.isComplete()).isFalse();
    assertThat(third.cause()).isInstanceOf(Problem.class).hasMessageContaining("of one caller");
    assertThat(((Problem) third.cause()).kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(other.isComplete()).isFalse();
    assertThat(fourth.isComplete()).isFalse();
  }

  @Test
  void the_bound_may_change_while_calls_are_held() {
    hold("a", Promise.promise());
    hold("a", Promise.promise());

    pipeline.limit(AdmissionSettings.DEFAULT.withCaller(16, 3));

    assertThat(hold("a", Promise.promise()).isComplete()).isFalse();
    assertThat(hold("a", Promise.promise()).failed()).isTrue();
  }

  @Test
  void a_call_that_comes_past_its_deadline_and_has_to_wait_is_answered_at_once() {
    var one = new AdmissionSettings(1, 10, 10, 10, 1, Duration.ofSeconds(1));
    pipeline.limit(one);
    var work =
        new Method<>(
            "acme.Service",
            "Work",
            WaitOperationRequest.getDefaultInstance(),
            Operation.getDefaultInstance(),
            List.of(),
            Guard.anybody("acme.work"),
            (call, request) -> Promise.<Reply>promise().future());
    var now =
        new Call(
            TestProfiles.DEFAULT.all(),
            "a",
            Optional.of(Instant.EPOCH),
            false,
            Call.Transport.GRPC);
    var ever =
        new Call(TestProfiles.DEFAULT.all(), "a", Optional.empty(), false, Call.Transport.GRPC);
    pipeline.run(work, ever, WaitOperationRequest::getDefaultInstance, Function.identity());

    var late = pipeline.run(work, now, WaitOperationRequest::getDefaultInstance, r -> r);

    assertThat(late.cause()).isInstanceOf(Problem.class);
    assertThat(((Problem) late.cause()).kind()).isEqualTo(Problem.Kind.DEADLINE);
  }
}
