package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
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
  private final StreamTime time;

  /** What its caller was let in for; null: nobody had to be, or not yet. */
  private Gate.@Nullable Pass pass;

  OpenStream(CallPipeline pipeline, StreamMethod<Q, ?> method, Call call, StreamWire wire) {
    super(call.caller());
    this.pipeline = pipeline;
    this.method = method;
    this.wire = wire;
    this.call = pipeline.begun(method, call);
    this.time = new StreamTime(pipeline, this.call, this::fail);
  }

  /** Counts it among the open ones, and its time begins. */
  public void begin() {
    var refusal = pipeline.streams().add(this);
    if (refusal.isPresent()) {
      fail(refusal.get());
    } else {
      time.watch(true);
    }
  }

  /** Hands it to its handler; one that has to be let in for its request, once that is there. */
  public void open() {
    if (phase != StreamPhase.WAITING) {
      return;
    }
    phase = StreamPhase.OPEN;
    time.watch(false);
    if (phase != StreamPhase.OPEN) {
      return;
    }
    if (!Gate.asks(method, call.call())) {
      handOver(call.call());
    } else if (method.requests() == StreamMethod.Requests.MANY) {
      letIn(pipeline.gate().enter(method, call.call()), () -> {});
    }
  }

  private void letIn(Future<Gate.Pass> entered, Runnable then) {
    entered.onComplete(
        granted -> {
          if (phase == StreamPhase.OPEN) {
            pass = granted;
            pipeline.passes().add(granted, this);
            handOver(call.call().seeing(granted.view()));
            then.run();
          }
        },
        this::fail);
  }

  /** Ends it if its pass is over. */
  void judge(Function<Gate.Pass, Optional<Problem>> fault) {
    if (pass != null) {
      fault.apply(pass).ifPresent(this::fail);
    }
  }

  private void handOver(Call seen) {
    try (var scope = call.recording().enter()) {
      listener = method.handler().open(seen, this);
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
    if (listener == null && phase == StreamPhase.OPEN) {
      var entered = pipeline.gate().enter(method, call.call(), request);
      letIn(entered, () -> tell(told -> told.request(request)));
    } else {
      tell(told -> told.request(request));
    }
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
      time.stop();
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
    time.stop();
    close();
    if (phase == StreamPhase.ENDING) {
      time.linger(this::cutOff);
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
      time.stop();
      pipeline.streams().remove(this);
    }
  }

  private void cutOff() {
    phase = StreamPhase.OVER;
    pipeline.streams().remove(this);
    wire.cutOff();
  }

  /** Everything but what still has to go out. */
  private void settle(Optional<Problem> how) {
    if (pass != null) {
      pipeline.passes().remove(pass, this);
      pass = null;
    }
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
}
