package dev.longrunning.watch;

import dev.longrunning.feed.Feed;
import dev.longrunning.feed.FeedSettings;
import dev.longrunning.feed.States;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.store.OperationStore;
import dev.longrunning.store.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One process: a feed, and event loops with a hub each. */
final class SimReplica {
  static final KeyRing KEYS = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
  private static final int PAGE_SIZE = 3;

  private final SimWorld world;
  private final Metrics metrics;
  private final SimWorld.SimLoop feedLoop;
  private final Feed feed;
  private final List<SimWorld.SimLoop> loops = new ArrayList<>();
  private final List<Home> homes = new ArrayList<>();

  /** A place where watchers are. */
  record Home(SimReplica replica, SimWorld.SimLoop loop, Hub hub, States states) {}

  SimReplica(SimWorld world, SimStore store, long ringBytes) {
    this.world = world;
    this.feedLoop = world.loop();
    var usual = FeedSettings.DEFAULT;
    var settings =
        new FeedSettings(usual.idle(), usual.hot(), usual.patience(), 1 << 20, ringBytes);
    this.metrics = new Metrics(() -> 0);
    this.feed = new Feed(feedLoop, store, settings, feedLoop, snapshot -> Bytes.EMPTY, metrics);
    feedLoop.now(() -> feed.start());
    for (int i = 0; i < 2; i++) {
      addLoop(store);
    }
  }

  private void addLoop(OperationStore store) {
    var loop = world.loop();
    loop.now(
        () -> {
          var view = feed.view(loop, store);
          loops.add(loop);
          var hub =
              new Hub(
                  new Hub.Parts(
                      view.states(),
                      view.changes(),
                      new StoredPages(store, PAGE_SIZE),
                      () -> KEYS,
                      loop,
                      world.random,
                      metrics),
                  new HubSettings(Duration.ofSeconds(15), Duration.ofSeconds(30)));
          homes.add(new Home(this, loop, hub, view.states()));
        });
  }

  Home anyHome() {
    return homes.get(world.random.nextInt(homes.size()));
  }

  /** Looks at the log soon. */
  void wake() {
    feed.wake();
  }

  /** Hears of an own write by its answer, some time. */
  void tellWritten(Written written) {
    feedLoop.now(() -> world.call(() -> false, () -> written, feed::written));
  }

  int watches() {
    return homes.stream().map(Home::hub).mapToInt(Hub::watches).sum();
  }

  void kill() {
    feedLoop.kill();
    loops.forEach(SimWorld.SimLoop::kill);
  }
}
