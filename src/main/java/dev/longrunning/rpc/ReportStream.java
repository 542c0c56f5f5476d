package dev.longrunning.rpc;

import com.google.rpc.Code;
import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.ReceivedSignals.Received;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.rpc.ReportOutbox.Report;
import dev.longrunning.service.Demands;
import dev.longrunning.service.Producer.Written;
import dev.longrunning.service.Reports;
import dev.longrunning.v1.ReportOperationsRequest;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One stream of reports.
 *
 * <p><b>Promise.</b> Every report that is read has one result, under its sequence. While the caller
 * does not read results, no more reports are read. Once the caller has no more, the stream ends
 * when all results are sent. When the server is about to stop, the caller is told at once; what was
 * read goes on for {@value #GO_AWAY_MILLIS} ms, what is not at the store then is refused, and the
 * stream ends once all results are sent: so a report without a result was not begun.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> {@value #REPORTS_MAX} reports under way, from the moment one is read until its
 * result is sent, and a share of the {@link ReportRoom}. Beyond, its caller is slowed down.
 */
final class ReportStream
    implements StreamListener<ReportOperationsRequest>,
        ReportTurns.Stream,
        ReportOutbox.Owner,
        Demands.Listener {
  /** As many as may be at the store. */
  static final int REPORTS_MAX = 4_096;

  /** So long a caller may still say that it has no more; well below the least grace of a stop. */
  static final long GO_AWAY_MILLIS = 500;

  private final Call call;
  private final StreamPeer peer;
  private final ProducerChanges changes;
  private final ReportMetrics metrics;
  private final ReportPasses passes;
  private final Reports reports;
  private final ReportTurns turns;
  private final ReportTurns.Seat seat;
  private final ReportRoom.Share room;
  private final ReportOutbox outbox;

  /** Of the reports under way. */
  private final Set<Long> sequences = new HashSet<>();

  private int underWay;
  private boolean pulling;
  private boolean halfClosed;
  private Optional<Problem> stopping = Optional.empty();

  /** Whether the time of a stop is over. */
  private boolean stopped;

  private boolean closed;

  /** What the streams of one event loop share. */
  record Shared(
      Reports.Service service,
      ProducerChanges changes,
      ReportTurns turns,
      ReportRoom room,
      ReportMetrics metrics,
      ReportPasses.Desk desk) {}

  ReportStream(Shared shared, Call call, StreamPeer peer) {
    this.call = call;
    this.peer = peer;
    this.changes = shared.changes();
    this.metrics = shared.metrics();
    this.passes = new ReportPasses(shared.desk(), call);
    this.turns = shared.turns();
    this.seat = turns.seat(call.caller(), this);
    this.room = shared.room().of(call.caller());
    this.outbox = new ReportOutbox(peer, room, this);
    this.reports =
        shared.service().open(new Reports.Source(call.caller(), call.deadline(), room, this));
    seat.wake();
  }

  @Override
  public void request(ReportOperationsRequest request) {
    pulling = false;
    underWay++;
    metrics.began();
    take(request);
    seat.wake();
  }

  private void take(ReportOperationsRequest request) {
    long sequence = request.getSequence();
    int bytes = ReportRoom.REPORT_BYTES + request.getSerializedSize();
    if (!room.take(bytes)) {
      refuse(new Report(sequence, false, 0), Problem.overloaded("reports"));
      return;
    }
    var report = new Report(sequence, sequences.add(sequence), bytes);
    if (stopping.isPresent()) {
      refuse(report, stopping.get());
    } else if (!report.ownsSequence()) {
      refuse(report, Problem.invalid("sequence", sequence, "one that is not under way"));
    } else {
      apply(report, request);
    }
  }

  private void apply(Report report, ReportOperationsRequest request) {
    passes.enter(
        request, () -> applyPassed(report, request), refusal -> refuseNow(report, refusal));
  }

  private void refuseNow(Report report, Problem problem) {
    if (!closed) {
      refuse(report, peer.problem(problem));
      seat.wake();
    }
  }

  private void applyPassed(Report report, ReportOperationsRequest request) {
    if (closed) {
      return;
    }
    Composable change;
    Consumer<Optional<Problem>> note;
    try {
      change = change(request);
      note = passes.note(request);
    } catch (RuntimeException failure) {
      refuse(report, peer.problem(failure));
      return;
    }
    reports
        .apply(change)
        .onComplete(
            written -> {
              var failure = Optional.ofNullable(written.cause()).map(peer::problem);
              note.accept(failure);
              answered(report, written, failure);
            });
  }

  private Composable change(ReportOperationsRequest request) {
    Bounds.check(request);
    return switch (request.getReportCase()) {
      case START -> changes.of(call, request.getStart());
      case UPDATE -> changes.of(call, request.getUpdate());
      case COMPLETE -> changes.of(call, request.getComplete());
      case REPORT_NOT_SET -> throw Problem.invalid("report", "", "start, update or complete");
    };
  }

  private void answered(Report report, AsyncResult<Written> written, Optional<Problem> failure) {
    if (closed) {
      return;
    }
    if (failure.isPresent()) {
      refuse(report, failure.get());
    } else {
      metrics.answered(Code.OK);
      outbox.applied(report, written.result());
    }
    seat.wake();
  }

  private void refuse(Report report, Problem problem) {
    metrics.answered(StatusTable.code(problem.kind()));
    outbox.refused(report, problem);
  }

  @Override
  public void cancelRequested(OperationKey key, Instant at) {
    outbox.cancelRequested(key, at);
    seat.wake();
  }

  @Override
  public void signalReceived(OperationKey key, Received signal) {
    outbox.signalReceived(key, signal);
    seat.wake();
  }

  @Override
  public boolean step() {
    if (closed) {
      return false;
    }
    if (outbox.send()) {
      return true;
    }
    if (isDone()) {
      stopping.filter(problem -> !halfClosed).ifPresentOrElse(peer::fail, peer::end);
      return false;
    }
    if (!mayPull()) {
      return false;
    }
    pulling = true;
    peer.pull();
    return !pulling;
  }

  private boolean isDone() {
    return (halfClosed || stopped) && underWay == 0 && outbox.isEmpty();
  }

  private boolean mayPull() {
    boolean may =
        !pulling && !halfClosed && underWay < REPORTS_MAX && outbox.isEmpty() && peer.isReady();
    if (may && !room.isAtEase()) {
      seat.wakeLater();
      return false;
    }
    return may;
  }

  @Override
  public void fail(Throwable thrown) {
    peer.fail(thrown);
  }

  @Override
  public Future<Optional<Snapshot>> read(OperationKey key) {
    return reports.read(key);
  }

  @Override
  public void wake() {
    seat.wake();
  }

  @Override
  public void sent(Report report) {
    underWay--;
    metrics.ended(1);
    room.give(report.bytes());
    if (report.ownsSequence()) {
      sequences.remove(report.sequence());
    }
  }

  @Override
  public void halfClosed() {
    halfClosed = true;
    seat.wake();
  }

  @Override
  public void ready() {
    seat.wake();
  }

  @Override
  public void draining(StreamPeer same) {
    // Its turn to end comes later: a caller that leaves before is not stopped in the middle.
    outbox.goAway();
    seat.wake();
  }

  @Override
  public void stopping(StreamPeer same, Problem problem) {
    stopping = Optional.of(problem);
    outbox.goAway();
    turns.after(GO_AWAY_MILLIS, () -> stop(problem));
    seat.wake();
  }

  private void stop(Problem problem) {
    if (!closed) {
      stopped = true;
      reports.stop(problem);
      seat.wake();
    }
  }

  @Override
  public void closed() {
    closed = true;
    reports.close();
    outbox.drop();
    room.giveAll();
    metrics.ended(underWay);
  }
}
