package dev.longrunning.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What writers asked for and what was acknowledged, in one order with what watchers did and saw.
 *
 * <p><b>Threads.</b> Any; each write has one writer.
 */
final class Ledger {
  private static final int RECENT_MAX = 32;

  /** What a writer asks for. */
  enum Kind {
    START,
    UPDATE,
    COMPLETE,
    DELETE
  }

  /**
   * An operation from its start to its end; another one of the same name is another life.
   *
   * @param number grows with time
   * @param expires it is purged soon after its end; else it stays until it is deleted
   */
  record Life(long number, String name, boolean expires) {}

  /** One change that was asked for, with its number as what it writes. */
  static final class Write {
    final long number;
    final Life life;
    final Kind kind;

    /** Applied only at one version, so that an attempt that comes late changes nothing. */
    final boolean guarded;

    /** When it was first asked for, or before that. */
    final long begunAt;

    private final AtomicInteger attempts = new AtomicInteger();
    private volatile long version;
    private volatile long acknowledgedAt;

    Write(long number, Life life, Kind kind, boolean guarded, long begunAt) {
      this.number = number;
      this.life = life;
      this.kind = kind;
      this.guarded = guarded;
      this.begunAt = begunAt;
    }

    void attempted() {
      attempts.incrementAndGet();
    }

    int attempts() {
      return attempts.get();
    }

    /** The version that it was acknowledged at; 0: it was not, or it is a deletion. */
    long version() {
      return version;
    }

    /** When it was acknowledged; 0: it was not. */
    long acknowledgedAt() {
      return acknowledgedAt;
    }

    @Override
    public String toString() {
      return kind + " " + number + " of " + life + " at " + version;
    }
  }

  /** A time in which what is acknowledged may be lost. */
  private record Loss(long from, long to) {}

  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger failovers = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Write> writes = new ConcurrentHashMap<>();
  private final Queue<Write> acknowledged = new ConcurrentLinkedQueue<>();
  private final List<String> recent = new CopyOnWriteArrayList<>();
  private final List<Loss> losses = new CopyOnWriteArrayList<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  /** The next moment: what happened before has a smaller one. */
  long tick() {
    return clock.incrementAndGet();
  }

  Write begin(String name, boolean expires) {
    long number = numbers.incrementAndGet();
    return add(new Write(number, new Life(number, name, expires), Kind.START, true, tick()));
  }

  Write next(Life life, Kind kind, boolean guarded) {
    return add(new Write(numbers.incrementAndGet(), life, kind, guarded, tick()));
  }

  private Write add(Write write) {
    writes.put(write.number, write);
    return write;
  }

  void acknowledge(Write write, long version) {
    write.version = version;
    write.acknowledgedAt = tick();
    acknowledged.add(write);
  }

  /** An operation was started that will come to its end. */
  void begun(String name) {
    recent.add(name);
    if (recent.size() > RECENT_MAX) {
      recent.remove(0);
    }
  }

  /** The name of an operation that was started not long ago; null: none was. */
  @Nullable String anyRecent(Random random) {
    var names = List.copyOf(recent);
    return names.isEmpty() ? null : names.get(random.nextInt(names.size()));
  }

  /** What wrote this; null: nobody. */
  @Nullable Write write(long number) {
    return writes.get(number);
  }

  /** In the order in which they were acknowledged, but for those of the same moment. */
  List<Write> acknowledged() {
    var all = new ArrayList<>(acknowledged);
    all.sort((a, b) -> Long.compare(a.acknowledgedAt, b.acknowledgedAt));
    return all;
  }

  int acknowledgements() {
    return acknowledged.size();
  }

  /** From now on what is acknowledged may be lost, until {@link #recovered}; answers since when. */
  long losing() {
    long from = tick();
    losses.add(new Loss(from, Long.MAX_VALUE));
    return from;
  }

  /** The database has lost what it had to lose: now history is another one. */
  void lost() {
    failovers.incrementAndGet();
  }

  /** What is acknowledged from now on stays. */
  void recovered() {
    var last = losses.remove(losses.size() - 1);
    losses.add(new Loss(last.from(), tick()));
  }

  /** How often history became another one. */
  int failovers() {
    return failovers.get();
  }

  /** Whether what happened then may be lost. */
  boolean isInLoss(long at) {
    return losses.stream().anyMatch(loss -> loss.from() <= at && at <= loss.to());
  }

  /** How often something was lost after that. */
  int lossesAfter(long at) {
    return (int) losses.stream().filter(loss -> loss.to() >= at).count();
  }

  /** Something happened to a writer or a watcher that never should. */
  void fault(String what) {
    faults.add(what);
  }

  Queue<String> faults() {
    return faults;
  }
}
