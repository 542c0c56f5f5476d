package dev.longrunning.rpc;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.longrunning.filter.Filters;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import dev.longrunning.service.OperationWire;
import dev.longrunning.service.Operations;
import dev.longrunning.service.PollInterval;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The rows of {@code google.longrunning.Operations}, as the default profile binds them. */
public final class OperationsMethods {
  public static final String SERVICE = "google.longrunning.Operations";

  private static final String FLAT = "/v1/{name=operations/**}";
  private static final String NESTED = "/v1/{name=**/operations/*}";
  private static final Reply EMPTY = Reply.of(Bytes.EMPTY);

  private final Operations operations;
  private final Filters filters;
  private final InstantSource clock;

  private OperationsMethods(Operations operations, Filters filters, InstantSource clock) {
    this.operations = operations;
    this.filters = filters;
    this.clock = clock;
  }

  /** The rows over the operations of one event loop. */
  public static List<Method<?, ?>> of(Operations operations, Filters filters, InstantSource clock) {
    return new OperationsMethods(operations, filters, clock).rows();
  }

  private List<Method<?, ?>> rows() {
    return List.of(
        row(
            "GetOperation",
            GetOperationRequest.getDefaultInstance(),
            Operation.getDefaultInstance(),
            List.of(HttpRule.get(FLAT), HttpRule.get(NESTED)),
            "longrunning.operations.get",
            this::get),
        row(
            "ListOperations",
            ListOperationsRequest.getDefaultInstance(),
            ListOperationsResponse.getDefaultInstance(),
            List.of(
                HttpRule.get("/v1/{name=operations}"), HttpRule.get("/v1/{name=**/operations}")),
            "longrunning.operations.list",
            this::list),
        row(
            "CancelOperation",
            CancelOperationRequest.getDefaultInstance(),
            Empty.getDefaultInstance(),
            List.of(HttpRule.post(FLAT + ":cancel"), HttpRule.post(NESTED + ":cancel")),
            "longrunning.operations.cancel",
            this::cancel),
        row(
            "DeleteOperation",
            DeleteOperationRequest.getDefaultInstance(),
            Empty.getDefaultInstance(),
            List.of(HttpRule.delete(FLAT), HttpRule.delete(NESTED)),
            "longrunning.operations.delete",
            this::delete),
        row(
                "WaitOperation",
                WaitOperationRequest.getDefaultInstance(),
                Operation.getDefaultInstance(),
                List.of(HttpRule.post(FLAT + ":wait"), HttpRule.post(NESTED + ":wait")),
                "longrunning.operations.wait",
                this::waitFor)
            .waiting());
  }

  private static <Q extends Message, A extends Message> Method<Q, A> row(
      String name,
      Q request,
      A response,
      List<HttpRule> rules,
      String permission,
      Method.Handler<Q> handler) {
    return new Method<>(
        SERVICE, name, request, response, rules, permission, new CheckedHandler<>(handler));
  }

  private Future<Reply> get(Call call, GetOperationRequest request) {
    return operations.get(key(call, request.getName()), call.cached()).map(this::reply);
  }

  private Future<Reply> list(Call call, ListOperationsRequest request) {
    if (request.getReturnPartialSuccess()) {
      return Future.failedFuture(
          Problem.unimplemented("return_partial_success: all operations are always reachable"));
    }
    var query =
        new Operations.Query(
            call.service(),
            OperationName.pattern("name", request.getName()),
            request.getFilter(),
            filters.read(call.service(), request.getFilter()),
            request.getPageSize(),
            request.getPageToken());
    return operations.list(query).map(OperationWire::list).map(Reply::of);
  }

  private Future<Reply> cancel(Call call, CancelOperationRequest request) {
    return operations.cancel(key(call, request.getName()), call.deadline()).map(EMPTY);
  }

  private Future<Reply> delete(Call call, DeleteOperationRequest request) {
    return operations.delete(key(call, request.getName()), call.deadline()).map(EMPTY);
  }

  private Future<Reply> waitFor(Call call, WaitOperationRequest request) {
    var timeout = Decoding.duration(request.hasTimeout(), request.getTimeout());
    return operations
        .waitFor(key(call, request.getName()), timeout, call.deadline(), call.gone())
        .map(this::reply);
  }

  private static OperationKey key(Call call, String name) {
    return new OperationKey(call.service(), name);
  }

  private Reply reply(Operations.Found found) {
    var snapshot = found.snapshot();
    Optional<Duration> pollAfter =
        snapshot.isDone()
            ? Optional.empty()
            : Optional.of(PollInterval.of(snapshot, clock.instant()));
    // A version is never used again, so it names one state for good.
    return new Reply(
        found.operation(), pollAfter, Optional.of(Long.toHexString(snapshot.version())));
  }
}
