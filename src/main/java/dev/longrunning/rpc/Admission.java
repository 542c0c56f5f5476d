package dev.longrunning.rpc;

import dev.longrunning.operation.Problem;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
  /** Who has called within one to two of these counts as one who calls. */
  static final long WINDOW_MILLIS = 25;

  /** The event loop that calls are admitted to. */
  interface Loop {
    /** Runs it once the loop has looked at all its connections. */
    void next(Runnable task);

    /** Runs it after that time. */
    void after(long millis, Runnable task);
  }

  private final Supplier<AdmissionSettings> settings;
  private final InstantSource clock;
  private final Loop loop;
  private final Map<String, CallerLoad> callers = new HashMap<>();

  /** Callers whose next call waits for nothing but its turn. */
  private final ArrayDeque<CallerLoad> turns = new ArrayDeque<>();

  /** Who had calls answered at once since the loop looked at its connections; once a call. */
  private List<CallerLoad> atOnce = new ArrayList<>();

  private CallerLoad busiest = new CallerLoad();
  private int working;
  private int waiting;

  /** The sum of {@link CallerLoad#demand} over all callers. */
  private int demand;

  private long windowEndsMillis;
  private boolean beginning;
  private boolean ticking;

  Admission(Supplier<AdmissionSettings> settings, InstantSource clock, Loop loop) {
    this.settings = settings;
    this.clock = clock;
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
    endWindows(clock.millis());
    var caller = callers.computeIfAbsent(call.caller(), key -> new CallerLoad());
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
    int others = demand - caller.demand;
    return others == 0 ? settings.get().workingMax() : Math.max(settings.get().shareMin(), others);
  }

  private <T> Future<T> begun(CallerLoad caller, Supplier<Future<T>> work) {
    working++;
    caller.working++;
    noteDemand(caller);
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

  private void noteDemand(CallerLoad caller) {
    int before = caller.demand;
    caller.noteCalls();
    demand += caller.demand - before;
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
    beginning = false;
  }

  private <T> Future<T> queued(CallerLoad caller, Call call, Supplier<Future<T>> work) {
    var deadline = call.deadline();
    if (!makeRoom(caller, deadline)) {
      return Future.failedFuture(Problem.overloaded("calls"));
    }
    var entry = new WaitingCall<>(caller, clock.millis(), deadline, () -> begun(caller, work));
    waiting++;
    caller.add(entry);
    noteDemand(caller);
    call.gone().onComplete(gone -> withdraw(entry));
    if (caller.working < share(caller)) {
      giveTurn(caller);
      beginNext();
    }
    tickLater();
    return entry.future();
  }

  /** Whether one more call of a caller may wait; if need be another one is refused for it. */
  private boolean makeRoom(CallerLoad caller, Optional<Instant> deadline) {
    if (caller.calls() < settings.get().callerMax() && waiting < settings.get().waitingMax()) {
      return true;
    }
    var from = caller.calls() < settings.get().callerMax() ? busiest() : caller;
    @Nullable WaitingCall<?> first = from.earliestDeadline();
    if (first == null || (from == caller && !first.isBefore(deadline))) {
      return false;
    }
    refuse(first);
    return true;
  }

  /** One with as many calls waiting as any, or nearly: looked for once a window. */
  private CallerLoad busiest() {
    if (!busiest.isWaiting()) {
      for (var caller : callers.values()) {
        if (caller.waiting() > busiest.waiting()) {
          busiest = caller;
        }
      }
    }
    return busiest;
  }

  private void withdraw(WaitingCall<?> entry) {
    if (entry.isWaiting()) {
      remove(entry);
      entry.refuse(Problem.cancelled());
    }
  }

  private void refuse(WaitingCall<?> entry) {
    remove(entry);
    entry.refuse(Problem.overloaded("calls"));
  }

  private void remove(WaitingCall<?> entry) {
    waiting--;
    entry.caller().remove(entry);
  }

  private void tickLater() {
    if (!ticking && waiting > 0) {
      ticking = true;
      loop.after(WINDOW_MILLIS, this::tick);
    }
  }

  /** While calls wait: refuses those that have waited for too long, and sees to the others. */
  private void tick() {
    ticking = false;
    long now = clock.millis();
    endWindows(now);
    long overdue = now - settings.get().patience().toMillis();
    for (var caller : callers.values()) {
      while (caller.isWaiting() && caller.first().sinceMillis() <= overdue) {
        refuse(caller.first());
      }
      if (caller.isWaiting()) {
        // Its share may have grown since.
        giveTurn(caller);
      }
    }
    beginNext();
    tickLater();
  }

  private void endWindows(long nowMillis) {
    if (nowMillis < windowEndsMillis) {
      return;
    }
    boolean longAgo = nowMillis >= windowEndsMillis + WINDOW_MILLIS;
    for (var all = callers.values().iterator(); all.hasNext(); ) {
      var caller = all.next();
      demand -= caller.demand;
      caller.endWindow();
      if (longAgo) {
        caller.endWindow();
      }
      demand += caller.demand;
      if (caller.demand == 0) {
        all.remove();
      }
    }
    busiest = new CallerLoad();
    windowEndsMillis = nowMillis + WINDOW_MILLIS;
  }
}
