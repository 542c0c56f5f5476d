package dev.longrunning.service;

import dev.longrunning.feed.State;
import dev.longrunning.feed.States;
import dev.longrunning.feed.Timers;
import dev.longrunning.filter.Sieve;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Signal;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.profile.ListRules;
import dev.longrunning.store.OperationStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What clients do with operations: get, list, wait for, cancel and delete them.
 *
 * <p><b>Promise.</b> Every answer reflects all changes acknowledged before the call, unless the
 * caller takes a cached state. A method never throws; its future fails with a {@code Problem}.
 *
 * <p><b>Threads.</b> Confined to one event loop, that of its {@link States}.
 *
 * <p><b>Bounds.</b> A page has {@value #PAGE_SIZE_MAX} operations and {@value #PAGE_BYTES_MAX}
 * bytes at most (one that is larger comes alone). For one of a pattern or with a filter at most
 * {@value #PAGE_EXAMINED_MAX} operations are looked at. Waiters are bounded by the settings; beyond
 * that calls fail UNAVAILABLE.
 */
public final class Operations {
  /** For a caller that does not say. */
  static final int PAGE_SIZE_DEFAULT = ListRules.PAGE_SIZE_DEFAULT;

  /** More is cut down to this. */
  static final int PAGE_SIZE_MAX = ListRules.PAGE_SIZE_MAX;

  /** 3 MiB: gRPC clients take 4 MiB in one message. */
  static final int PAGE_BYTES_MAX = 3 << 20;

  /** A page of which few match may be empty, and costs no more than this. */
  static final int PAGE_EXAMINED_MAX = 10_000;

  /** Before a caller's deadline, so that the answer arrives in time; less for short deadlines. */
  static final Duration DEADLINE_MARGIN = Duration.ofMillis(200);

  private final States states;
  private final OperationStore store;
  private final Lists lists;
  private final InstantSource clock;
  private final Timers timers;

  /** Those whose time has not come, in the order they came. */
  private final Set<Waiter> waiting = new LinkedHashSet<>();

  /** Also those whose time has come, and whose state is being read. */
  private int waiters;

  private OperationsSettings settings;
  private boolean draining;
  private final QueuePeak peak;

  /**
   * Makes the use cases of one event loop.
   *
   * @param keys the newest key ring; asked for each list
   */
  public Operations(
      States states,
      OperationStore store,
      Supplier<KeyRing> keys,
      InstantSource clock,
      Timers timers,
      OperationsSettings settings) {
    this.states = states;
    this.store = store;
    this.lists = new Lists(store, keys);
    this.clock = clock;
    this.timers = timers;
    this.settings = settings;
    this.peak = new QueuePeak("waiters", settings.waitersMax());
  }

  /**
   * Which part of a collection, or of all that match a pattern, is wanted.
   *
   * @param filter the text of the filter; empty: everything
   * @param sieve what it lets through
   * @param pageSize 0: as many as the server likes; never negative
   * @param pageToken empty: from the newest on
   */
  public record Query(
      String service,
      CollectionPattern collections,
      String filter,
      Sieve sieve,
      int pageSize,
      String pageToken) {
    /** Everything in the collections. */
    public Query(String service, CollectionPattern collections, int pageSize, String pageToken) {
      this(service, collections, "", Sieve.NONE, pageSize, pageToken);
    }

    /** What page tokens are bound to. A service holds no slash, and a pattern no line break. */
    String list() {
      String list = service + '/' + collections.text();
      return filter.isEmpty() ? list : list + '\n' + filter;
    }

    boolean isPaged() {
      return sieve.filter().isPaged();
    }

    int limit() {
      return pageSize == 0 ? PAGE_SIZE_DEFAULT : Math.min(pageSize, PAGE_SIZE_MAX);
    }
  }

  /**
   * A page, newest first; of a pattern or a filter it may be empty and yet not the last.
   *
   * @param operations serialized {@code google.longrunning.Operation}s
   * @param nextPageToken empty: there are no more
   */
  public record Page(List<Bytes> operations, String nextPageToken) {}

  /**
   * An operation that was found.
   *
   * @param operation the serialized {@code google.longrunning.Operation}
   */
  public record Found(Snapshot snapshot, Bytes operation) {}

  /** Answers with the operation's state; NOT_FOUND says if there was one. */
  public Future<Found> get(OperationKey key, boolean cached) {
    return (cached ? states.cached(key) : states.strong(key)).map(Operations::found);
  }

  private static Found found(State state) {
    return state
        .snapshot()
        .map(snapshot -> new Found(snapshot, state.wire()))
        .orElseThrow(() -> Refusals.missing(state));
  }

  /** Reads a page; fails INVALID if the token is not of this list. */
  public Future<Page> list(Query query) {
    return lists.read(query);
  }

  /**
   * Asks the producer to stop, or ends an operation that has nobody to ask. Cancelling what is done
   * changes nothing and succeeds.
   */
  public Future<Void> cancel(OperationKey key, Optional<Instant> deadline) {
    return changed(Endings.cancel(key), deadline);
  }

  /** The same, if the operation is one of {@code running}; else it changes nothing and succeeds. */
  public Future<Void> cancel(OperationKey key, Sieve running, Optional<Instant> deadline) {
    if (running.filter().isEverything()) {
      return cancel(key, deadline);
    }
    return get(key, false)
        .compose(
            found ->
                running.matches(found.snapshot())
                    ? cancel(key, deadline)
                    : Future.succeededFuture());
  }

  /**
   * Tells the producer of a verb of the operation's service. Fails STATE if the operation is done,
   * or if no producer is known to be alive.
   */
  public Future<Void> signal(OperationKey key, String verb, Optional<Instant> deadline) {
    return changed(new Signal(key, verb), deadline);
  }

  /** Removes the record, not the work; a second time NOT_FOUND. */
  public Future<Void> delete(OperationKey key, Optional<Instant> deadline) {
    return changed(new Change.Delete(key), deadline);
  }

  private Future<Void> changed(Change change, Optional<Instant> deadline) {
    return Patience.until(deadline, clock.instant())
        .compose(patience -> store.apply(change, patience))
        .map(
            answer -> {
              if (answer.verdict().isRefusal()) {
                throw Refusals.of(answer, change.key(), 0);
              }
              return null;
            });
  }

  /**
   * Waits until the operation is done, and answers with its latest state at the shortest of {@code
   * timeout}, the server's longest wait, and the deadline less a margin.
   *
   * @param timeout zero: answers at once; empty: no limit of the caller's
   * @param gone completes if the caller goes away; everything is released then
   */
  public Future<Found> waitFor(
      OperationKey key, Optional<Duration> timeout, Optional<Instant> deadline, Future<Void> gone) {
    if (waiters >= settings.waitersMax()) {
      return Future.failedFuture(Problem.overloaded("waiters"));
    }
    var waiter = new Waiter(states, key);
    waiters++;
    peak.saw(waiters);
    if (!draining) {
      waiting.add(waiter);
    }
    return waiter
        .begin(timers, draining ? Duration.ZERO : limit(timeout, deadline), gone)
        .onComplete(any -> over(waiter))
        .map(Operations::found);
  }

  private void over(Waiter waiter) {
    waiters--;
    waiting.remove(waiter);
  }

  /**
   * Answers calls that come to wait from now on at once. Those that wait go on until they are
   * answered by {@link #answerOldest}, or by what else ends them.
   */
  public void drain() {
    draining = true;
  }

  /** How many calls wait whose turn to be answered has not come. */
  public int unanswered() {
    return waiting.size();
  }

  /** Answers the call that has waited for longest, if there is one, with the state there is. */
  public void answerOldest() {
    var order = waiting.iterator();
    if (order.hasNext()) {
      var oldest = order.next();
      order.remove();
      oldest.answer();
    }
  }

  /** What holds for calls from now on. */
  public void apply(OperationsSettings other) {
    settings = other;
  }

  private Duration limit(Optional<Duration> timeout, Optional<Instant> deadline) {
    var limit = shorter(settings.waitMax(), timeout.orElse(settings.waitMax()));
    if (deadline.isEmpty()) {
      return limit;
    }
    var left = Duration.between(clock.instant(), deadline.get());
    var margin = shorter(DEADLINE_MARGIN, left.dividedBy(4));
    var untilMargin = left.isNegative() ? Duration.ZERO : left.minus(margin);
    return shorter(limit, untilMargin);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** How many calls have waited at once. */
  public QueuePeak peak() {
    return peak;
  }

  /** Calls that wait at the moment, for metrics. */
  public int waiters() {
    return waiters;
  }
}
