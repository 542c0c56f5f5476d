package dev.longrunning.app;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.longrunning.profile.HttpRule;
import dev.longrunning.rpc.Call;
import dev.longrunning.rpc.Guard;
import dev.longrunning.rpc.Method;
import dev.longrunning.rpc.Reply;
import dev.longrunning.rpc.Row;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/** Rows of google.longrunning whose handlers do what a test tells them, and tell what they got. */
final class TestMethods {
  /** A request as a handler saw it. */
  record Seen(Call call, Message request) {}

  static final String SERVICE = "google.longrunning.Operations";

  private static final String GET = "/v1/{name=operations/**}";
  private static final String NESTED = "/v1/{name=**/operations/*}";

  final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

  private volatile Function<Message, Future<Reply>> byRequest =
      request -> Future.succeededFuture(Reply.of(Operation.getDefaultInstance()));

  void answer(Supplier<Future<Reply>> next) {
    byRequest = request -> next.get();
  }

  void answer(Reply reply) {
    answer(() -> Future.succeededFuture(reply));
  }

  /** Answers with an operation of the name that was asked for. */
  void echo() {
    byRequest =
        request -> {
          var name = request.getDescriptorForType().findFieldByName("name");
          var operation = Operation.newBuilder().setName((String) request.getField(name));
          return Future.succeededFuture(Reply.of(operation.build()));
        };
  }

  void fail(Throwable failure) {
    answer(() -> Future.failedFuture(failure));
  }

  void neverAnswer() {
    answer(() -> Promise.<Reply>promise().future());
  }

  final TestStreams streams = new TestStreams();
  final TestWatch watch = new TestWatch();

  List<Row<?, ?>> rows() {
    var rows = new ArrayList<Row<?, ?>>(streams.rows());
    rows.add(watch.row());
    rows.addAll(
        List.of(
            row(
                "GetOperation",
                GetOperationRequest.getDefaultInstance(),
                Operation.getDefaultInstance(),
                HttpRule.get(GET),
                HttpRule.get(NESTED)),
            row(
                "ListOperations",
                ListOperationsRequest.getDefaultInstance(),
                ListOperationsResponse.getDefaultInstance(),
                HttpRule.get("/v1/{name=**}/operations"),
                HttpRule.get("/v1/{name=operations}")),
            row(
                "DeleteOperation",
                DeleteOperationRequest.getDefaultInstance(),
                Empty.getDefaultInstance(),
                HttpRule.delete(GET),
                HttpRule.delete(NESTED)),
            row(
                "CancelOperation",
                CancelOperationRequest.getDefaultInstance(),
                Empty.getDefaultInstance(),
                HttpRule.post(GET + ":cancel"),
                HttpRule.post(NESTED + ":cancel")),
            row(
                "WaitOperation",
                WaitOperationRequest.getDefaultInstance(),
                Operation.getDefaultInstance(),
                HttpRule.post(GET + ":wait"),
                HttpRule.post(NESTED + ":wait")),
            row(
                "UpdateOperation",
                UpdateOperationRequest.getDefaultInstance(),
                UpdateOperationResponse.getDefaultInstance(),
                HttpRule.post(GET + ":update"))));
    return rows;
  }

  private <Q extends Message, A extends Message> Method<Q, A> row(
      String name, Q request, A response, HttpRule... rules) {
    return new Method<>(
        SERVICE,
        name,
        request,
        response,
        List.of(rules),
        Guard.anybody("longrunning.test"),
        this::handle);
  }

  private <Q extends Message> Future<Reply> handle(Call call, Q request) {
    seen.add(new Seen(call, request));
    return byRequest.apply(request);
  }
}
