package dev.longrunning.compat.rows;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsClient;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** The two clients that gax has for google.longrunning.Operations, which share no type. */
interface Operations {
  Operation get(String name);

  /** The names on each page. */
  List<List<String>> pages(ListOperationsRequest request);

  void cancel(String name);

  void delete(String name);

  /** Waits until it is done, while {@code then} is made. */
  Operation await(String name, Rows.Step then) throws Exception;

  static Operations of(OperationsClient client) {
    return new Operations() {
      @Override
      public Operation get(String name) {
        return client.getOperation(name);
      }

      @Override
      public List<List<String>> pages(ListOperationsRequest request) {
        var pages = new ArrayList<List<String>>();
        for (var page : client.listOperations(request).iteratePages()) {
          pages.add(names(page.getValues()));
        }
        return pages;
      }

      @Override
      public void cancel(String name) {
        client.cancelOperation(name);
      }

      @Override
      public void delete(String name) {
        client.deleteOperation(name);
      }

      @Override
      public Operation await(String name, Rows.Step then) throws Exception {
        var request =
            WaitOperationRequest.newBuilder()
                .setName(name)
                .setTimeout(Duration.newBuilder().setSeconds(10 * Rows.SECONDS));
        var waiting = client.waitOperationCallable().futureCall(request.build());
        then.run();
        return waiting.get(Rows.SECONDS, TimeUnit.SECONDS);
      }
    };
  }

  static Operations of(com.google.api.gax.httpjson.longrunning.OperationsClient client) {
    return new Operations() {
      @Override
      public Operation get(String name) {
        return client.getOperation(name);
      }

      @Override
      public List<List<String>> pages(ListOperationsRequest request) {
        var pages = new ArrayList<List<String>>();
        for (var page : client.listOperations(request).iteratePages()) {
          pages.add(names(page.getValues()));
        }
        return pages;
      }

      @Override
      public void cancel(String name) {
        client.cancelOperation(name);
      }

      @Override
      public void delete(String name) {
        client.deleteOperation(name);
      }

      @Override
      public Operation await(String name, Rows.Step then) throws Rows.Cannot {
        boolean can =
            Arrays.stream(client.getClass().getMethods())
                .anyMatch(method -> method.getName().startsWith("waitOperation"));
        Rows.same(can, false);
        throw new Rows.Cannot("Over REST the library has no WaitOperation: its futures poll.");
      }
    };
  }

  private static List<String> names(Iterable<Operation> operations) {
    return StreamSupport.stream(operations.spliterator(), false).map(Operation::getName).toList();
  }
}
