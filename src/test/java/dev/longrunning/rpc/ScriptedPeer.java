package dev.longrunning.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.TestProfiles;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.ReportOperationsResponse;
import dev.longrunning.v1.ReportResult;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A caller of {@code ReportOperations} without a transport.
 *
 * <p><b>Promise.</b> Requests come when they are pulled, at once if they were sent before; nothing
 * is sent to it while it does not read, and nothing happens once it is over.
 */
final class ScriptedPeer implements StreamPeer {
  private static final StreamReply.Form PLAIN = body -> Buffer.buffer(body.array());

  private final ArrayDeque<ReportOperationsRequest> unread = new ArrayDeque<>();
  private StreamListener<ReportOperationsRequest> listener;
  private boolean ready = true;
  private boolean wanted;
  private boolean halfClosed;

  /** All that was sent to it. */
  final List<ReportOperationsResponse> received = new ArrayList<>();

  /** How the stream ended. */
  Optional<Code> end = Optional.empty();

  static ScriptedPeer open(Rows rows, String caller) {
    var peer = new ScriptedPeer();
    var call =
        new Call(TestProfiles.DEFAULT.all(), caller, Optional.empty(), false, Call.Transport.GRPC);
    peer.listener = rows.reports.handler().open(call, peer);
    peer.deliver();
    return peer;
  }

  void send(ReportOperationsRequest request) {
    unread.add(request);
    deliver();
  }

  void send(long sequence, ReportOperationsRequest.Builder report) {
    send(report.setSequence(sequence).build());
  }

  void halfClose() {
    halfClosed = true;
    deliver();
  }

  /** Reads, or stops reading. */
  void read(boolean reads) {
    ready = reads;
    if (reads) {
      listener.ready();
    }
  }

  void stop() {
    listener.stopping(this, Problem.stopping());
  }

  void leave() {
    over(Code.CANCELLED);
  }

  /** Requests that were sent and not pulled. */
  int unread() {
    return unread.size();
  }

  List<ReportResult> results() {
    return received.stream()
        .filter(ReportOperationsResponse::hasResult)
        .map(ReportOperationsResponse::getResult)
        .toList();
  }

  /** The only result of each sequence. */
  Map<Long, ReportResult> bySequence() {
    return results().stream()
        .collect(Collectors.toMap(ReportResult::getSequence, Function.identity()));
  }

  List<ReportOperationsResponse> events() {
    return received.stream().filter(response -> !response.hasResult()).toList();
  }

  private void deliver() {
    while (wanted && end.isEmpty() && listener != null) {
      if (!unread.isEmpty()) {
        wanted = false;
        listener.request(unread.remove());
      } else if (halfClosed) {
        wanted = false;
        listener.halfClosed();
      } else {
        return;
      }
    }
  }

  private void over(Code code) {
    if (end.isEmpty()) {
      end = Optional.of(code);
      if (listener != null) {
        listener.closed();
      }
    }
  }

  @Override
  public boolean showsLast() {
    return true;
  }

  @Override
  public boolean isReady() {
    return ready && end.isEmpty();
  }

  @Override
  public void send(StreamReply reply) {
    if (!isReady()) {
      throw new IllegalStateException("sent on a stream that is not ready");
    }
    try {
      received.add(ReportOperationsResponse.parseFrom(reply.in(PLAIN).getBytes()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void pull() {
    if (wanted) {
      throw new IllegalStateException("pulled twice");
    }
    wanted = true;
    deliver();
  }

  @Override
  public void end() {
    over(Code.OK);
  }

  @Override
  public void fail(Throwable failure) {
    over(StatusTable.code(problem(failure).kind()));
  }

  @Override
  public Problem problem(Throwable failure) {
    return failure instanceof Problem problem ? problem : Problem.internal("id-7");
  }
}
