package dev.longrunning.app;

import dev.longrunning.feed.Feed;
import dev.longrunning.feed.FeedSettings;
import dev.longrunning.feed.Timers;
import dev.longrunning.feed.VertxLoop;
import dev.longrunning.observe.Metrics;
import dev.longrunning.observe.QueuePeak;
import dev.longrunning.service.Janitor;
import dev.longrunning.service.JanitorSettings;
import dev.longrunning.service.ObservedStore;
import dev.longrunning.service.OperationWire;
import dev.longrunning.store.pg.Connector;
import dev.longrunning.store.pg.Migrations;
import dev.longrunning.store.pg.PgStore;
import dev.longrunning.store.pg.TokenKeys;
import dev.longrunning.watch.Hub;
import dev.longrunning.watch.HubSettings;
import dev.longrunning.watch.StoredPages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What all event loops share: the store, the feed, the keys and the janitor, on a loop of their
 * own.
 *
 * <p><b>Threads.</b> Made and started on its loop; what it offers may be used on any.
 */
final class Backend {
  private final Connector connector;
  private final Metrics metrics;
  private final Migrations migrations;
  private final PgStore database;
  private final ObservedStore store;
  private final Feed feed;
  private final TokenKeys keys;
  private final Janitor janitor;

  /** Makes it on the calling event loop, and begins to reach the database. */
  Backend(
      Vertx vertx,
      Connector connector,
      Settings settings,
      Timers timers,
      InstantSource clock,
      Metrics metrics) {
    this.connector = connector;
    this.metrics = metrics;
    this.migrations = new Migrations(connector);
    // There is other work meanwhile.
    migrations.reach();
    this.database = new PgStore(vertx, connector, storeSettings(settings), metrics);
    this.store = new ObservedStore(database);
    this.feed =
        new Feed(
            VertxLoop.current(vertx),
            database,
            feedSettings(settings),
            timers,
            OperationWire::operation,
            metrics);
    this.keys = new TokenKeys(vertx, connector);
    this.janitor =
        new Janitor(
            store,
            store::lastWriteFailed,
            clock,
            timers,
            new SecureRandom(),
            new JanitorSettings(settings.resumeWindow()),
            metrics);
  }

  /** Completes once the schema is up to date and the log is followed. */
  Future<Void> start() {
    return migrations
        .run()
        .compose(migrated -> keys.start())
        .compose(read -> feed.start())
        .onSuccess(started -> janitor.start());
  }

  Future<Void> stop() {
    keys.close();
    migrations.close();
    connector.close();
    return janitor.stop().onComplete(stopped -> feed.stop()).eventually(() -> database.close());
  }

  /** How full the queues of the store and the feed have been. */
  List<QueuePeak> peaks() {
    return Stream.concat(database.peaks().stream(), feed.peaks().stream()).toList();
  }

  ObservedStore store() {
    return store;
  }

  Feed feed() {
    return feed;
  }

  TokenKeys keys() {
    return keys;
  }

  /** The watches of the event loop that the view is of. */
  Hub hub(Feed.View view, Timers timers, HubSettings settings) {
    var pages = new StoredPages(store, StoredPages.PAGE_SIZE);
    var random = new SplittableRandom(new SecureRandom().nextLong());
    return new Hub(
        new Hub.Parts(view.states(), view.changes(), pages, keys::ring, timers, random, metrics),
        settings);
  }

  private static PgStore.Settings storeSettings(Settings settings) {
    int loops = settings.eventLoops();
    int readersALoop = Math.max(1, (settings.readConnections() + loops - 1) / loops);
    return new PgStore.Settings(settings.writeConnections(), readersALoop);
  }

  private static FeedSettings feedSettings(Settings settings) {
    var usual = FeedSettings.DEFAULT;
    return new FeedSettings(
        usual.idle(),
        usual.hot(),
        usual.patience(),
        settings.cacheBytes(),
        settings.push().ringBytes());
  }
}
