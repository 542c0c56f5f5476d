package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
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
import java.util.List;

/**
 * The unary rows of {@code longrunning.v1.OperationProducer}; profiles say where REST finds them.
 */
public final class ProducerMethods {
  public static final String SERVICE = "longrunning.v1.OperationProducer";

  private final Producer producer;
  private final ProducerChanges changes;

  private ProducerMethods(Producer producer) {
    this.producer = producer;
    this.changes = new ProducerChanges(producer);
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
            Guard.on("longrunning.producer.start", new StartPlace()),
            this::start),
        row(
            "UpdateOperation",
            UpdateOperationRequest.getDefaultInstance(),
            UpdateOperationResponse.getDefaultInstance(),
            Guard.on(
                "longrunning.producer.update",
                Subject.operation(
                    UpdateOperationRequest::getService, UpdateOperationRequest::getName)),
            this::update),
        row(
            "CompleteOperation",
            CompleteOperationRequest.getDefaultInstance(),
            CompleteOperationResponse.getDefaultInstance(),
            Guard.on(
                "longrunning.producer.complete",
                Subject.operation(
                    CompleteOperationRequest::getService, CompleteOperationRequest::getName)),
            this::complete),
        row(
            "AdoptOperation",
            AdoptOperationRequest.getDefaultInstance(),
            AdoptOperationResponse.getDefaultInstance(),
            Guard.on(
                "longrunning.producer.adopt",
                Subject.operation(
                    AdoptOperationRequest::getService, AdoptOperationRequest::getName)),
            this::adopt));
  }

  private static <Q extends Message, A extends Message> Method<Q, A> row(
      String name, Q request, A response, Guard<Q> guard, Method.Handler<Q> handler) {
    return new Method<>(
        SERVICE, name, request, response, List.of(), guard, new CheckedHandler<>(handler));
  }

  private Future<Reply> start(Call call, StartOperationRequest request) {
    return producer
        .apply(changes.of(call, request), call.deadline())
        .map(OperationWire::started)
        .map(Reply::of);
  }

  private Future<Reply> update(Call call, UpdateOperationRequest request) {
    return producer
        .apply(changes.of(call, request), call.deadline())
        .map(written -> OperationWire.updated(written, Decoding.heard(request)))
        .map(Reply::of);
  }

  private Future<Reply> complete(Call call, CompleteOperationRequest request) {
    return producer
        .apply(changes.of(call, request), call.deadline())
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
