package dev.longrunning.rpc;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.ReceivedSignals.Received;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.OperationWire;
import dev.longrunning.service.Producer.Written;
import dev.longrunning.v1.GoAway;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.ReportResult;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one stream of reports has to tell and its caller has had no room for yet.
 *
 * <p><b>Promise.</b> Everything is sent once: first that the server is about to stop, then
 * cancellations, then results in the order they came, and signals between them: callers may send
 * these faster than the producer reads, so that they have to take turns, with results and each
 * operation with others.
 *
 * <p><b>Threads.</b> Confined to the event loop of its stream.
 *
 * <p><b>Bounds.</b> As many results as reports are under way, and one cancellation and a signal a
 * verb for each operation that is followed. Results wait with their states while the {@link
 * ReportRoom} has room for them; where it has none, a state is read again before it is sent, one at
 * a time.
 */
final class ReportOutbox {
  private static final StreamReply GO_AWAY =
      StreamReply.of(
          ReportOperationsResponse.newBuilder().setGoAway(GoAway.getDefaultInstance()).build());

  private final StreamPeer peer;
  private final ReportRoom.Share room;
  private final Owner owner;
  private final ArrayDeque<Bytes> cancellations = new ArrayDeque<>(0);

  /** Of each verb of each operation the newest, in the order they came; no operation has none. */
  private final Map<OperationKey, Map<String, Received>> signals = new LinkedHashMap<>(0);

  private boolean signalSent;

  private final ArrayDeque<Result> results = new ArrayDeque<>();
  private boolean goAway;
  private boolean goneAway;
  private boolean reading;

  /** The stream that it belongs to. */
  interface Owner {
    /** Reads what an operation is now; empty if it is gone. */
    Future<Optional<Snapshot>> read(OperationKey key);

    /** There may be something to send. */
    void wake();

    /** The result of this report was sent. */
    void sent(Report report);
  }

  /**
   * A report whose result was not sent yet.
   *
   * @param ownsSequence no other report under way has the same
   * @param bytes that it takes of the room
   */
  record Report(long sequence, boolean ownsSequence, int bytes) {}

  private sealed interface Result {
    Report report();
  }

  private record Refused(Report report, Problem problem) implements Result {}

  /** A result with the state that it tells; empty: the operation is gone by now. */
  private record Applied(
      Report report, Optional<Snapshot> snapshot, Optional<Answer.Lease> lease, int stateBytes)
      implements Result {}

  /** One whose state is to be read again. */
  private record Unread(Report report, OperationKey key, Optional<Answer.Lease> lease)
      implements Result {}

  ReportOutbox(StreamPeer peer, ReportRoom.Share room, Owner owner) {
    this.peer = peer;
    this.room = room;
    this.owner = owner;
  }

  /** Whether nothing waits but signals, which may never end. */
  boolean isEmpty() {
    return !goAway && cancellations.isEmpty() && results.isEmpty();
  }

  /** Says once that the caller should go on elsewhere. */
  void goAway() {
    goAway |= !goneAway;
    goneAway = true;
  }

  void cancelRequested(OperationKey key, Instant at) {
    cancellations.add(OperationWire.cancelRequested(key, at));
  }

  void signalReceived(OperationKey key, Received signal) {
    var waiting = signals.computeIfAbsent(key, first -> new LinkedHashMap<>(1));
    // One that was not read yet is overtaken, and comes after what it came after.
    waiting.remove(signal.verb());
    waiting.put(signal.verb(), signal);
  }

  void refused(Report report, Problem problem) {
    results.add(new Refused(report, problem));
  }

  void applied(Report report, Written written) {
    var snapshot = written.snapshot();
    int bytes = snapshot.weight();
    // What can be sent at once waits for nothing.
    boolean atOnce = results.isEmpty() && peer.isReady();
    if (atOnce || room.take(bytes)) {
      results.add(new Applied(report, Optional.of(snapshot), written.lease(), atOnce ? 0 : bytes));
    } else {
      results.add(new Unread(report, snapshot.key(), written.lease()));
    }
  }

  /** Sends the next, if there is one and its caller has room for it; answers whether it did. */
  boolean send() {
    if (!peer.isReady()) {
      return false;
    }
    if (goAway) {
      goAway = false;
      peer.send(GO_AWAY);
    } else if (!cancellations.isEmpty()) {
      peer.send(StreamReply.of(cancellations.remove()));
    } else if (!signals.isEmpty() && !(signalSent && hasResult())) {
      sendSignal();
    } else {
      signalSent = false;
      return sendResult();
    }
    return true;
  }

  /** Whether one waits that could be sent now. */
  private boolean hasResult() {
    var next = results.peek();
    return next != null && !(next instanceof Unread && reading);
  }

  private void sendSignal() {
    var order = signals.entrySet().iterator();
    var first = order.next();
    var key = first.getKey();
    var waiting = first.getValue();
    order.remove();
    var verbs = waiting.values().iterator();
    var next = verbs.next();
    verbs.remove();
    if (!waiting.isEmpty()) {
      signals.put(key, waiting);
    }
    signalSent = true;
    peer.send(StreamReply.of(OperationWire.signalReceived(key, next)));
  }

  private boolean sendResult() {
    var next = results.peek();
    if (next == null) {
      return false;
    }
    if (next instanceof Unread unread) {
      read(unread);
      return false;
    }
    results.remove();
    if (next instanceof Applied applied) {
      room.give(applied.stateBytes());
    }
    // Told before: what is sent may end the stream.
    owner.sent(next.report());
    peer.send(reply(next));
    return true;
  }

  private static StreamReply reply(Result result) {
    long sequence = result.report().sequence();
    if (result instanceof Applied applied) {
      return StreamReply.of(OperationWire.reported(sequence, applied.snapshot(), applied.lease()));
    }
    var refused = (Refused) result;
    return StreamReply.of(
        ReportOperationsResponse.newBuilder()
            .setResult(
                ReportResult.newBuilder()
                    .setSequence(sequence)
                    .setError(ErrorStatus.of(refused.problem())))
            .build());
  }

  private void read(Unread unread) {
    if (reading) {
      return;
    }
    reading = true;
    // If it cannot be read, the result tells what it knows: that the report was applied.
    owner
        .read(unread.key())
        .otherwise(Optional.empty())
        .onComplete(
            read -> {
              reading = false;
              if (results.peek() == unread) {
                results.remove();
                results.addFirst(new Applied(unread.report(), read.result(), unread.lease(), 0));
                owner.wake();
              }
            });
  }

  /** Nobody is there to be told. */
  void drop() {
    goAway = false;
    cancellations.clear();
    signals.clear();
    results.clear();
  }
}
