package dev.longrunning.watch;

import dev.longrunning.feed.Changes;
import dev.longrunning.feed.Feed;
import dev.longrunning.feed.FeedSettings;
import dev.longrunning.feed.Loop;
import dev.longrunning.feed.VirtualTime;
import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.store.MemoryStore;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Random;

/** A hub over an empty database, on the thread of the test. */
public final class TestHub {
  private TestHub() {}

  public static Hub idle() {
    var time = new VirtualTime();
    var store = new MemoryStore(time);
    var feed =
        new Feed(
            new Here(),
            store,
            FeedSettings.DEFAULT,
            time,
            snapshot -> Bytes.EMPTY,
            new Metrics(System::nanoTime));
    var view = feed.view(new Here(), store);
    Changes changes = view.changes();
    var keys = new KeyRing(Map.of(1, Bytes.of(new byte[32])), 1);
    return new Hub(
        new Hub.Parts(
            view.states(),
            changes,
            new StoredPages(store, 3),
            () -> keys,
            time,
            new Random(1),
            new Metrics(System::nanoTime)),
        HubSettings.DEFAULT);
  }

  private static final class Here implements Loop {
    @Override
    public void run(Runnable task) {
      task.run();
    }

    @Override
    public void guarded(Runnable task) {
      task.run();
    }

    @Override
    public <T> Promise<T> promise() {
      return Promise.promise();
    }
  }
}
