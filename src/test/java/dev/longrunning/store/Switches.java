package dev.longrunning.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a test can do to the calls of a {@link MemoryStore}: fail them, lose or hold their answers,
 * or hold them before they are carried out.
 *
 * <p><b>Promise.</b> Held calls go on in the order they came, when released. A future completes on
 * the Vert.x context that its call came from, or else on the thread that released it.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Switches {
  /** The kinds of call. */
  public enum Call {
    APPLY,
    FIND,
    LIST,
    PURGE_DUE,
    EXPIRY_DUE,
    SWEEP,
    TRIM,
    POLL,
    HISTORY,
    EPOCH
  }

  private final Map<Call, RuntimeException> failing = new EnumMap<>(Call.class);
  private final Map<Call, RuntimeException> losing = new EnumMap<>(Call.class);
  private final Set<Call> holdingRequests = EnumSet.noneOf(Call.class);
  private final Set<Call> holdingAnswers = EnumSet.noneOf(Call.class);
  private final Map<Call, List<Runnable>> held = new EnumMap<>(Call.class);
  private final Map<Call, Integer> counts = new EnumMap<>(Call.class);

  /** Calls fail at once and do nothing. */
  public synchronized void fail(Call call, RuntimeException with) {
    failing.put(call, with);
  }

  /** All calls fail at once and do nothing. */
  public synchronized void failAll(RuntimeException with) {
    for (var call : Call.values()) {
      failing.put(call, with);
    }
  }

  /** Calls do their work, and fail. */
  public synchronized void loseAnswers(Call call, RuntimeException with) {
    losing.put(call, with);
  }

  /** Calls wait and have done nothing yet. */
  public synchronized void holdRequests(Call call) {
    holdingRequests.add(call);
  }

  /** Calls do their work; their answers wait. */
  public synchronized void holdAnswers(Call call) {
    holdingAnswers.add(call);
  }

  /** Ends whatever was switched on for {@code call}, and lets go what is held. */
  public void release(Call call) {
    List<Runnable> waiting;
    synchronized (this) {
      failing.remove(call);
      losing.remove(call);
      holdingRequests.remove(call);
      holdingAnswers.remove(call);
      waiting = held.remove(call);
    }
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  public void releaseAll() {
    for (var call : Call.values()) {
      release(call);
    }
  }

  /** How often it was called so far, whatever came of it. */
  public synchronized int count(Call call) {
    return counts.getOrDefault(call, 0);
  }

  <T> Future<T> run(Call call, Supplier<T> work) {
    var context = Vertx.currentContext();
    Promise<T> promise = Promise.promise();
    synchronized (this) {
      counts.merge(call, 1, Integer::sum);
      var failure = failing.get(call);
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      if (holdingRequests.contains(call)) {
        hold(call, () -> deliver(context, promise, outcome(call, work)));
        return promise.future();
      }
    }
    var outcome = outcome(call, work);
    synchronized (this) {
      if (holdingAnswers.contains(call)) {
        hold(call, () -> deliver(context, promise, outcome));
        return promise.future();
      }
    }
    return outcome;
  }

  private synchronized <T> Future<T> outcome(Call call, Supplier<T> work) {
    try {
      var result = work.get();
      var loss = losing.get(call);
      return loss == null ? Future.succeededFuture(result) : Future.failedFuture(loss);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void hold(Call call, Runnable rest) {
    held.computeIfAbsent(call, any -> new ArrayList<>()).add(rest);
  }

  private static <T> void deliver(Context context, Promise<T> promise, Future<T> outcome) {
    if (context == null) {
      outcome.onComplete(promise);
    } else {
      context.runOnContext(ignored -> outcome.onComplete(promise));
    }
  }
}
