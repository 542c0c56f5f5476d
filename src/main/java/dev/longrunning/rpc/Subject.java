package dev.longrunning.rpc;

import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.Profile;
import java.util.List;
import java.util.function.Function;

/**
 * Finds out what a request is about.
 *
 * <p><b>Promise.</b> Two steps, because scopes are a matter of the service alone: what is wrong
 * with a name is said only to who may use the service.
 */
interface Subject<Q> {
  /** The service that is meant; throws {@link Problem} INVALID if that is not one. */
  Profile service(Call call, Q request);

  /** What of that service; throws {@link Problem} INVALID if its name cannot be one. */
  Target target(Profile service, Q request);

  /** An operation, by its name. */
  static <Q> Subject<Q> operation(Function<Q, String> service, Function<Q, String> name) {
    return new Subject<>() {
      @Override
      public Profile service(Call call, Q request) {
        return call.services().meantByOperation(service.apply(request), name.apply(request));
      }

      @Override
      public Target target(Profile of, Q request) {
        return operation(of, name.apply(request));
      }
    };
  }

  /** An operation of the service that the call is for. */
  static <Q> Subject<Q> operation(Function<Q, String> name) {
    return operation(request -> "", name);
  }

  /** That of a service, if it can be called so. */
  static Target operation(Profile service, String name) {
    checkResource("name", name);
    return new Target.Operation(service, service.names().checked("name", name));
  }

  /** Throws if nothing can be called so. */
  static void checkResource(String field, String name) {
    OperationName.resourceFault(field, name)
        .ifPresent(
            fault -> {
              throw Problem.invalid(List.of(fault));
            });
  }
}
