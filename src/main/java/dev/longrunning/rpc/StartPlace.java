package dev.longrunning.rpc;

import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Profile;
import dev.longrunning.v1.StartOperationRequest;

/**
 * The collection that an operation is to start in.
 *
 * <p><b>Promise.</b> It is the one that the operation will belong to. Where that cannot be told, it
 * is the whole service.
 */
final class StartPlace implements Subject<StartOperationRequest> {
  /** Stands for the one that the server will choose, of which no collection is made. */
  private static final String ANY_ID = "id";

  @Override
  public Profile service(Call call, StartOperationRequest request) {
    return request.getName().isEmpty()
        ? call.services().ofCollection(request.getService(), request.getParent())
        : call.services().meantByOperation(request.getService(), request.getName());
  }

  @Override
  public Target target(Profile service, StartOperationRequest request) {
    String name = request.getName();
    if (name.isEmpty()) {
      String parent = OperationName.collection("parent", request.getParent());
      String id = request.getOperationId().isEmpty() ? ANY_ID : request.getOperationId();
      return new Target.Place(service, collection(service, OperationName.in(parent, id), request));
    }
    Subject.operation(service, name);
    return new Target.Place(service, collection(service, name, request));
  }

  private static String collection(Profile service, String name, StartOperationRequest request) {
    try {
      return service.collection().of(name, request.getLabelsMap());
    } catch (Problem undecided) {
      // What is wrong is told to who may start operations anywhere.
      return "";
    }
  }
}
