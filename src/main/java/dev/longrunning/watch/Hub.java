package dev.longrunning.watch;

import dev.longrunning.feed.AppliedBatch;
import dev.longrunning.feed.Changes;
import dev.longrunning.feed.States;
import dev.longrunning.feed.Timers;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Cursors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one event loop.
 *
 * <p><b>Promise.</b> A change costs only those who see it: watches of one operation are told by the
 * feed, watches of collections are found by the collection, and those of the same are told as one.
 *
 * <p><b>Threads.</b> Made on its event loop and confined to it, but for {@link #watches}.
 *
 * <p><b>Bounds.</b> Each watch belongs to a stream that was let in; see there for what one holds.
 */
public final class Hub {
  /** Of every resume token, in characters. */
  public static final int TOKEN_LENGTH_MAX = CollectionToken.LENGTH_MAX;

  /** Before what failed is tried again; the database is away. */
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Parts parts;
  private final Heartbeats heartbeats;
  private final ReadTurns turns = new ReadTurns();
  private final NameHash hash;
  private final WatchMetrics metrics;
  private final Map<Watched, Group> groups = new HashMap<>();

  /** Groups by service and pattern: those that a change may concern. */
  private final Map<String, List<Group>> byPattern = new HashMap<>();

  private final Map<CollectionPattern.Shape, Integer> shapes = new HashMap<>();
  private volatile int watches;
  private Event.@Nullable Changed lastChanged;

  /**
   * What a hub is made of.
   *
   * @param keys the newest key ring; asked for each token
   */
  public record Parts(
      States states,
      Changes changes,
      SnapshotPages pages,
      Supplier<KeyRing> keys,
      Timers timers,
      RandomGenerator random,
      Metrics metrics) {}

  public Hub(Parts parts, HubSettings settings) {
    this.parts = parts;
    this.heartbeats = new Heartbeats(parts.timers(), settings);
    this.hash = new NameHash(parts.random());
    this.metrics = new WatchMetrics(parts.metrics(), this);
    parts.changes().onApplied(new Applied());
  }

  /**
   * Watches one operation.
   *
   * @param resumeToken empty: from the present state on
   * @throws Problem INVALID if the token is not of a watch of this operation
   */
  public Watch watchOperation(OperationKey key, String resumeToken, Outlet outlet) {
    var token =
        resumeToken.isEmpty()
            ? null
            : OperationToken.decoded(
                keys(), OperationWatch.bound(key), "resume_token", resumeToken);
    var watch = new OperationWatch(this, key, outlet);
    opened(watch);
    watch.begin(token);
    return watch;
  }

  /**
   * Watches collections.
   *
   * @param resumeToken empty: from a snapshot on, or from now on
   * @param changesOnly no snapshot; only without a token
   * @throws Problem INVALID if the token is not of a watch of the same
   */
  public Watch watchCollection(
      Watched watched, String resumeToken, boolean changesOnly, Outlet outlet) {
    var token =
        resumeToken.isEmpty()
            ? null
            : CollectionToken.decoded(keys(), watched.bound(), "resume_token", resumeToken);
    var group = groups.computeIfAbsent(watched, this::group);
    var watch = new CollectionWatch(this, group, token, changesOnly, outlet);
    group.add(watch);
    opened(watch);
    watch.pump();
    return watch;
  }

  /** What holds for watches from now on. */
  public void apply(HubSettings settings) {
    heartbeats.apply(settings);
  }

  /** How many are open; from any thread. */
  public int watches() {
    return watches;
  }

  /** How many wait for their turn to read; from any thread, as of a moment ago. */
  int waiting() {
    return turns.waiting();
  }

  private void opened(OpenWatch watch) {
    int before = watches;
    watches = before + 1;
    heartbeats.add(watch);
  }

  void closed(OpenWatch watch) {
    int before = watches;
    watches = before - 1;
    heartbeats.remove(watch);
  }

  private Group group(Watched watched) {
    var group = new Group(this, watched);
    byPattern.computeIfAbsent(text(watched), t -> new ArrayList<>(1)).add(group);
    shapes.merge(watched.pattern().shape(), 1, Integer::sum);
    return group;
  }

  /** A group that nobody is in any more. */
  void empty(Group group) {
    groups.remove(group.watched());
    byPattern.computeIfPresent(
        text(group.watched()),
        (t, all) -> {
          all.remove(group);
          return all.isEmpty() ? null : all;
        });
    shapes.computeIfPresent(
        group.watched().pattern().shape(), (s, count) -> count == 1 ? null : count - 1);
  }

  private static String text(Watched watched) {
    return watched.service() + '/' + watched.pattern().text();
  }

  private final class Applied implements Changes.Applied {
    @Override
    public void batches(List<AppliedBatch> batches) {
      var concerned = concerned(batches);
      concerned.forEach(group -> group.applied(batches));
    }

    @Override
    public void reset(boolean rewound) {
      lastChanged = null;
      List.copyOf(groups.values()).forEach(group -> group.reset(rewound));
    }
  }

  private Set<Group> concerned(List<AppliedBatch> batches) {
    Set<Group> concerned = new HashSet<>();
    for (var batch : batches) {
      for (var change : batch.changes()) {
        for (var shape : shapes.keySet()) {
          shape
              .over(change.collection())
              .map(pattern -> byPattern.get(change.key().service() + '/' + pattern))
              .ifPresent(concerned::addAll);
        }
      }
    }
    return concerned;
  }

  // What the watches use.

  WatchMetrics metrics() {
    return metrics;
  }

  States states() {
    return parts.states();
  }

  Changes changes() {
    return parts.changes();
  }

  SnapshotPages pages() {
    return parts.pages();
  }

  ReadTurns turns() {
    return turns;
  }

  Heartbeats heartbeats() {
    return heartbeats;
  }

  KeyRing keys() {
    return parts.keys().get();
  }

  UUID epoch() {
    return parts.changes().position().epoch().nonce();
  }

  Cursors cursors() {
    return parts.changes().position().cursors();
  }

  /**
   * For a watch that has sent nothing yet, or else is not {@code complete}; null: without filter.
   */
  @Nullable SentNames sentNames(Watched watched, boolean complete) {
    return watched.isFiltered() ? new SentNames(hash, complete) : null;
  }

  /** Runs the task after a pause, which is longer for some than for others. */
  void later(Runnable task) {
    var pause = RETRY.plusMillis(parts.random().nextLong(RETRY.toMillis()));
    parts.timers().after(pause, task);
  }

  /** Runs the task after whatever else waits on this event loop. */
  void nextTurn(Runnable task) {
    parts.timers().after(Duration.ZERO, task);
  }

  Event.Bookmark bookmark(boolean synced, String token) {
    return new Event.Bookmark(synced, parts.changes().isStale(), token);
  }

  /** One event for all watches of an operation that are told of the same state one by one. */
  Event.Changed changed(Snapshot snapshot, Supplier<String> token) {
    var last = lastChanged;
    boolean same =
        last != null
            && last.snapshot().version() == snapshot.version()
            && last.snapshot().key().equals(snapshot.key());
    if (last == null || !same) {
      last = new Event.Changed(snapshot, token.get());
      lastChanged = last;
    }
    return last;
  }

  static Problem problem(Throwable cause) {
    return cause instanceof Problem problem ? problem : Problem.broken("a watch failed", cause);
  }
}
