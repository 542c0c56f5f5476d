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
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.StandardMethod;
import dev.longrunning.service.OperationWire;
import dev.longrunning.service.Operations;
import dev.longrunning.service.PollInterval;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The rows of {@code google.longrunning.Operations}; profiles say where REST finds them. */
public final class OperationsMethods {
  public static final String SERVICE = StandardMethod.SERVICE;

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
            StandardMethod.GET,
            GetOperationRequest.getDefaultInstance(),
            Operation.getDefaultInstance(),
            Subject.operation(GetOperationRequest::getName),
            this::get),
        row(
            StandardMethod.LIST,
            ListOperationsRequest.getDefaultInstance(),
            ListOperationsResponse.getDefaultInstance(),
            new CollectionSubject<>(
                filters,
                request -> "",
                ListOperationsRequest::getName,
                ListOperationsRequest::getFilter),
            this::list),
        row(
            StandardMethod.CANCEL,
            CancelOperationRequest.getDefaultInstance(),
            Empty.getDefaultInstance(),
            Subject.operation(CancelOperationRequest::getName),
            this::cancel),
        row(
            StandardMethod.DELETE,
            DeleteOperationRequest.getDefaultInstance(),
            Empty.getDefaultInstance(),
            Subject.operation(DeleteOperationRequest::getName),
            this::delete),
        row(
                StandardMethod.WAIT,
                WaitOperationRequest.getDefaultInstance(),
                Operation.getDefaultInstance(),
                Subject.operation(WaitOperationRequest::getName),
                this::waitFor)
            .waiting());
  }

  private static <Q extends Message, A extends Message> Method<Q, A> row(
      StandardMethod method, Q request, A response, Subject<Q> subject, Method.Handler<Q> handler) {
    return new Method<>(
        SERVICE,
        method.methodName(),
        request,
        response,
        List.of(),
        method == StandardMethod.GET
            ? Guard.on(method.permission(), method, subject).alsoByTicket()
            : Guard.on(method.permission(), method, subject),
        new CheckedHandler<>(handler));
  }

  private Future<Reply> get(Call call, GetOperationRequest request) {
    var service = service(call, StandardMethod.GET, request.getName());
    return operations
        .get(new OperationKey(service.id(), request.getName()), call.cached())
        .map(found -> reply(service, found));
  }

  private Future<Reply> list(Call call, ListOperationsRequest request) {
    if (request.getReturnPartialSuccess()) {
      return Future.failedFuture(
          Problem.unimplemented("return_partial_success: all operations are always reachable"));
    }
    var service = call.services().ofCollection("", request.getName());
    service.require(StandardMethod.LIST);
    var lists = service.lists();
    var sieve = filters.read(lists.dialect(), request.getFilter()).within(call.view());
    var query =
        new Operations.Query(
            service.id(),
            lists.collections("name", request.getName(), sieve.collection()),
            request.getFilter(),
            sieve,
            lists.pageSize(request.getPageSize(), sieve.filter().isPaged()),
            request.getPageToken());
    return operations.list(query).map(OperationWire::list).map(Reply::of);
  }

  private Future<Reply> cancel(Call call, CancelOperationRequest request) {
    var service = service(call, StandardMethod.CANCEL, request.getName());
    var deadline = deadline(call, service, StandardMethod.CANCEL);
    return operations
        .cancel(
            new OperationKey(service.id(), request.getName()),
            filters.with(service.running()),
            deadline)
        .map(EMPTY);
  }

  private Future<Reply> delete(Call call, DeleteOperationRequest request) {
    var service = service(call, StandardMethod.DELETE, request.getName());
    var deadline = deadline(call, service, StandardMethod.DELETE);
    return operations
        .delete(new OperationKey(service.id(), request.getName()), deadline)
        .map(EMPTY);
  }

  private Future<Reply> waitFor(Call call, WaitOperationRequest request) {
    var timeout = Decoding.duration(request.hasTimeout(), request.getTimeout());
    var service = service(call, StandardMethod.WAIT, request.getName());
    var key = new OperationKey(service.id(), request.getName());
    var deadline = deadline(call, service, StandardMethod.WAIT);
    return operations
        .waitFor(key, timeout, deadline, call.gone())
        .map(found -> reply(service, found));
  }

  /** The service that an operation is of, if it has the method. */
  private static Profile service(Call call, StandardMethod method, String name) {
    var service = call.services().ofOperation("", "name", name);
    service.require(method);
    return service;
  }

  /** The caller's, or that of the service's own configuration if it is earlier. */
  private Optional<Instant> deadline(Call call, Profile service, StandardMethod method) {
    var own = Optional.ofNullable(service.deadlines().get(method)).map(clock.instant()::plus);
    return Stream.concat(call.deadline().stream(), own.stream()).min(Comparator.naturalOrder());
  }

  private Reply reply(Profile service, Operations.Found found) {
    var snapshot = found.snapshot();
    Optional<Duration> pollAfter =
        snapshot.isDone() ? Optional.empty() : Optional.of(pollAfter(service, snapshot));
    // A version is never used again, so it names one state for good.
    return new Reply(
        found.operation(), pollAfter, Optional.of(Long.toHexString(snapshot.version())));
  }

  private Duration pollAfter(Profile service, Snapshot running) {
    var now = clock.instant();
    return service
        .polling()
        .map(polling -> polling.after(Duration.between(running.createTime(), now)))
        .orElseGet(() -> PollInterval.of(running, now));
  }
}
