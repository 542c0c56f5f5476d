package dev.longrunning.rpc;

import com.google.protobuf.Message;
import dev.longrunning.operation.Problem;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What every call goes through, on whatever transport: admit, decode, deadline, let in, handle,
 * record.
 *
 * <p><b>Promise.</b> Each call ends once, at the latest at its deadline or when its caller is gone,
 * with a {@link Reply} or a {@link Problem}. What was not foreseen is logged once under an id;
 * callers see INTERNAL and that id, and nothing else of it.
 *
 * <p><b>Threads.</b> A call stays on the event loop that it came in on. No method blocks or throws.
 *
 * <p><b>Bounds.</b> Deadlines further away than {@link #DEADLINE_MAX} set no timer: no call runs
 * that long.
 */
public final class CallPipeline {
  static final Duration DEADLINE_MAX = Duration.ofHours(24);

  private final Vertx vertx;
  private final InstantSource clock;
  private final Breakages breakages;
  private final CallRecorder recorder;
  private final OpenStreams streams;
  private final Gate gate;
  private final StreamPasses passes;
  private final Admission admission;
  private final HeldCalls held;
  private AdmissionSettings settings;

  /**
   * Makes the pipeline of one event loop, on it.
   *
   * @param ids a new id for every failure that was not foreseen
   */
  public CallPipeline(
      Vertx vertx,
      InstantSource clock,
      Supplier<String> ids,
      AdmissionSettings settings,
      CallRecorder recorder) {
    this(vertx, clock, ids, settings, StreamSettings.DEFAULT, Gate.open(), recorder);
  }

  /**
   * The same, with other bounds on streams.
   *
   * @param gate lets calls in that their callers may make
   */
  public CallPipeline(
      Vertx vertx,
      InstantSource clock,
      Supplier<String> ids,
      AdmissionSettings settings,
      StreamSettings streams,
      Gate gate,
      CallRecorder recorder) {
    this.vertx = vertx;
    this.clock = clock;
    this.breakages = new Breakages(clock, ids);
    this.settings = settings;
    this.admission =
        new Admission(
            () -> this.settings,
            Admission.Clocks.of(clock),
            new ContextTurns(vertx.getOrCreateContext()));
    this.held = new HeldCalls(() -> this.settings.callerHeldMax());
    this.streams = new OpenStreams(streams, held);
    this.gate = gate;
    this.passes = new StreamPasses(this, gate);
    this.recorder = recorder;
  }

  /** Told of every request before anything else. */
  public void arrived(HttpServerRequest request) {
    recorder.arrived(request);
  }

  /** What a caller may ask for at a time from now on. */
  public void limit(AdmissionSettings other) {
    settings = other;
  }

  /** Calls that are worked on now. */
  public int working() {
    return admission.working();
  }

  /** Calls that wait for their turn. */
  public int waiting() {
    return admission.waiting();
  }

  /** The streams that are open on this event loop. */
  public OpenStreams streams() {
    return streams;
  }

  /** Takes in one call of a stream; its transport begins it. */
  public <Q extends Message> OpenStream<Q> stream(
      StreamMethod<Q, ?> method, Call call, StreamWire wire) {
    return new OpenStream<>(this, method, call, wire);
  }

  Gate gate() {
    return gate;
  }

  StreamPasses passes() {
    return passes;
  }

  /** Runs the task after whatever else waits on this event loop. */
  void nextTurn(Runnable task) {
    vertx.runOnContext(turn -> task.run());
  }

  Instant now() {
    return clock.instant();
  }

  /**
   * Sets a timer, of a day at most: unlike a unary call, a stream may run longer, and looks again.
   * Rounded up: one that fires early would end a call before its deadline.
   */
  long after(Duration pause, Runnable task) {
    var bounded = pause.compareTo(DEADLINE_MAX) > 0 ? DEADLINE_MAX : pause;
    return vertx.setTimer(Math.max(1, bounded.plusNanos(999_999).toMillis()), t -> task.run());
  }

  void cancel(long timer) {
    vertx.cancelTimer(timer);
  }

  /**
   * Answers one call; a failure is always a {@link Problem}.
   *
   * @param request decoded once the call is admitted, and never for one that is not
   * @param encode makes of a reply what the transport sends
   */
  public <Q extends Message, T> Future<T> run(
      Method<Q, ?> method, Call call, RequestSource<Q> request, Function<Reply, T> encode) {
    var begun = begun(method, call);
    var handled = admitted(method, call, () -> handled(method, call, begun.recording(), request));
    // An answer at once, as the cache gives it, needs no timer and nobody to wait for.
    return handled.isComplete()
        ? ended(begun, encoded(handled, encode))
        : CallRace.untilGone(call, CallRace.untilDeadline(this, call, begun.begun(), handled))
            .transform(answer -> ended(begun, encoded(answer, encode)));
  }

  private static <T> Future<T> encoded(AsyncResult<Reply> answer, Function<Reply, T> encode) {
    if (answer.failed()) {
      return Future.failedFuture(answer.cause());
    }
    try {
      return Future.succeededFuture(encode.apply(answer.result()));
    } catch (Throwable failure) {
      // Also an Error: what was stored may be nested deeper than a stack is.
      return Future.failedFuture(failure);
    }
  }

  /** A call that began and has not ended. */
  record Begun(Row<?, ?> row, Call call, CallRecorder.Recording recording, Instant begun) {}

  Begun begun(Row<?, ?> row, Call call) {
    return new Begun(row, call, recorder.begun(row, call), clock.instant());
  }

  private <T> Future<T> ended(Begun call, Future<T> encoded) {
    var answer =
        encoded.succeeded()
            ? encoded
            : Future.<T>failedFuture(problem(call.row().fullName(), encoded.cause()));
    var failure = answer.cause() instanceof Problem problem ? problem : null;
    record(call, Optional.ofNullable(failure));
    return answer;
  }

  /** One that only waits for something to happen takes a turn to begin, and none to wait. */
  private Future<Reply> admitted(Method<?, ?> method, Call call, Supplier<Future<Reply>> work) {
    return method.effort() == Method.Effort.WAIT
        ? admission.run(call, () -> Future.succeededFuture(held(call, work))).compose(held -> held)
        : admission.run(call, work);
  }

  private Future<Reply> held(Call call, Supplier<Future<Reply>> work) {
    if (!held.take(call.caller())) {
      return Future.failedFuture(Problem.overloaded("waiting calls of one caller"));
    }
    return work.get().onComplete(done -> held.give(call.caller()));
  }

  private <Q extends Message> Future<Reply> handled(
      Method<Q, ?> method, Call call, CallRecorder.Recording recording, RequestSource<Q> request) {
    var deadline = call.deadline();
    if (deadline.isPresent() && !deadline.get().isAfter(clock.instant())) {
      return Future.failedFuture(Problem.deadline());
    }
    var unnoted = recorder.begins(method, recording);
    if (unnoted.isPresent()) {
      return Future.failedFuture(unnoted.get());
    }
    try (var scope = recording.enter()) {
      Q decoded;
      try {
        decoded = request.decode();
      } catch (Problem fault) {
        return gate.before(method, call, request, fault);
      }
      recording.decoded(decoded);
      return Gate.asks(method, call)
          ? gate.enter(method, call, decoded).compose(pass -> passed(method, call, pass, decoded))
          : method.handler().handle(call, decoded);
    } catch (Throwable thrown) {
      // Also an Error: its caller waits for an answer like any other.
      return Future.failedFuture(thrown);
    }
  }

  private <Q extends Message> Future<Reply> passed(
      Method<Q, ?> method, Call call, Gate.Pass pass, Q request) {
    var reply = method.handler().handle(call.seeing(pass.view()), request);
    return method.effort() == Method.Effort.WAIT
        ? reply.compose(waited -> stillPassed(pass, waited))
        : reply;
  }

  /** It may have waited for long: what its caller was allowed then may be over. */
  private Future<Reply> stillPassed(Gate.Pass pass, Reply waited) {
    return gate.fault(pass)
        .<Future<Reply>>map(Future::failedFuture)
        .orElseGet(() -> Future.succeededFuture(waited));
  }

  /**
   * What to tell a caller of a failure; logs one that was not foreseen.
   *
   * @param where the method or the path, for the log
   */
  public Problem problem(String where, Throwable failure) {
    if (failure instanceof Problem problem && problem.kind() != Problem.Kind.BROKEN) {
      return problem;
    }
    return Problem.internal(breakages.idOf(where, failure));
  }

  /** Fails with why a request that cannot be read is refused; see {@link Gate#before}. */
  public <Q extends Message> Future<Q> refusal(
      Row<Q, ?> row, Call call, RequestSource<Q> request, Problem fault) {
    return gate.before(row, call, request, fault);
  }

  /**
   * Takes note of a call that ends before it could run; answers what to tell its caller.
   *
   * @param since when its headers came
   */
  public Problem refused(Row<?, ?> row, Call call, Instant since, Throwable failure) {
    var problem = problem(row.fullName(), failure);
    var begun = new Begun(row, call, recorder.begun(row, call), since);
    record(begun, Optional.of(problem));
    return problem;
  }

  void record(Begun call, Optional<Problem> problem) {
    var took = Duration.between(call.begun(), clock.instant());
    recorder.ended(
        new CallRecorder.Ended(call.row(), call.call(), call.recording(), problem, took));
  }
}
