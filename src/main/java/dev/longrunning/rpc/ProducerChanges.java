package dev.longrunning.rpc;

import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;
import dev.longrunning.profile.Profile;
import dev.longrunning.service.Producer;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * The changes that producers ask for, whether by a call or by a report within a stream.
 *
 * <p><b>Promise.</b> A request within its {@link Bounds} becomes a change, or a {@link Problem} is
 * thrown that names the fields at fault.
 */
final class ProducerChanges {
  private final Producer producer;

  ProducerChanges(Producer producer) {
    this.producer = producer;
  }

  Start of(Call call, StartOperationRequest request) {
    var service = service(call, request);
    checkTogether(service, request);
    String name = name(service, request);
    return producer.starting(
        new Producer.Beginning(
            service.id(),
            service.collection().of(name, request.getLabelsMap()),
            name,
            Decoding.request(request.getRequestId()),
            contents(request),
            Decoding.duration(request.hasRetention(), request.getRetention()),
            lease(request)));
  }

  /** What only several fields together can be wrong about. */
  private static void checkTogether(Profile service, StartOperationRequest request) {
    var faults = new ArrayList<Violation>();
    String name = request.getName();
    if (!name.isEmpty() && !request.getOperationId().isEmpty()) {
      faults.add(Violation.of("name", name, "only without operation_id"));
    }
    if (!name.isEmpty() && !request.getParent().isEmpty()) {
      // The path of an HTTP call is a parent always: a name has to lie below it.
      if (!service.collection().isBelow(parent(request), name)) {
        faults.add(Violation.of("name", name, "only names below parent, or no parent"));
      }
    }
    if (request.hasAdoptionWindow() && !request.hasLeaseDuration()) {
      var window = Decoding.duration(request.getAdoptionWindow());
      faults.add(Violation.of("adoption_window", window, "only with lease_duration"));
    }
    if (!faults.isEmpty()) {
      throw Problem.invalid(faults);
    }
  }

  private static Profile service(Call call, StartOperationRequest request) {
    return request.getName().isEmpty()
        ? call.services().ofCollection(request.getService(), request.getParent())
        : call.services().ofOperation(request.getService(), "name", request.getName());
  }

  private static String parent(StartOperationRequest request) {
    return OperationName.collection("parent", request.getParent());
  }

  /** As the caller says, or else one that the server chooses. */
  private String name(Profile service, StartOperationRequest request) {
    if (!request.getName().isEmpty()) {
      return service.checkedName(request.getName());
    }
    String parent = parent(request);
    if (!service.namesBelow(parent)) {
      throw Problem.invalid("name", "", service.names().allowed() + ": it cannot be chosen here");
    }
    String id = request.getOperationId();
    return id.isEmpty()
        ? producer.freshName(service.id(), parent, Decoding.request(request.getRequestId()))
        : OperationName.in(parent, service.checkedId(id));
  }

  private static Contents contents(StartOperationRequest request) {
    return new Contents(
        true,
        Decoding.metadata(request.hasMetadata(), request.getMetadata()),
        true,
        Decoding.progress(request.hasProgress(), request.getProgress()),
        true,
        request.getLabelsMap());
  }

  private static Optional<Producer.LeaseWish> lease(StartOperationRequest request) {
    return Decoding.duration(request.hasLeaseDuration(), request.getLeaseDuration())
        .map(
            duration ->
                new Producer.LeaseWish(
                    duration,
                    Decoding.duration(request.hasAdoptionWindow(), request.getAdoptionWindow())
                        .orElse(Duration.ZERO)));
  }

  Update of(Call call, UpdateOperationRequest request) {
    return Producer.updating(
        Decoding.key(call, request.getService(), request.getName()),
        Decoding.guard(request.getRequestId(), request.getLeaseToken(), request.getVersion()),
        Decoding.contents(request),
        Decoding.duration(request.hasLeaseDuration(), request.getLeaseDuration()));
  }

  Complete of(Call call, CompleteOperationRequest request) {
    var service = call.services().ofOperation(request.getService(), "name", request.getName());
    boolean error = request.hasError();
    if (!error && !request.hasResponse() && !service.resultOptional()) {
      throw Problem.invalid("result", "", "response or error");
    }
    var contents =
        new Contents(
            request.hasMetadata(),
            Decoding.metadata(request.hasMetadata(), request.getMetadata()),
            request.hasProgress(),
            Decoding.progress(request.hasProgress(), request.getProgress()),
            false,
            Map.of());
    return Producer.completing(
        new OperationKey(service.id(), request.getName()),
        Decoding.guard(request.getRequestId(), request.getLeaseToken(), request.getVersion()),
        error ? Outcome.ERROR : Outcome.RESPONSE,
        error
            ? Decoding.serialized(request.getError())
            : Decoding.response(request.hasResponse(), request.getResponse()),
        contents);
  }
}
