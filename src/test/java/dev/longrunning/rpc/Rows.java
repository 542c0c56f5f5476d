package dev.longrunning.rpc;

import static dev.longrunning.store.Await.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.longrunning.observe.Metrics;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.service.Fixture;
import dev.longrunning.types.TestTypes;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of one replica, called without a transport. */
final class Rows {
  static final Call GRPC =
      new Call(
          TestProfiles.DEFAULT.all(), "127.0.0.1", Optional.empty(), false, Call.Transport.GRPC);
  static final Call REST =
      new Call(
          TestProfiles.DEFAULT.all(), "127.0.0.1", Optional.empty(), false, Call.Transport.REST);

  final Fixture fixture = new Fixture();
  private final List<Method<?, ?>> rows = new ArrayList<>();

  /** Its turns come with {@link Fixture#clock}: the next one once a millisecond has passed. */
  final StreamMethod<ReportOperationsRequest, ReportOperationsResponse> reports =
      ReportMethod.of(
          fixture.reports,
          new Admission.Loop() {
            @Override
            public void next(Runnable task) {
              after(1, task);
            }

            @Override
            public void after(long millis, Runnable task) {
              fixture.clock.after(Duration.ofMillis(millis), task);
            }
          },
          Gate.open(),
          Audit.NONE,
          new Metrics(System::nanoTime));

  Rows() {
    rows.addAll(OperationsMethods.of(fixture.operations, TestTypes.filters(), fixture.clock));
    rows.addAll(ProducerMethods.of(fixture.producer));
  }

  /** Those of calls and of streams. */
  List<Row<?, ?>> withStreams() {
    var all = new ArrayList<Row<?, ?>>(rows);
    all.add(reports);
    return all;
  }

  List<Method<?, ?>> all() {
    return rows;
  }

  Future<Reply> send(Call call, Message request) {
    return rows.stream()
        .filter(row -> row.request().getClass().equals(request.getClass()))
        .findFirst()
        .map(row -> handle(row, call, request))
        .orElseThrow();
  }

  @SuppressWarnings("unchecked")
  private static <Q extends Message> Future<Reply> handle(
      Method<Q, ?> row, Call call, Message request) {
    return row.handler().handle(call, (Q) request);
  }

  /** Calls over gRPC, and parses the answer into a message of the type of {@code answer}. */
  @SuppressWarnings("unchecked")
  <A extends Message> A answer(Message request, A answer) {
    try {
      return (A) answer.getParserForType().parseFrom(await(send(GRPC, request)).body().array());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
