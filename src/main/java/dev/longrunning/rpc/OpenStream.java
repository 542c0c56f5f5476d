package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call of a {@link StreamMethod}, on whatever transport: what a unary call goes through in
 * {@link CallPipeline#run}, spread over time.
 *
 * <p><b>Promise.</b> It ends once: by its handler, by its caller, at its deadline, or with the
 * server. Whatever ends it, the handler is told at once, the call is recorded once, and it is in no
 * list of ours any more once its last bytes have left. The status goes out behind all replies that
 * were sent.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> Replies wait for the caller's flow control up to {@value #QUEUED_BYTES_MAX}
 * bytes, and one more reply. An ended stream whose caller does not read them is cut off after
 * {@link StreamSettings#linger}; one whose request does not come, after {@link
 * StreamSettings#requestWait}.
 */
public final class OpenStream<Q extends Message> extends OpenStreams.Member implements StreamPeer {
  /** A dozen states of operations: enough to fill a packet, little enough for a million streams. */
  public static final int QUEUED_BYTES_MAX = 8_192;

  /** From here on replies may be sent again. */
  static final int RESUME_BYTES = QUEUED_BYTES_MAX / 2;

  private static final long NO_TIMER = -1;
  private static final Optional<Instant> NEVER = Optional.empty();

  private final CallPipeline pipeline;
  private final StreamMethod<Q, ?> method;
  private final StreamWire wire;
  private final CallPipeline.Begun call;
  private StreamPhase phase = StreamPhase.WAITING;
  private @Nullable StreamListener<Q> listener;
  private Optional<Problem> outcome = Optional.empty();
  private int queuedBytes;
  private boolean held;
  private boolean pulledEarly;
  private boolean closing;
  private long timer = NO_TIMER;

  OpenStream(CallPipeline pipeline, StreamMethod<Q, ?> method, Call call, StreamWire wire) {
    super(call.caller());
    this.pipeline = pipeline;
    this.method = method;
    this.wire = wire;
    this.call = pipeline.begun(method, call);
  }

  /** Counts it among the open ones, and its time begins. */
  public void begin() {
    var refusal = pipeline.streams().add(this);
    if (refusal.isPresent()) {
      fail(refusal.get());
    } else {
      watchTime();
    }
  }

  private void watchTime() {
    timer = NO_TIMER;
    var now = pipeline.now();
    var deadline = call.call().deadline();
    if (deadline.isPresent() && !deadline.get().isAfter(now)) {
      fail(Problem.deadline());
      return;
    }
    var wait = pipeline.streams().settings().requestWait();
    var request = phase == StreamPhase.WAITING ? Optional.of(call.begun().plus(wait)) : NEVER;
    if (request.isPresent() && !request.get().isAfter(now)) {
      fail(Problem.requestTimeout(wait.toSeconds()));
      return;
    }
    Stream.concat(deadline.stream(), request.stream())
        .min(Comparator.naturalOrder())
        .ifPresent(next -> timer = pipeline.after(Duration.between(now, next), this::watchTime));
  }

  /** Hands it to its handler. */
  public void open() {
    if (phase != StreamPhase.WAITING) {
      return;
    }
    phase = StreamPhase.OPEN;
    stopTimer();
    watchTime();
    if (phase == StreamPhase.OPEN) {
      handOver();
    }
  }

  private void handOver() {
    try (var scope = call.recording().enter()) {
      listener = method.handler().open(call.call(), this);
    } catch (Throwable thrown) {
      // Also an Error: its caller waits for an answer like any other.
      fail(thrown);
      return;
    }
    if (phase != StreamPhase.OPEN) {
      tellClosed();
      return;
    }
    wire.opened();
    if (pulledEarly) {
      wire.fetch();
    }
  }

  /** The transport has the next request. */
  public void request(Q request) {
    call.recording().decoded(request);
    tell(told -> told.request(request));
  }

  /** The transport has had the last request. */
  public void halfClosed() {
    tell(StreamListener::halfClosed);
  }

  private void tell(Consumer<StreamListener<Q>> what) {
    if (phase == StreamPhase.OPEN && listener != null) {
      try (var scope = call.recording().enter()) {
        what.accept(listener);
      } catch (Throwable thrown) {
        fail(thrown);
      }
    }
  }

  /** So many bytes of {@link StreamWire#write} are on their way, or lost with their stream. */
  public void written(int bytes) {
    queuedBytes -= bytes;
    if (phase == StreamPhase.ENDING) {
      close();
    } else if (held && queuedBytes <= RESUME_BYTES) {
      held = false;
      tell(StreamListener::ready);
    }
  }

  /** The caller cancelled or its connection is lost; answers whether that ended the stream. */
  public boolean left() {
    boolean ends = phase == StreamPhase.WAITING || phase == StreamPhase.OPEN;
    if (phase != StreamPhase.OVER) {
      phase = StreamPhase.OVER;
      stopTimer();
      pipeline.streams().remove(this);
    }
    if (ends) {
      settle(Optional.of(Problem.cancelled()));
    }
    return ends;
  }

  @Override
  void drain(Problem problem) {
    if (phase == StreamPhase.WAITING) {
      // Nothing has been done for it: it is refused as those that come now are.
      fail(problem);
    } else {
      tell(told -> told.draining(this));
    }
  }

  @Override
  void stop(Problem problem) {
    // It has heard of the drain: none that goes on then still waits for its request.
    tell(told -> told.stopping(this, problem));
  }

  @Override
  public boolean isReady() {
    return phase == StreamPhase.OPEN && !held;
  }

  @Override
  public boolean showsLast() {
    return wire.showsLast();
  }

  @Override
  public void send(StreamReply reply) {
    if (!isReady()) {
      throw new IllegalStateException("sent on a stream that is not ready: " + method.fullName());
    }
    Buffer frame = reply.in(wire.form());
    // A caller that reads has it before write returns, and nothing was ever held.
    queuedBytes += frame.length();
    wire.write(frame);
    held = queuedBytes >= QUEUED_BYTES_MAX;
  }

  @Override
  public void pull() {
    if (listener == null) {
      // Its handler is still opening it: nobody is there to be told yet.
      pulledEarly = true;
    } else if (phase == StreamPhase.OPEN) {
      wire.fetch();
    }
  }

  @Override
  public void end() {
    finish(Optional.empty());
  }

  @Override
  public void fail(Throwable failure) {
    if (phase == StreamPhase.WAITING || phase == StreamPhase.OPEN) {
      finish(Optional.of(problem(failure)));
    }
  }

  @Override
  public Problem problem(Throwable failure) {
    return pipeline.problem(method.fullName(), failure);
  }

  private void finish(Optional<Problem> how) {
    if (phase != StreamPhase.WAITING && phase != StreamPhase.OPEN) {
      return;
    }
    phase = StreamPhase.ENDING;
    outcome = how;
    stopTimer();
    close();
    if (phase == StreamPhase.ENDING) {
      timer = pipeline.after(pipeline.streams().settings().linger(), this::cutOff);
    }
    settle(how);
  }

  /** The status goes out once nothing is before it. */
  private void close() {
    if (queuedBytes == 0 && !closing) {
      closing = true;
      wire.end(outcome);
    }
  }

  /** What {@link StreamWire#end} wrote is on its way, or lost. */
  public void ended() {
    if (phase == StreamPhase.ENDING) {
      phase = StreamPhase.OVER;
      stopTimer();
      pipeline.streams().remove(this);
    }
  }

  private void cutOff() {
    phase = StreamPhase.OVER;
    timer = NO_TIMER;
    pipeline.streams().remove(this);
    wire.cutOff();
  }

  /** Everything but what still has to go out. */
  private void settle(Optional<Problem> how) {
    pipeline.record(call, how);
    tellClosed();
  }

  private void tellClosed() {
    var told = listener;
    listener = null;
    if (told != null) {
      try {
        told.closed();
      } catch (Throwable thrown) {
        // Its caller has its answer; the log gets the failure.
        problem(thrown);
      }
    }
  }

  private void stopTimer() {
    if (timer != NO_TIMER) {
      pipeline.cancel(timer);
      timer = NO_TIMER;
    }
  }
}
