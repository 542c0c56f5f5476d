package dev.longrunning.feed;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The states that this replica knows, as new as the feed is.
 *
 * <p><b>Promise.</b> Once the feed has applied a change, nothing older than it is found here. A
 * state enters by an own write, or by a read, unless the feed may have applied a newer change of
 * that operation meanwhile; of two the larger version stays.
 *
 * <p><b>Threads.</b> Any. Each operation's entry, and whether a read of it still counts, changes in
 * one atomic step.
 *
 * <p><b>Bounds.</b> Evicts beyond the given weight in bytes. A miss is one more key in a read, so
 * nothing needs to stay. Reads under way are bounded by the store.
 */
final class StateCache {
  // An invalidation that a read could overtake would be undone by it, and the older state would be
  // served as strong from then on. So the feed first raises the cursor, then, key by key and
  // atomically, drops the entry and voids the reads under way; a put looks at both in the same
  // step. What it drops leaves its version behind: so an own write that the feed saw first is still
  // known to be the newest.

  private final Cache<OperationKey, Known> states;
  private final ConcurrentMap<OperationKey, List<ReadTicket>> reading = new ConcurrentHashMap<>();
  private final AtomicLongArray cursors = new AtomicLongArray(OperationKey.LANES);

  /** The newest revision of each lane that is known here, from the feed, a read or a write. */
  private final AtomicLongArray reached = new AtomicLongArray(OperationKey.LANES);

  private final Function<Snapshot, Bytes> encoder;

  /** Which history the states belong to, and how often it was begun anew. */
  private volatile Generation generation = new Generation(0, new Epoch(0, new UUID(0, 0), ""));

  /** An empty one; {@code evicted} is run for each state that had to make room. */
  StateCache(long weightMax, Function<Snapshot, Bytes> encoder, Runnable evicted) {
    this.encoder = encoder;
    this.states =
        Caffeine.newBuilder()
            .maximumWeight(weightMax)
            .weigher((OperationKey key, Known known) -> known.weight())
            .executor(Runnable::run)
            .evictionListener((key, state, cause) -> evicted.run())
            .build();
  }

  private record Generation(long number, Epoch epoch) {
    boolean isOf(UUID nonce) {
      return epoch.nonce().equals(nonce);
    }
  }

  /** A read under way. It stops counting once the feed applies a change of its operation. */
  static final class ReadTicket {
    private final OperationKey key;
    private final Generation generation;
    private final long cursor;
    private volatile boolean voided;

    private ReadTicket(OperationKey key, Generation generation, long cursor) {
      this.key = key;
      this.generation = generation;
      this.cursor = cursor;
    }
  }

  /** How many states there are, about. */
  long states() {
    return states.estimatedSize();
  }

  /** What they weigh together. */
  long bytes() {
    return states.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  @Nullable State get(OperationKey key) {
    return states.getIfPresent(key) instanceof State state
            && state.generation() == generation.number
        ? state
        : null;
  }

  /** To be called before the read is sent. */
  ReadTicket beginRead(OperationKey key) {
    var ticket = new ReadTicket(key, generation, cursors.get(key.lane()));
    reading.compute(
        key,
        (k, tickets) -> {
          var all = tickets == null ? new ArrayList<ReadTicket>(1) : tickets;
          all.add(ticket);
          return all;
        });
    return ticket;
  }

  /** The state that a read found; it is kept if the read still counts. */
  State endRead(ReadTicket ticket, Reading found) {
    long version =
        found.snapshot() == null ? Math.max(ticket.cursor, found.version()) : found.version();
    var state =
        new State(
            found.key(),
            ticket.generation.number,
            version,
            found.snapshot(),
            found.tombstone(),
            encoder);
    states
        .asMap()
        .compute(
            ticket.key,
            (key, old) -> {
              boolean counts = !ticket.voided && ticket.generation.isOf(found.epoch());
              return counts ? newer(old, state) : old;
            });
    reach(ticket.key.lane(), found);
    forget(ticket);
    return state;
  }

  /**
   * How far the lanes are at least. A database that is behind this was restored: a state that was
   * read ahead of the feed would otherwise outlive its history.
   */
  Cursors reached() {
    long[] revisions = new long[OperationKey.LANES];
    Arrays.setAll(revisions, lane -> Math.max(reached.get(lane), cursors.get(lane)));
    return Cursors.of(revisions);
  }

  private void reach(int lane, Reading found) {
    if (generation.isOf(found.epoch())) {
      reached.accumulateAndGet(lane, found.version(), Math::max);
    }
  }

  void failRead(ReadTicket ticket) {
    forget(ticket);
  }

  /** What was read of an operation, in the present history; it is kept by nobody. */
  State stateOf(Reading found) {
    return new State(
        found.key(),
        generation.number,
        found.version(),
        found.snapshot(),
        found.tombstone(),
        encoder);
  }

  /** The state that a look at the log brought along, which is as new as the feed or newer. */
  State putFed(Reading found) {
    var state = stateOf(found);
    reach(found.key().lane(), found);
    states.asMap().compute(found.key(), (key, old) -> newer(old, state));
    return state;
  }

  /** The present history goes as far as this at least. */
  void reachAll(UUID epoch, Cursors known) {
    if (generation.isOf(epoch)) {
      for (int lane = 0; lane < OperationKey.LANES; lane++) {
        reached.accumulateAndGet(lane, known.at(lane), Math::max);
      }
    }
  }

  /** The state that an own write made; it is kept unless a newer one may have been applied. */
  State putOwn(Snapshot written) {
    var state =
        new State(written.key(), generation.number, written.version(), written, null, encoder);
    int lane = written.key().lane();
    reached.accumulateAndGet(lane, written.version(), Math::max);
    states
        .asMap()
        .compute(
            written.key(),
            (key, old) -> {
              boolean ahead = written.version() > cursors.get(lane);
              return ahead || isFollowed(old, state) ? newer(old, state) : old;
            });
    return state;
  }

  /** The state that a change made, where it is known what it was made of. */
  void putMade(Change any, Answer answer) {
    if (answer.verdict() != Verdict.APPLIED || !(any instanceof Composable change)) {
      return;
    }
    var state = change instanceof Start ? null : get(change.key());
    var before = state == null ? null : state.snapshot().orElse(null);
    if ((before == null ? 0 : before.version()) == answer.previousVersion()) {
      putOwn(change.composed(before, answer));
    }
  }

  /** What is there has been kept up to date with the history that {@code state} is of. */
  private boolean isFollowed(@Nullable Known there, State state) {
    return there != null
        && there.generation() == generation.number
        && state.version() > generation.epoch.firstRevision();
  }

  /** The feed applies a batch: what is older than it is no longer found. */
  void apply(Batch batch) {
    cursors.set(batch.lane(), batch.revision());
    for (var entry : batch.entries()) {
      if (!entry.changesState()) {
        continue;
      }
      states
          .asMap()
          .compute(
              entry.key(),
              (key, old) -> {
                voidReads(key);
                return old == null || old.version() >= batch.revision()
                    ? old
                    : new Known.Outdated(generation.number, batch.revision());
              });
    }
  }

  /** Starts over at {@code heads} of another history, or after changes that were missed. */
  void reset(Epoch epoch, Cursors heads) {
    generation = new Generation(generation.number + 1, epoch);
    for (int lane = 0; lane < OperationKey.LANES; lane++) {
      cursors.set(lane, heads.at(lane));
      reached.set(lane, heads.at(lane));
    }
    reading.keySet().forEach(this::voidReads);
    states.invalidateAll();
  }

  private void voidReads(OperationKey key) {
    reading.computeIfPresent(
        key,
        (k, tickets) -> {
          tickets.forEach(ticket -> ticket.voided = true);
          return tickets;
        });
  }

  private void forget(ReadTicket ticket) {
    reading.computeIfPresent(
        ticket.key,
        (key, tickets) -> {
          tickets.remove(ticket);
          return tickets.isEmpty() ? null : tickets;
        });
  }

  private static Known newer(@Nullable Known old, Known state) {
    return old == null
            || old.generation() < state.generation()
            || (old.generation() == state.generation() && old.version() <= state.version())
        ? state
        : old;
  }
}
