package dev.longrunning.store;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.operation.Transitions;
import dev.longrunning.operation.Transitions.Step;
import dev.longrunning.operation.Transitions.Stored;
import dev.longrunning.store.Switches.Call;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database in memory that passes the store's contract: for tests, which may share it between
 * replicas, and fail, hold and lose its calls by {@link #switches}.
 *
 * <p><b>Promise.</b> Every change is a batch of its own. Time is what the clock says, in whole
 * microseconds. A held call knows no patience.
 *
 * <p><b>Threads.</b> Any.
 */
public final class MemoryStore implements OperationStore, ChangeLog {
  /** The first moment that an epoch's number counts from. */
  private static final Instant NUMBERED_FROM = Instant.parse("2020-01-01T00:00:00Z");

  private static final Comparator<Snapshot> NEWEST_FIRST =
      Comparator.comparing(Snapshot::createTime)
          .thenComparing(snapshot -> snapshot.key().name())
          .reversed();

  /** What {@link #restore} brings back. */
  public record Backup(Epoch epoch, List<MemoryLane> lanes) {}

  private final InstantSource clock;
  private final Switches switches = new Switches();
  private final List<Runnable> bells = new CopyOnWriteArrayList<>();
  private MemoryLane[] lanes = new MemoryLane[OperationKey.LANES];
  private Epoch epoch;
  private int timeline = 1;
  private boolean recovering;
  private boolean systemMatches = true;
  private int epochs;
  private int statesMax = STATES_MAX;
  private int stateBytesMax = STATE_BYTES_MAX;

  public MemoryStore(InstantSource clock) {
    this.clock = clock;
    Arrays.setAll(lanes, MemoryLane::new);
    this.epoch = begun(0);
  }

  public Switches switches() {
    return switches;
  }

  @Override
  public Future<Answer> apply(Change change, Duration patience) {
    return switches.run(Call.APPLY, () -> applied(change));
  }

  private synchronized Answer applied(Change change) {
    if (recovering || !epoch.timeline().equals(timelineNow())) {
      throw Problem.databaseUnavailable();
    }
    var now = now();
    var lane = lanes[change.key().lane()];
    boolean gap = !(change instanceof Change.Delete) && lane.closeGap(now, epoch.nonce());
    var before = lane.at(change.key());
    long revision = lane.head() + 1;
    var step =
        gap && change instanceof Change.Expire && runs(before.snapshot())
            ? postponed(before, now)
            : Transitions.judge(before, change, now, revision);
    lane.rows.put(change.key(), step.after());
    var verdict = step.answer().verdict();
    if (verdict == Verdict.APPLIED || verdict == Verdict.ADOPTED) {
      lane.append(revision, now, List.of(lane.entry(change, before, now)));
    }
    return step.answer();
  }

  /**
   * Applies changes of different operations of one lane as one batch, at once; answers what came of
   * each.
   */
  public synchronized List<Answer> applyTogether(List<Change> changes) {
    if (recovering || !epoch.timeline().equals(timelineNow())) {
      throw Problem.databaseUnavailable();
    }
    var lane = lanes[changes.get(0).key().lane()];
    long revision = lane.head() + 1;
    var answers = new ArrayList<Answer>();
    var entries = new ArrayList<Entry>();
    for (var change : changes) {
      var before = lane.at(change.key());
      var step = Transitions.judge(before, change, now(), revision);
      lane.rows.put(change.key(), step.after());
      if (step.answer().verdict() == Verdict.APPLIED) {
        entries.add(lane.entry(change, before, now()));
      }
      answers.add(step.answer());
    }
    if (!entries.isEmpty()) {
      lane.append(revision, now(), entries);
    }
    return answers;
  }

  /** What the writer of these changes is told: they were the last to be applied in their lane. */
  public synchronized Written written(List<Change> changes, List<Answer> answers) {
    var newest = lanes[changes.get(0).key().lane()].newest();
    var made = new ArrayList<Written.Made>();
    for (int i = 0; i < changes.size(); i++) {
      if (answers.get(i).verdict() == Verdict.APPLIED) {
        made.add(new Written.Made(changes.get(i), answers.get(i)));
      }
    }
    return new Written(epoch.nonce(), newest, made);
  }

  private static boolean runs(@Nullable Snapshot snapshot) {
    return snapshot != null && !snapshot.isDone();
  }

  private static Step postponed(Stored stored, Instant now) {
    long version = Objects.requireNonNull(stored.snapshot()).version();
    return new Step(new Answer(Verdict.NOT_DUE, version, version, now, null, null, null), stored);
  }

  @Override
  public Future<Reading> find(OperationKey key) {
    return switches.run(Call.FIND, () -> found(key));
  }

  private synchronized Reading found(OperationKey key) {
    refuseOnStandby();
    return read(key);
  }

  @Override
  public Future<Listed> list(Listing listing) {
    return switches.run(Call.LIST, () -> page(listing));
  }

  private synchronized Listed page(Listing listing) {
    refuseOnStandby();
    var pattern = listing.collections();
    var candidates =
        snapshots()
            .filter(snapshot -> snapshot.key().service().equals(listing.service()))
            .filter(snapshot -> !pattern.isExact() || pattern.matches(snapshot.collection()))
            .filter(isAfter(listing.after()))
            .sorted(NEWEST_FIRST)
            .toList();
    var page = new ArrayList<Snapshot>();
    long bytes = 0;
    int examined = 0;
    for (var snapshot : candidates) {
      if (page.size() == listing.limit() || (!page.isEmpty() && bytes >= listing.bytesMax())) {
        break;
      }
      if (pattern.matches(snapshot.collection()) && listing.sieve().matches(snapshot)) {
        page.add(snapshot);
        bytes += snapshot.payloadBytes();
      }
      examined++;
      boolean bounded = !pattern.isExact() || listing.isFiltered();
      if (bounded && examined == listing.examinedMax()) {
        return new Listed(page, new PageToken(snapshot.createTime(), snapshot.key().name()));
      }
    }
    return new Listed(page, null);
  }

  private static Predicate<Snapshot> isAfter(@Nullable PageToken token) {
    if (token == null) {
      return snapshot -> true;
    }
    return snapshot -> {
      int times = snapshot.createTime().compareTo(token.createTime());
      return times < 0 || (times == 0 && snapshot.key().name().compareTo(token.name()) < 0);
    };
  }

  @Override
  public Future<List<OperationKey>> purgeDue(int limit) {
    return switches.run(Call.PURGE_DUE, () -> purgeable(limit));
  }

  private synchronized List<OperationKey> purgeable(int limit) {
    var now = now();
    return snapshots()
        .filter(snapshot -> snapshot.expireTime() != null && !snapshot.expireTime().isAfter(now))
        .sorted(
            Comparator.comparing(
                snapshot -> Objects.requireNonNullElse(snapshot.expireTime(), Instant.MAX)))
        .limit(limit)
        .map(Snapshot::key)
        .toList();
  }

  @Override
  public Future<List<OperationKey>> expiryDue(int limit) {
    return switches.run(Call.EXPIRY_DUE, () -> lost(limit));
  }

  private synchronized List<OperationKey> lost(int limit) {
    var now = now();
    return Arrays.stream(lanes)
        .flatMap(lane -> lane.rows.entrySet().stream())
        .filter(row -> row.getValue().lease() != null && row.getValue().lease().isLost(now))
        .limit(limit)
        .map(row -> row.getKey())
        .toList();
  }

  @Override
  public Future<Void> sweep(int lane) {
    return switches.run(Call.SWEEP, () -> swept(lanes[lane]));
  }

  private synchronized @Nullable Void swept(MemoryLane lane) {
    if (recovering || !epoch.timeline().equals(timelineNow())) {
      throw Problem.databaseUnavailable();
    }
    if (!lane.closeGap(now(), epoch.nonce())) {
      lane.sweep(now(), epoch.nonce());
    }
    return null;
  }

  @Override
  public Future<Integer> trim(Duration window, int limit) {
    return switches.run(Call.TRIM, () -> trimmed(window, limit));
  }

  private synchronized int trimmed(Duration window, int limit) {
    int trimmed = 0;
    for (var lane : lanes) {
      trimmed += lane.trim(now().minus(window), limit - trimmed);
    }
    return trimmed;
  }

  @Override
  public Future<Poll> poll(Cursors cursors, Selection selection) {
    return switches.run(Call.POLL, () -> seen(cursors, selection));
  }

  @Override
  public Future<Poll> history(Cursors cursors, Selection selection) {
    return switches.run(Call.HISTORY, () -> seen(cursors, selection));
  }

  private synchronized Poll seen(Cursors cursors, Selection selection) {
    var heads = new long[lanes.length];
    var after = new ArrayList<Batch>();
    for (int lane = 0; lane < lanes.length; lane++) {
      heads[lane] = lanes[lane].head();
      lanes[lane].after(cursors.at(lane), LANE_BATCHES_MAX).forEach(after::add);
    }
    // Before anybody is asked: who is asked may change something meanwhile, and this is a snapshot.
    var present = selection.isEmpty() ? Map.<OperationKey, Reading>of() : present(after);
    var batches = new ArrayList<Batch>();
    var states = new HashMap<OperationKey, Reading>();
    var apart = new HashSet<OperationKey>();
    for (var batch : after) {
      if (states.size() + apart.size() >= statesMax) {
        break;
      }
      batches.add(batch);
      for (var key : selection.isEmpty() ? List.<OperationKey>of() : selection.of(batch)) {
        var found = Objects.requireNonNull(present.get(key));
        boolean large = found.snapshot() != null && found.snapshot().payloadBytes() > stateBytesMax;
        if (large) {
          apart.add(key);
        } else {
          states.put(key, found);
        }
      }
    }
    var answering = recovering ? null : timelineNow();
    return new Poll(
        epoch, answering, systemMatches, Cursors.of(heads), batches, now(), states, apart);
  }

  private Map<OperationKey, Reading> present(List<Batch> changed) {
    return changed.stream()
        .flatMap(batch -> batch.entries().stream())
        .map(Entry::key)
        .distinct()
        .collect(Collectors.toMap(key -> key, this::read));
  }

  private Reading read(OperationKey key) {
    var stored = lanes[key.lane()].at(key);
    return new Reading(key, epoch.nonce(), stored.snapshot(), stored.tombstone());
  }

  /** Polls return no more states than about this many, none with more payload than this. */
  public synchronized void limitStates(int max, int bytesMax) {
    statesMax = max;
    stateBytesMax = bytesMax;
  }

  @Override
  public Future<Void> openEpoch(Epoch known, long numberMin) {
    return switches.run(Call.EPOCH, () -> opened(known, numberMin));
  }

  private synchronized @Nullable Void opened(Epoch known, long numberMin) {
    if (epoch.nonce().equals(known.nonce())) {
      epoch = begun(Math.max(epoch.number(), numberMin));
      systemMatches = true;
    }
    return null;
  }

  private Epoch begun(long numberMin) {
    long number = Math.max(numberMin + 1, ChronoUnit.HOURS.between(NUMBERED_FROM, now()));
    var begun = new Epoch(number, new UUID(timeline, ++epochs), timelineNow());
    for (var lane : lanes) {
      lane.mark(begun.firstRevision(), now());
    }
    return begun;
  }

  @Override
  public void onDoorbell(Runnable ring) {
    bells.add(ring);
  }

  @Override
  public void onWritten(Consumer<Written> written) {
    // Left to the test: a write is found by looking.
  }

  /** As after a write, which does not ring by itself: a test decides whether the bell is heard. */
  public void ringDoorbell() {
    bells.forEach(Runnable::run);
  }

  /** Another server takes over: nothing can be written before a new epoch is opened. */
  public synchronized void promote() {
    timeline++;
    recovering = false;
  }

  /** The server that answers is a standby, or is one no longer. */
  public synchronized void recover(boolean inRecovery) {
    recovering = inRecovery;
  }

  /** The database cluster is another one than the epoch began on. */
  public synchronized void moveToAnotherSystem() {
    systemMatches = false;
  }

  public synchronized Backup backup() {
    return new Backup(epoch, copies(Arrays.stream(lanes)));
  }

  /** Everything is as it was then, the epoch too. */
  public synchronized void restore(Backup backup) {
    epoch = backup.epoch();
    lanes = copies(backup.lanes().stream()).toArray(MemoryLane[]::new);
  }

  private static List<MemoryLane> copies(Stream<MemoryLane> lanes) {
    return lanes.map(MemoryLane::copy).toList();
  }

  private void refuseOnStandby() {
    if (recovering) {
      throw Problem.databaseUnavailable();
    }
  }

  private Stream<Snapshot> snapshots() {
    return Arrays.stream(lanes)
        .flatMap(lane -> lane.rows.values().stream())
        .map(Stored::snapshot)
        .filter(Objects::nonNull);
  }

  private String timelineNow() {
    return String.format("%08X", timeline);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
