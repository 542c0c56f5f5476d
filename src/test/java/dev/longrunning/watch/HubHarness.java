package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.feed.Feed;
import dev.longrunning.feed.FeedSettings;
import dev.longrunning.feed.States;
import dev.longrunning.feed.VirtualTime;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.store.Await;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Epoch;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The hub of one replica, its feed and the database, on the thread of a test: each goes on when the
 * test says so, and only then.
 */
final class HubHarness {
  static final KeyRing KEYS = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
  static final String COLLECTION = "projects/p";
  static final Watched ALL =
      Watched.all(OperationKey.DEFAULT_SERVICE, CollectionPattern.of(COLLECTION));

  /** Elements of a page. */
  static final int PAGE_SIZE = 2;

  /** How long what has ended is kept. */
  static final Duration RETENTION = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  static final int LANE = 3;

  private final VirtualTime time;
  private final MemoryStore store;
  private final HandLoop feedLoop = new HandLoop();
  private final HandLoop loop = new HandLoop();
  private final Feed feed;
  private final States states;
  private final Hub hub;

  HubHarness() {
    this(new VirtualTime());
  }

  private HubHarness(VirtualTime time) {
    this(time, new MemoryStore(time));
  }

  private HubHarness(VirtualTime time, MemoryStore store) {
    this.time = time;
    this.store = store;
    var metrics = new Metrics(() -> 0);
    this.feed =
        new Feed(feedLoop, store, FeedSettings.DEFAULT, time, snapshot -> Bytes.EMPTY, metrics);
    var view = feed.view(loop, store);
    this.states = view.states();
    var pages = new StoredPages(store, PAGE_SIZE);
    var parts =
        new Hub.Parts(states, view.changes(), pages, () -> KEYS, time, new Random(1), metrics);
    this.hub = new Hub(parts, HubSettings.DEFAULT);
    feed.start();
    settle();
  }

  /** Another replica on the same database. */
  HubHarness replica() {
    return new HubHarness(time, store);
  }

  MemoryStore store() {
    return store;
  }

  Switches switches() {
    return store.switches();
  }

  VirtualTime time() {
    return time;
  }

  HandLoop loop() {
    return loop;
  }

  States states() {
    return states;
  }

  /** An operation of {@link #COLLECTION}. All that are named so are in one lane. */
  static OperationKey key(String id) {
    return key(COLLECTION, id, LANE);
  }

  /** The first operation of this id and a number that is in the lane. */
  static OperationKey key(String collection, String id, int lane) {
    return IntStream.range(0, 1_000)
        .mapToObj(number -> OperationKey.of(OperationName.in(collection, id + '-' + number)))
        .filter(key -> key.lane() == lane)
        .findFirst()
        .orElseThrow();
  }

  long apply(Change change) {
    return Await.await(store.apply(change, PATIENCE)).version();
  }

  long start(String id, String text) {
    return apply(starting(id, text));
  }

  static Change starting(String id, String text) {
    return new Change.Start(key(id), COLLECTION, null, Samples.metadata(text), RETENTION, null);
  }

  long update(String id, String text) {
    return apply(updating(id, text));
  }

  static Change updating(String id, String text) {
    return Samples.update(key(id), Change.Guard.NONE, Samples.metadata(text));
  }

  long complete(String id, String response) {
    return apply(Samples.completion(key(id), Change.Guard.NONE, response));
  }

  long delete(String id) {
    return apply(new Change.Delete(key(id)));
  }

  /** All of them in one batch. */
  void together(Change... changes) {
    assertThat(store.applyTogether(List.of(changes)))
        .allSatisfy(answer -> assertThat(answer.verdict()).isEqualTo(Answer.Verdict.APPLIED));
  }

  /** The feed looks at the log, and what it finds waits for the hub's event loop. */
  void look() {
    feed.wake();
    while (feedLoop.runNext()) {}
  }

  /** The feed looks, and everybody does what is to be done. */
  void tell() {
    look();
    settle();
  }

  /** Lets everything happen but the passing of time. */
  void settle() {
    boolean more = true;
    while (more) {
      boolean fed = feedLoop.runNext();
      more = loop.runNext() || fed;
      time.pass(Duration.ZERO);
    }
  }

  /** Lets time pass, as the feed and the heartbeats see it. */
  void pass(Duration duration) {
    var step = Duration.ofMillis(100);
    for (var left = duration; !left.isNegative() && !left.isZero(); left = left.minus(step)) {
      time.pass(step);
      settle();
    }
  }

  Epoch epoch() {
    return Await.await(store.poll(Cursors.NONE, Selection.NONE)).epoch();
  }

  /** Opens the watch of one operation; nothing has been read for it yet. */
  Reader open(OperationKey key, String token, Reader reader) {
    reader.watching(hub.watchOperation(key, token, reader));
    return reader;
  }

  /** Opens the watch of collections; nothing has been read for it yet. */
  Reader open(Watched watched, String token, Reader reader) {
    reader.watching(hub.watchCollection(watched, token, false, reader));
    return reader;
  }

  Reader watch(String id, String token, Reader reader) {
    open(key(id), token, reader);
    settle();
    return reader;
  }

  Reader watch(String id) {
    return watch(id, "", new Reader());
  }

  Reader watch(Watched watched, String token, Reader reader) {
    open(watched, token, reader);
    settle();
    return reader;
  }

  /** The watch of {@link #ALL}. */
  Reader watchAll() {
    return watch(ALL, "", new Reader());
  }

  /** Goes on where another reader has come to. */
  Reader resume(Reader other) {
    return watch(ALL, other.token(), new Reader());
  }
}
