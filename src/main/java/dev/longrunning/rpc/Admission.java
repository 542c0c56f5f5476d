package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Decides which calls of one event loop are worked on, which wait and which are refused, before
 * anything is done for them.
 *
 * <p><b>Promise.</b> Calls of one caller begin in the order they came; callers take turns. A caller
 * alone may use everything. While others call too, it works on no more than all of them together do
 * (or {@link AdmissionSettings#shareMin}, if that is more): whatever it sends, it at most doubles
 * the work that they meet. What does not fit is refused as overloaded: of the caller with the most
 * calls waiting the one whose deadline comes first, since that is the least likely to be in time. A
 * call that has waited for {@link AdmissionSettings#patience} is refused as well.
 *
 * <p>A call that is answered at once, as the cache does it, counts until the event loop has looked
 * at its other connections: else a thousand of them would be answered in one go, in front of
 * everybody else's.
 *
 * <p><b>Threads.</b> Confined to one event loop. Work begins on it, possibly within the call that
 * ended another.
 *
 * <p><b>Bounds.</b> {@link AdmissionSettings}: calls at work and waiting, altogether and of one
 * caller. Callers without a call are forgotten after two windows.
 */
final class Admission {
  /** The event loop that calls are admitted to. */
  interface Loop {
    /** Runs it once the loop has looked at all its connections. */
    void next(Runnable task);

    /** Runs it after that time. */
    void after(long millis, Runnable task);
  }

  /**
   * What time it is.
   *
   * @param millis that never go back and never jump, whatever becomes of the machine's clock; they
   *     decide how long a call has waited
   * @param wall in which callers' deadlines are; each is converted once, as its call arrives
   */
  record Clocks(LongSupplier millis, InstantSource wall) {
    /** One that is not there is after all others. */
    static final long NEVER = Long.MAX_VALUE;

    /** The real ones, of which only the one that deadlines are in can be another. */
    static Clocks of(InstantSource wall) {
      return new Clocks(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), wall);
    }

    /** Rounded up: a deadline must be over when it is found to be. */
    long deadlineMillis(Optional<Instant> deadline) {
      return deadline
          .map(at -> Duration.between(wall.instant(), at).plusNanos(999_999).toMillis())
          .map(left -> millis.getAsLong() + left)
          .orElse(NEVER);
    }
  }

  private final Supplier<AdmissionSettings> settings;
  private final Clocks clocks;
  private final Loop loop;
  private final CallerLoads callers = new CallerLoads();

  /** Callers whose next call waits for nothing but its turn. */
  private final ArrayDeque<CallerLoad> turns = new ArrayDeque<>();

  /** Who had calls answered at once since the loop looked at its connections; once a call. */
  private List<CallerLoad> atOnce = new ArrayList<>();

  private int working;
  private int waiting;

  private boolean beginning;
  private boolean ticking;

  Admission(Supplier<AdmissionSettings> settings, Clocks clocks, Loop loop) {
    this.settings = settings;
    this.clocks = clocks;
    this.loop = loop;
  }

  /** Calls that are worked on. */
  int working() {
    return working;
  }

  /** Calls that wait for their turn. */
  int waiting() {
    return waiting;
  }

  /**
   * Does {@code work} now, or in its turn, or fails with a {@link Problem}.
   *
   * @param work never throws
   */
  <T> Future<T> run(Call call, Supplier<Future<T>> work) {
    callers.endWindows(clocks.millis().getAsLong());
    var caller = callers.of(call.caller());
    if (!caller.isWaiting() && mayBegin(caller)) {
      return begun(caller, work);
    }
    return queued(caller, call, work);
  }

  private boolean mayBegin(CallerLoad caller) {
    return working < settings.get().workingMax() && caller.working < share(caller);
  }

  /** How many calls of it may be worked on at a time. */
  private int share(CallerLoad caller) {
    int others = callers.demandBeside(caller);
    return others == 0 ? settings.get().workingMax() : Math.max(settings.get().shareMin(), others);
  }

  private <T> Future<T> begun(CallerLoad caller, Supplier<Future<T>> work) {
    working++;
    caller.working++;
    callers.note(caller);
    var done = work.get();
    if (done.isComplete()) {
      if (atOnce.isEmpty()) {
        loop.next(this::endThoseAtOnce);
      }
      atOnce.add(caller);
    } else {
      done.onComplete(any -> ended(caller));
    }
    return done;
  }

  private void endThoseAtOnce() {
    var all = atOnce;
    atOnce = new ArrayList<>();
    for (var caller : all) {
      end(caller);
    }
    beginNext();
  }

  private void ended(CallerLoad caller) {
    end(caller);
    beginNext();
  }

  private void end(CallerLoad caller) {
    working--;
    caller.working--;
    if (caller.isWaiting()) {
      giveTurn(caller);
    }
  }

  private void giveTurn(CallerLoad caller) {
    if (!caller.hasTurn) {
      caller.hasTurn = true;
      turns.add(caller);
    }
  }

  /** Begins what may begin, one call of a caller after one of another. */
  private void beginNext() {
    if (beginning) {
      // Within a begin another call has ended: the loop below goes on with it.
      return;
    }
    beginning = true;
    try {
      beginWhileThereIsRoom();
    } finally {
      beginning = false;
    }
  }

  private void beginWhileThereIsRoom() {
    while (working < settings.get().workingMax() && !turns.isEmpty()) {
      var caller = turns.remove();
      caller.hasTurn = false;
      // One that has used up its share gets its next turn when a call of its own ends.
      if (caller.isWaiting() && mayBegin(caller)) {
        var next = caller.first();
        remove(next);
        if (caller.isWaiting()) {
          giveTurn(caller);
        }
        next.begin();
      }
    }
  }

  private <T> Future<T> queued(CallerLoad caller, Call call, Supplier<Future<T>> work) {
    long deadline = clocks.deadlineMillis(call.deadline());
    if (!makeRoom(caller, deadline)) {
      return Future.failedFuture(Problem.overloaded("calls"));
    }
    long now = clocks.millis().getAsLong();
    var entry = new WaitingCall<>(caller, now, deadline, () -> begun(caller, work));
    waiting++;
    caller.add(entry);
    callers.note(caller);
    call.gone().onComplete(gone -> withdraw(entry));
    if (caller.working < share(caller)) {
      giveTurn(caller);
      beginNext();
    }
    tickLater();
    return entry.future();
  }

  /** Whether one more call of a caller may wait; if need be another one is refused for it. */
  private boolean makeRoom(CallerLoad caller, long deadline) {
    if (caller.calls() >= settings.get().callerMax()) {
      return refuseBefore(deadline, caller);
    }
    if (waiting < settings.get().waitingMax()) {
      return true;
    }
    var busiest = callers.busiest();
    // Nobody gives way to one who would then have as many.
    if (busiest.waiting() <= caller.waiting() + 1) {
      return refuseBefore(deadline, caller);
    }
    busiest.earliestDeadline().ifPresent(first -> refuse(first, Problem.overloaded("calls")));
    return true;
  }

  /** Refuses the waiting call of a caller whose deadline comes first, if before this one. */
  private boolean refuseBefore(long deadline, CallerLoad caller) {
    var first = caller.earliestDeadline().filter(call -> call.deadlineMillis() < deadline);
    first.ifPresent(call -> refuse(call, Problem.overloaded("calls")));
    return first.isPresent();
  }

  private void refuseLate(CallerLoad caller, long now) {
    while (caller.earliestDeadline().filter(call -> call.deadlineMillis() <= now).isPresent()) {
      refuse(caller.earliestDeadline().orElseThrow(), Problem.deadline());
    }
  }

  private void withdraw(WaitingCall<?> entry) {
    if (entry.isWaiting()) {
      refuse(entry, Problem.cancelled());
    }
  }

  /** Told a turn later: an answer may bring the next request of its connection with it. */
  private void refuse(WaitingCall<?> entry, Problem problem) {
    remove(entry);
    entry.stop();
    loop.next(() -> entry.fail(problem));
  }

  private void remove(WaitingCall<?> entry) {
    waiting--;
    entry.caller().remove(entry);
  }

  private void tickLater() {
    if (!ticking && waiting > 0) {
      ticking = true;
      loop.after(CallerLoads.WINDOW_MILLIS, this::tick);
    }
  }

  /** While calls wait: refuses those that have waited for too long, and sees to the others. */
  private void tick() {
    ticking = false;
    long now = clocks.millis().getAsLong();
    callers.endWindows(now);
    long overdue = now - settings.get().patience().toMillis();
    for (var caller : callers.all()) {
      while (caller.isWaiting() && caller.first().sinceMillis() <= overdue) {
        refuse(caller.first(), Problem.overloaded("calls"));
      }
      refuseLate(caller, now);
      if (caller.isWaiting()) {
        // Its share may have grown since.
        giveTurn(caller);
      }
    }
    beginNext();
    tickLater();
  }
}
