package dev.longrunning.feed;

import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Await;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Samples;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A feed on one event loop, over a database in memory, in a time of its own. */
abstract class FeedHarness {
  final VirtualTime time = new VirtualTime();
  final MemoryStore store = new MemoryStore(time);
  final OperationKey key = Samples.freshKey();
  Vertx vertx;
  Feed feed;
  States states;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    states =
        call(
            () -> {
              feed =
                  new Feed(
                      VertxLoop.current(vertx),
                      store,
                      FeedSettings.DEFAULT,
                      time,
                      FeedHarness::encoded,
                      new Metrics(System::nanoTime));
              return feed.start()
                  .map(started -> feed.view(VertxLoop.current(vertx), store).states());
            });
  }

  @AfterEach
  void stop() {
    feed.stop();
    Await.await(vertx.close());
  }

  static Bytes encoded(Snapshot snapshot) {
    return Samples.bytes(snapshot.key().name() + '@' + snapshot.version());
  }

  void pass(Duration duration) {
    time.pass(duration);
    settle();
  }

  /** Lets everything run that is due on the loop. */
  void settle() {
    for (int turn = 0; turn < 20; turn++) {
      call(Future::succeededFuture);
    }
  }

  <T> T call(Supplier<Future<T>> work) {
    return Await.await(begin(work));
  }

  <T> Future<T> begin(Supplier<Future<T>> work) {
    return Future.future(promise -> vertx.runOnContext(now -> work.get().onComplete(promise)));
  }
}
