package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import dev.longrunning.v1.ReportOperationsRequest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lets the reports of one stream in, each as the call that it stands for.
 *
 * <p><b>Promise.</b> In their order, also where only the operation says where it belongs.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> Those of the stream for its reports under way.
 */
final class ReportPasses {
  /** The calls that reports stand for, on one event loop. */
  record Desk(Gate gate, Map<String, Method<?, ?>> rows) {
    static Desk of(Gate gate, List<Method<?, ?>> rows) {
      return new Desk(
          gate, rows.stream().collect(Collectors.toMap(Method::name, Function.identity())));
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
  void enter(ReportOperationsRequest report, Runnable then, Consumer<Throwable> refused) {
    switch (report.getReportCase()) {
      case START -> enter("StartOperation", report.getStart(), then, refused);
      case UPDATE -> enter("UpdateOperation", report.getUpdate(), then, refused);
      case COMPLETE -> enter("CompleteOperation", report.getComplete(), then, refused);
      case REPORT_NOT_SET ->
          refused.accept(Problem.invalid("report", "", "start, update or complete"));
    }
  }

  @SuppressWarnings("unchecked")
  private <Q extends Message> void enter(
      String method, Q request, Runnable then, Consumer<Throwable> refused) {
    var row = (Method<Q, ?>) desk.rows().get(method);
    if (row == null || !Gate.asks(row, call)) {
      then.run();
      return;
    }
    var entered = desk.gate().enter(row, call, request);
    if (before.isComplete() && entered.isComplete()) {
      entered.onComplete(pass -> then.run(), refused::accept);
      return;
    }
    before =
        before.transform(
            turn ->
                entered.transform(
                    pass -> {
                      if (pass.succeeded()) {
                        then.run();
                      } else {
                        refused.accept(pass.cause());
                      }
                      return Future.succeededFuture();
                    }));
  }
}
