package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationName;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;
import dev.longrunning.service.OperationWire;
import dev.longrunning.service.Producer;
import dev.longrunning.v1.AdoptOperationRequest;
import dev.longrunning.v1.AdoptOperationResponse;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The unary rows of {@code longrunning.v1.OperationProducer}, as the default profile binds them.
 */
public final class ProducerMethods {
  public static final String SERVICE = "longrunning.v1.OperationProducer";

  private static final String FLAT = "/v1/{name=operations/**}";
  private static final String NESTED = "/v1/{name=**/operations/*}";

  private final Producer producer;

  private ProducerMethods(Producer producer) {
    this.producer = producer;
  }

  /** The rows over the producer of one event loop. */
  public static List<Method<?, ?>> of(Producer producer) {
    return new ProducerMethods(producer).rows();
  }

  private List<Method<?, ?>> rows() {
    return List.of(
        row(
            "StartOperation",
            StartOperationRequest.getDefaultInstance(),
            StartOperationResponse.getDefaultInstance(),
            // The flat collection is a variable too: so its path wins over a parent in the body.
            List.of(
                HttpRule.post("/v1/{parent=operations}:start"),
                HttpRule.post("/v1/{parent=**}/operations:start")),
            "longrunning.producer.start",
            this::start),
        row(
            "UpdateOperation",
            UpdateOperationRequest.getDefaultInstance(),
            UpdateOperationResponse.getDefaultInstance(),
            List.of(HttpRule.post(FLAT + ":update"), HttpRule.post(NESTED + ":update")),
            "longrunning.producer.update",
            this::update),
        row(
            "CompleteOperation",
            CompleteOperationRequest.getDefaultInstance(),
            CompleteOperationResponse.getDefaultInstance(),
            List.of(HttpRule.post(FLAT + ":complete"), HttpRule.post(NESTED + ":complete")),
            "longrunning.producer.complete",
            this::complete),
        row(
            "AdoptOperation",
            AdoptOperationRequest.getDefaultInstance(),
            AdoptOperationResponse.getDefaultInstance(),
            List.of(HttpRule.post(FLAT + ":adopt"), HttpRule.post(NESTED + ":adopt")),
            "longrunning.producer.adopt",
            this::adopt));
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

  private Future<Reply> start(Call call, StartOperationRequest request) {
    checkTogether(request);
    String parent = OperationName.collection("parent", request.getParent());
    var beginning =
        new Producer.Beginning(
            Decoding.service(call, request.getService()),
            request.getName().isEmpty() ? parent : OperationName.collectionOf(request.getName()),
            name(request, parent),
            Decoding.request(request.getRequestId()),
            contents(request),
            Decoding.duration(request.hasRetention(), request.getRetention()),
            lease(request));
    return producer.start(beginning, call.deadline()).map(OperationWire::started).map(Reply::of);
  }

  /** What only several fields together can be wrong about. */
  private static void checkTogether(StartOperationRequest request) {
    var faults = new ArrayList<Violation>();
    String name = request.getName();
    if (!name.isEmpty() && !request.getOperationId().isEmpty()) {
      faults.add(Violation.of("name", name, "only without operation_id"));
    }
    if (!name.isEmpty() && !request.getParent().isEmpty()) {
      String parent = OperationName.collection("parent", request.getParent());
      // The path of an HTTP call is a parent always: a name has to lie below it.
      if (!OperationName.collectionOf(name).equals(parent)) {
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

  private static Optional<String> name(StartOperationRequest request, String parent) {
    if (!request.getName().isEmpty()) {
      return Optional.of(request.getName());
    }
    return request.getOperationId().isEmpty()
        ? Optional.empty()
        : Optional.of(OperationName.in(parent, request.getOperationId()));
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

  private Future<Reply> update(Call call, UpdateOperationRequest request) {
    return producer
        .update(
            Decoding.key(call, request.getService(), request.getName()),
            Decoding.guard(request.getRequestId(), request.getLeaseToken(), request.getVersion()),
            Decoding.contents(request),
            Decoding.duration(request.hasLeaseDuration(), request.getLeaseDuration()),
            call.deadline())
        .map(OperationWire::updated)
        .map(Reply::of);
  }

  private Future<Reply> complete(Call call, CompleteOperationRequest request) {
    boolean response = request.hasResponse();
    if (!response && !request.hasError()) {
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
    return producer
        .complete(
            Decoding.key(call, request.getService(), request.getName()),
            Decoding.guard(request.getRequestId(), request.getLeaseToken(), request.getVersion()),
            response ? Outcome.RESPONSE : Outcome.ERROR,
            Decoding.serialized(response ? request.getResponse() : request.getError()),
            contents,
            call.deadline())
        .map(OperationWire::completed)
        .map(Reply::of);
  }

  private Future<Reply> adopt(Call call, AdoptOperationRequest request) {
    var duration = Decoding.duration(request.hasLeaseDuration(), request.getLeaseDuration());
    return producer
        .adopt(
            Decoding.key(call, request.getService(), request.getName()),
            Decoding.request(request.getRequestId()),
            duration.orElseThrow(
                () -> Problem.invalid("lease_duration", "", "1s to 86400s: an adoption needs one")),
            request.getForce(),
            call.deadline())
        .map(OperationWire::adopted)
        .map(Reply::of);
  }
}
