package dev.longrunning.rpc;

import dev.longrunning.observe.Metrics;
import dev.longrunning.service.Reports;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import io.vertx.core.Context;
import java.util.List;

/** The row of the stream of {@code longrunning.v1.OperationProducer}; it has no form over HTTP. */
public final class ReportMethod {
  private ReportMethod() {}

  /**
   * The row of one event loop.
   *
   * @param loop the event loop
   * @param gate lets each report in
   */
  public static StreamMethod<ReportOperationsRequest, ReportOperationsResponse> of(
      Reports.Service service, Context loop, Gate gate, Audit audit, Metrics metrics) {
    return of(service, new ContextTurns(loop), gate, audit, metrics);
  }

  static StreamMethod<ReportOperationsRequest, ReportOperationsResponse> of(
      Reports.Service service, Admission.Loop loop, Gate gate, Audit audit, Metrics metrics) {
    var shared =
        new ReportStream.Shared(
            service,
            new ProducerChanges(service.producer()),
            new ReportTurns(loop),
            new ReportRoom(),
            new ReportMetrics(metrics),
            ReportPasses.Desk.of(gate, audit, ProducerMethods.of(service.producer())));
    return new StreamMethod<>(
        ProducerMethods.SERVICE,
        "ReportOperations",
        ReportOperationsRequest.getDefaultInstance(),
        ReportOperationsResponse.getDefaultInstance(),
        List.of(),
        Guard.somewhere("longrunning.producer.report"),
        StreamMethod.Requests.MANY,
        (call, peer) -> new ReportStream(shared, call, peer));
  }
}
