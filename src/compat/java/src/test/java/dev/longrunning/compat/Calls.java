package dev.longrunning.compat;

import com.google.api.gax.httpjson.HttpJsonCallContext;
import com.google.api.gax.longrunning.OperationFuture;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** What one client can do with operations; {@code waits} is empty where it has no such method. */
record Calls(
    Function<String, Operation> get,
    Function<ListOperationsRequest, List<List<String>>> list,
    Optional<Function<String, Operation>> waits,
    Consumer<String> cancel,
    Consumer<String> delete,
    Function<String, OperationFuture<? extends Message, ? extends Message>> follow,
    List<AutoCloseable> resources)
    implements AutoCloseable {
  private static final Duration WAIT = Duration.newBuilder().setSeconds(60).build();

  // The settings of a client that a library makes for itself cannot be reached: it would try again.
  private static final HttpJsonCallContext ONCE =
      HttpJsonCallContext.createDefault().withRetryableCodes(Set.of());

  /** Of the client that every library has for gRPC. */
  static Calls of(
      com.google.longrunning.OperationsClient client,
      Function<String, OperationFuture<? extends Message, ? extends Message>> follow,
      AutoCloseable... resources) {
    return new Calls(
        client::getOperation,
        request -> {
          var pages = new ArrayList<List<String>>();
          client.listOperations(request).iteratePages().forEach(x -> pages.add(names(x)));
          return pages;
        },
        Optional.of(
            name ->
                client.waitOperation(
                    com.google.longrunning.WaitOperationRequest.newBuilder()
                        .setName(name)
                        .setTimeout(WAIT)
                        .build())),
        client::cancelOperation,
        client::deleteOperation,
        follow,
        List.of(resources));
  }

  /** Of the client that every library has for HTTP/JSON. */
  static Calls of(
      com.google.api.gax.httpjson.longrunning.OperationsClient client,
      Function<String, OperationFuture<? extends Message, ? extends Message>> follow,
      AutoCloseable... resources) {
    return new Calls(
        name ->
            client
                .getOperationCallable()
                .call(GetOperationRequest.newBuilder().setName(name).build(), ONCE),
        request -> {
          var pages = new ArrayList<List<String>>();
          client.listOperations(request).iteratePages().forEach(x -> pages.add(names(x)));
          return pages;
        },
        Optional.empty(),
        client::cancelOperation,
        client::deleteOperation,
        follow,
        List.of(resources));
  }

  private static List<String> names(
      com.google.api.gax.paging.AbstractPage<?, ?, Operation, ?> page) {
    var names = new ArrayList<String>();
    page.getValues().forEach(operation -> names.add(operation.getName()));
    return names;
  }

  @Override
  public void close() throws Exception {
    for (var resource : resources) {
      resource.close();
    }
  }
}
