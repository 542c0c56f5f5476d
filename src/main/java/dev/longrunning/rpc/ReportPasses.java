package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import dev.longrunning.v1.ReportOperationsRequest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lets the reports of one stream in, each as the call that it stands for, and has them audited as
 * such.
 *
 * <p><b>Promise.</b> In their order, also where only the operation says where it belongs.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> Those of the stream for its reports under way.
 */
final class ReportPasses {
  /** The calls that reports stand for, on one event loop. */
  record Desk(Gate gate, Audit audit, Map<String, Method<?, ?>> rows) {
    static Desk of(Gate gate, Audit audit, List<Method<?, ?>> rows) {
      return new Desk(
          gate, audit, rows.stream().collect(Collectors.toMap(Method::name, Function.identity())));
    }
  }

  private final Desk desk;
  private final Call call;
  private Future<Void> before = Future.succeededFuture();

  ReportPasses(Desk desk, Call call) {
    this.desk = desk;
    this.call = call;
  }

  /** Goes on with a report, or refuses it; at once unless one before it still waits. */
  void enter(ReportOperationsRequest report, Runnable then, Consumer<Problem> refused) {
    var row = row(report);
    if (!Gate.asks(row, call)) {
      then.run();
    } else {
      var entered = enter(row, report);
      Consumer<Problem> denied =
          problem -> {
            String name = RequestName.of(request(report));
            desk.audit().endedUnwatched(row, call, name, Optional.of(problem));
            refused.accept(problem);
          };
      inOrder(entered, then, denied);
    }
  }

  private void inOrder(Future<Gate.Pass> entered, Runnable then, Consumer<Problem> denied) {
    if (before.isComplete() && entered.isComplete()) {
      tell(entered, then, denied);
    } else {
      before =
          before.transform(
              turn ->
                  entered.transform(
                      any -> {
                        tell(entered, then, denied);
                        return Future.succeededFuture();
                      }));
    }
  }

  private static void tell(Future<Gate.Pass> entered, Runnable then, Consumer<Problem> denied) {
    if (entered.succeeded()) {
      then.run();
    } else {
      var cause = entered.cause();
      denied.accept(
          cause instanceof Problem problem ? problem : Problem.broken("a report's pass", cause));
    }
  }

  /**
   * Takes note of a report that goes on; to be told why it failed, or that it did not. Throws a
   * {@link Problem} if no note can be taken of it.
   */
  Consumer<Optional<Problem>> note(ReportOperationsRequest report) {
    var row = row(report);
    if (!desk.audit().watches(row)) {
      return ended -> {};
    }
    desk.audit()
        .begins(row)
        .ifPresent(
            refusal -> {
              throw refusal;
            });
    String name = RequestName.of(request(report));
    return ended -> desk.audit().ended(row, call, name, ended);
  }

  private Method<?, ?> row(ReportOperationsRequest report) {
    String method =
        switch (report.getReportCase()) {
          case START -> "StartOperation";
          case UPDATE, REPORT_NOT_SET -> "UpdateOperation";
          case COMPLETE -> "CompleteOperation";
        };
    var row = desk.rows().get(method);
    if (row == null) {
      throw new IllegalStateException("no row for " + method);
    }
    return row;
  }

  @SuppressWarnings("unchecked")
  private <Q extends Message> Future<Gate.Pass> enter(
      Method<Q, ?> row, ReportOperationsRequest report) {
    return desk.gate().enter(row, call, (Q) request(report));
  }

  private static Message request(ReportOperationsRequest report) {
    return switch (report.getReportCase()) {
      case START -> report.getStart();
      case COMPLETE -> report.getComplete();
      case UPDATE, REPORT_NOT_SET -> report.getUpdate();
    };
  }
}
