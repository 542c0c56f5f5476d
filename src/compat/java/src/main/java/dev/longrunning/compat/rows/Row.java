package dev.longrunning.compat.rows;

import static dev.longrunning.compat.rows.Rows.SECONDS;
import static dev.longrunning.compat.rows.Rows.failure;
import static dev.longrunning.compat.rows.Rows.same;

import com.google.api.core.ApiFuture;
import com.google.api.gax.rpc.AbortedException;
import com.google.api.gax.rpc.CancelledException;
import com.google.api.gax.rpc.InvalidArgumentException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.api.gax.rpc.UnimplementedException;
import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest.FieldViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Tries each column once, with operations of its own, so that one that fails spoils no other. */
final class Row<R extends Message, M extends Message> {
  private final String target;
  private final Client<R, M> client;
  private final Profile<R, M> profile;
  private final Operations operations;
  private final Producer producer;
  private final M metadata;

  Row(String target, Client<R, M> client) {
    this.target = target;
    this.client = client;
    this.profile = client.profile();
    this.operations = client.operations();
    this.producer = new Producer(target, client.project(), profile);
    this.metadata = profile.metadata().apply(client.project());
  }

  void get() throws Exception {
    String name = producer.start("get");
    Operation running = operations.get(name);
    same(running.getName(), name);
    same(running.getDone(), false);
    same(running.getMetadata().unpack(metadata.getClass()), metadata);

    producer.complete(name);

    Operation done = operations.get(name);
    same(done.getDone(), true);
    same(done.getResponse().unpack(profile.response().getClass()), profile.response());
  }

  void list() throws Exception {
    String project = client.project() + "-list";
    var listed = new Producer(target, project, profile);
    var names = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      names.add(0, listed.start("list" + i));
    }

    var request = profile.naming().listed(project).toBuilder().setPageSize(2).build();

    var pages = operations.pages(request);
    same(pages.stream().map(List::size).toList(), List.of(2, 2, 1));
    same(pages.stream().flatMap(List::stream).toList(), names);
  }

  void await() throws Exception {
    String name = producer.start("wait");
    if (profile.missing().contains("wait") && !client.rest()) {
      var refused =
          failure(UnimplementedException.class, () -> awaited(name, () -> producer.complete(name)));
      same(refused.getReason(), "UNIMPLEMENTED");
      throw new Rows.Cannot("The service has no WaitOperation.");
    }
    same(awaited(name, () -> producer.complete(name)).getDone(), true);
  }

  private Operation awaited(String name, Rows.Step then) throws Exception {
    try {
      return operations.await(name, then);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  void future() throws Exception {
    String name = producer.start("future");
    var future = client.callable().resumeFutureCall(name);
    future.getPollingFuture().getAttemptResult().get(SECONDS, TimeUnit.SECONDS);
    same(future.isDone(), false);
    same(future.peekMetadata().get(SECONDS, TimeUnit.SECONDS), metadata);

    producer.complete(name);

    same(future.get(SECONDS, TimeUnit.SECONDS), profile.response());
    same(future.getMetadata().get(SECONDS, TimeUnit.SECONDS), metadata);

    String broken = producer.start("broken");
    producer.fail(broken);
    var failed =
        failure(AbortedException.class, () -> result(client.callable().resumeFutureCall(broken)));
    same(failed.getMessage().contains("gave up"), true);
  }

  private static <T> T result(ApiFuture<T> future) throws Exception {
    try {
      return future.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  void cancel() throws Exception {
    String name = producer.start("cancel");
    if (profile.missing().contains("cancel")) {
      refused(() -> operations.cancel(name));
      throw new Rows.Cannot("The service has no CancelOperation.");
    }
    operations.cancel(name);
    same(operations.get(name).getError().getCode(), 1);

    failure(CancelledException.class, () -> result(client.callable().resumeFutureCall(name)));

    String other = producer.start("cancel2");
    if (client.rest()) {
      cannotCancel(other);
    }
    result(client.callable().cancel(other));
    same(operations.get(other).getError().getCode(), 1);
  }

  private void cannotCancel(String name) throws Exception {
    try {
      client.callable().cancel(name);
    } catch (NullPointerException e) {
      throw new Rows.Cannot(
          "`cancelOperation` works, and futures see it. `OperationCallable.cancel` fails over REST"
              + " with a NullPointerException before anything is sent.");
    }
    throw new AssertionError("OperationCallable.cancel works over REST by now");
  }

  void delete() throws Exception {
    String name = producer.start("delete");
    if (profile.missing().contains("delete")) {
      refused(() -> operations.delete(name));
      throw new Rows.Cannot("The service has no DeleteOperation.");
    }
    operations.delete(name);
    var again = failure(NotFoundException.class, () -> operations.delete(name));
    same(again.getReason(), "OPERATION_DELETED");
  }

  /** A method that the service does not have. */
  private void refused(Rows.Step call) throws Exception {
    if (client.rest()) {
      failure(com.google.api.gax.rpc.ApiException.class, call);
    } else {
      same(failure(UnimplementedException.class, call).getReason(), "UNIMPLEMENTED");
    }
  }

  void errors() throws Exception {
    String absent = profile.naming().name(client.project(), "none");
    var missing = failure(NotFoundException.class, () -> operations.get(absent));
    same(missing.getReason(), "OPERATION_NOT_FOUND");
    same(missing.getDomain(), "longrunning.dev");
    // What came is cut where it is shown.
    same(absent.startsWith(missing.getMetadata().get("name").replace("…", "")), true);

    var request = profile.naming().listed(client.project()).toBuilder().setFilter("(").build();
    var invalid = failure(InvalidArgumentException.class, () -> operations.pages(request));
    same(invalid.getReason(), "INVALID_FIELD");
    var violations = invalid.getErrorDetails().getBadRequest().getFieldViolationsList();
    same(violations.stream().map(FieldViolation::getField).toList(), List.of("filter"));
  }
}
