package dev.longrunning.fleet;

import dev.longrunning.fleet.Watcher.Habit;
import dev.longrunning.testing.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** All writers and watchers. */
final class Crowd {
  private static final int PATIENCE_SECONDS = 120;
  private static final int WRITERS = 8;

  /** Operations that each writer leaves as they are, so that a snapshot has several pages. */
  private static final int STILL_EACH = 100;

  private static final int LONG_WRITERS = 2;
  private static final int WAITERS = 8;
  private static final int WAIT_SECONDS_MAX = 900;
  private static final int RESUMPTIONS = 60;
  private static final String EVERYTHING = "projects/-";
  private static final List<String> COLLECTIONS =
      List.of("projects/p1", "projects/p2", "projects/p3");

  private final Fleet fleet;
  private final Ledger ledger;
  private final Random random;
  private final List<Watcher> watchers = new ArrayList<>();
  private final List<Thread> writers = new ArrayList<>();
  private final List<Thread> waiters = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<History> ends = new ConcurrentLinkedQueue<>();
  private final Map<Thread, Watcher> waiting = new ConcurrentHashMap<>();
  private final Writer herald;
  private volatile boolean enough;

  Crowd(Fleet fleet, Ledger ledger, Random random) {
    this.fleet = fleet;
    this.ledger = ledger;
    this.random = random;
    this.herald = new Writer(fleet, ledger, random, "news");
  }

  void start() throws Exception {
    for (int i = 0; i < WRITERS; i++) {
      var writer = new Writer(fleet, ledger, random, "w" + i);
      writers.add(
          thread(
              "writer " + i,
              () -> {
                writer.leave(STILL_EACH);
                writer.live(() -> enough);
              }));
    }
    for (int i = 0; i < LONG_WRITERS; i++) {
      var writer = new Writer(fleet, ledger, random, "long" + i);
      writers.add(
          thread("long writer " + i, () -> writer.liveLong(() -> enough, this::waitForEnd)));
    }
    for (var habit : List.of(Habit.PLAIN, Habit.PATIENT, Habit.RESTLESS, Habit.SLEEPY)) {
      watch(GrpcWire::open, habit, Subject.collection(EVERYTHING));
      watch(LinesWire::open, habit, Subject.collection(EVERYTHING));
    }
    for (var collection : COLLECTIONS) {
      watch(GrpcWire::open, Habit.RESTLESS, Subject.collection(collection));
      watch(LinesWire::open, Habit.PLAIN, Subject.collection(collection));
    }
    watch(GrpcWire::open, Habit.RESTLESS, Subject.changesOf(EVERYTHING));
    watch(LinesWire::open, Habit.PLAIN, Subject.changesOf(COLLECTIONS.get(0)));
    for (int i = 0; i < WAITERS; i++) {
      Wire.Kind kind = i % 3 == 0 ? LinesWire::open : GrpcWire::open;
      var habit = i % 2 == 0 ? Habit.PLAIN : Habit.FICKLE;
      waiters.add(thread("waiter " + i, () -> waitForEnds(kind, habit)));
    }
    // Who asks for changes only hears of those that come after this.
    for (var watcher : watchers) {
      await(
          watcher + " is in step",
          () -> answer(watcher, seen -> seen.all().stream().anyMatch(Seen::isSynced)));
    }
  }

  private void watch(Wire.Kind kind, Habit habit, Subject subject) {
    watchers.add(new Watcher(fleet, ledger, kind, habit, random, new History(subject)).start());
  }

  private interface Work {
    void work() throws Exception;
  }

  private Thread thread(String name, Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.work();
              } catch (Throwable wrong) {
                ledger.fault(name + ": " + wrong);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Watches one operation after the other to its end. */
  private void waitForEnds(Wire.Kind kind, Habit habit) throws Exception {
    var own = new Random(random.nextLong());
    while (!enough) {
      String name = ledger.anyRecent(own);
      if (name != null) {
        waitForEnd(kind, habit, name);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Watches one operation to its end, in several ways. */
  private void waitForEnd(String name) {
    var about = List.of(Habit.PATIENT, Habit.RESTLESS, Habit.FICKLE);
    for (var habit : about) {
      Wire.Kind kind = habit.equals(Habit.RESTLESS) ? LinesWire::open : GrpcWire::open;
      waiters.add(thread(habit + " for " + name, () -> waitForEnd(kind, habit, name)));
    }
  }

  private void waitForEnd(Wire.Kind kind, Habit habit, String name) throws Exception {
    var history = new History(Subject.operation(name));
    var watcher = new Watcher(fleet, ledger, kind, habit, random, history).start();
    waiting.put(Thread.currentThread(), watcher);
    Calls.await(watcher.finished(), WAIT_SECONDS_MAX);
    waiting.remove(Thread.currentThread());
    ends.add(history);
  }

  /** Writes something into each collection, and waits until all who watch it have seen it. */
  void awaitNews(String id) throws Exception {
    for (String collection : COLLECTIONS) {
      var news = herald.leave(collection, id.toLowerCase(Locale.ROOT).replace('_', '-'));
      String name = news.getOperation().getName();
      for (var watcher : watchers) {
        if (answer(watcher, History::subject).holds(name)) {
          await(
              watcher + " hears of " + name,
              () -> answer(watcher, seen -> seen.fold().newest(name)) >= news.getVersion());
        }
      }
    }
  }

  /** Waits for something that comes true. */
  void await(String what, Callable<Boolean> condition) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("never: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static boolean holds(Watcher watcher, Map<String, Long> table) throws Exception {
    return answer(watcher, seen -> Promises.difference(seen, table).isEmpty());
  }

  /** Has one who stays where it is go on at a server, and waits until it hears something there. */
  void visit(int server) throws Exception {
    var visitor = watchers.get(0);
    Calls.await(visitor.moveTo(server), Calls.LONG_SECONDS);
    await("somebody at " + server, () -> answer(visitor, Watcher::placeOf) == server);
  }

  private static <T> T answer(Watcher watcher, Function<History, T> question) throws Exception {
    return Calls.await(watcher.ask(question), Calls.LONG_SECONDS);
  }

  /** How many bookmarks said that there may be news, all in all. */
  long stale() throws Exception {
    return count(Seen::isStale).stream().mapToLong(each -> each).sum();
  }

  /** How many operations expired before the eyes of whoever saw the fewest do so. */
  long expired() throws Exception {
    return count(seen -> seen.word().equals("EXPIRED")).stream()
        .mapToLong(each -> each)
        .min()
        .orElse(0);
  }

  private List<Long> count(Predicate<Seen> which) throws Exception {
    var counts = new ArrayList<Long>();
    for (var watcher : watchers) {
      counts.add(answer(watcher, seen -> seen.all().stream().filter(which).count()));
    }
    return counts;
  }

  /** Lets all come to their ends; answers with what everybody saw. */
  List<History> settle(FleetDatabase database) throws Exception {
    Callable<Map<String, Long>> table = () -> Truth.table(database);
    enough = true;
    join(writers);
    endAll(table);
    join(waiters);
    await("the last purge", database::hasNothingToPurge);
    var histories = new ArrayList<>(ends);
    histories.addAll(settle(watchers, table));
    return histories;
  }

  private void join(List<Thread> threads) throws Exception {
    for (var thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      if (thread.isAlive()) {
        throw new AssertionError(thread.getName() + " does not end, " + whatItWaitsFor(thread));
      }
    }
  }

  /** Ends what runs, since that it had come to its end is lost. */
  private void endAll(Callable<Map<String, Long>> table) throws Exception {
    var everything = watchers.get(0);
    await(everything + " holds what is there", () -> holds(everything, table.call()));
    var running =
        answer(
            everything,
            seen -> seen.fold().held().values().stream().filter(each -> !each.done()).toList());
    for (var each : running) {
      var life = Objects.requireNonNull(ledger.write(each.write())).life;
      if (!Writer.isLeft(life.name())) {
        herald.end(life);
      }
    }
  }

  private String whatItWaitsFor(Thread thread) throws Exception {
    var watcher = waiting.get(thread);
    return watcher == null
        ? "and waits for nothing"
        : watcher
            + answer(watcher, seen -> seen.around(seen.all().size() - 1, seen.subject().name()));
  }

  /** Waits until everybody holds what is there, or it is clear that somebody never will. */
  private List<History> settle(List<Watcher> who, Callable<Map<String, Long>> table)
      throws Exception {
    var histories = new ArrayList<History>();
    for (var watcher : who) {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      boolean same = false;
      while (!same && System.nanoTime() < until) {
        same = holds(watcher, table.call());
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    for (var watcher : who) {
      histories.add(Calls.await(watcher.stop(), Calls.LONG_SECONDS));
    }
    return histories;
  }

  /** Goes on from tokens that somebody had some time, with what was held then. */
  List<History> resumeAnywhere(List<History> histories, FleetDatabase database) throws Exception {
    var collections = histories.stream().filter(history -> !history.subject().single()).toList();
    var resumed = new ArrayList<Watcher>();
    for (int i = 0; i < RESUMPTIONS; i++) {
      var history = collections.get(random.nextInt(collections.size()));
      var past = history.upTo(1 + random.nextInt(history.all().size()));
      Wire.Kind kind = random.nextBoolean() ? GrpcWire::open : LinesWire::open;
      resumed.add(new Watcher(fleet, ledger, kind, Habit.PLAIN, random, past).start());
    }
    return settle(resumed, () -> Truth.table(database));
  }

  /** What there was to see. */
  String summary(List<History> histories) {
    var all = histories.stream().flatMap(history -> history.all().stream()).toList();
    return "%d changes acknowledged, %d events, %d streams, %d resets, %d ends of operations"
        .formatted(
            ledger.acknowledgements(),
            all.stream().filter(seen -> !seen.token().isEmpty()).count(),
            all.stream().filter(seen -> seen.kind() == Seen.Kind.CONNECTED).count(),
            all.stream().filter(seen -> seen.kind() == Seen.Kind.RESET).count(),
            all.stream().filter(seen -> seen.kind() == Seen.Kind.ENDED).count());
  }
}
