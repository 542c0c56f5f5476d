package dev.longrunning.rpc;

import com.google.longrunning.GetOperationRequest;
import com.google.protobuf.Empty;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Candidates;
import dev.longrunning.profile.Profile;
import dev.longrunning.profile.Services;
import dev.longrunning.profile.SignalVerb;
import dev.longrunning.service.Operations;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The rows of the further verbs of services, under the names that the services have for them.
 *
 * <p>Their requests are read as messages with a name in the first field: their proto files are the
 * services' own, and not known here.
 */
public final class SignalMethods {
  private final Operations operations;

  private SignalMethods(Operations operations) {
    this.operations = operations;
  }

  /** The rows over the operations of one event loop. */
  public static List<Method<?, ?>> of(Operations operations, Services services) {
    var names = new TreeSet<String>();
    services
        .profiles()
        .forEach(service -> service.signals().forEach(signal -> names.add(signal.method())));
    var methods = new SignalMethods(operations);
    var rows = new ArrayList<Method<?, ?>>();
    names.forEach(name -> rows.add(methods.row(name)));
    return rows;
  }

  private Method<GetOperationRequest, Empty> row(String fullName) {
    int slash = fullName.indexOf('/');
    return new Method<>(
        fullName.substring(0, slash),
        fullName.substring(slash + 1),
        GetOperationRequest.getDefaultInstance(),
        Empty.getDefaultInstance(),
        List.of(),
        Guard.on(SignalVerb.PERMISSION, new Verb(fullName)),
        new CheckedHandler<>((call, request) -> signal(call, fullName, request.getName())));
  }

  /** An operation of a service that has the verb. */
  private record Verb(String method) implements Subject<GetOperationRequest> {
    private Candidates having(Call call) {
      return call.services()
          .having(each -> each.signal(method).isPresent())
          .orElseThrow(() -> Problem.unimplemented(method + ": no service here has it"));
    }

    @Override
    public Profile service(Call call, GetOperationRequest request) {
      return having(call).meantByOperation("", request.getName());
    }

    @Override
    public Target target(Profile service, GetOperationRequest request) {
      return Subject.operation(service, request.getName());
    }
  }

  private Future<Reply> signal(Call call, String method, String name) {
    var service = new Verb(method).having(call).ofOperation("", "name", name);
    var signal = service.signal(method).orElseThrow();
    return operations
        .signal(new OperationKey(service.id(), name), signal.verb(), call.deadline())
        .map(Reply.of(Bytes.EMPTY));
  }
}
