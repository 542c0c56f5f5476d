package dev.longrunning.store.pg;

import static dev.longrunning.store.pg.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.store.Reading;
import dev.longrunning.store.Samples;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Reads that share a statement, and the doorbell that nothing depends on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class ReadsAndRingsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private TestPostgres postgres;
  private StoreFixture store;
  private Context loop;
  private CoalescedReads reads;

  @BeforeAll
  void start() throws Exception {
    postgres = TestPostgres.start(TestPostgres.bundled());
    store = StoreFixture.on(postgres.options());
    loop = store.vertx.getOrCreateContext();
    reads =
        onLoop(
            () -> {
              var metrics = new StoreMetrics(new Metrics(System::nanoTime));
              var links = new Links(store.vertx, "test", 1, store.connector::open, metrics);
              return new CoalescedReads(store.vertx, links, System::nanoTime, metrics);
            });
  }

  @AfterAll
  void stop() throws Exception {
    store.close();
    postgres.close();
  }

  @Test
  void a_read_joins_only_a_statement_that_was_not_sent() throws Exception {
    var key = Samples.freshKey();
    await(store.store.apply(Samples.start(key), PATIENCE));
    await(find(key));
    var blocker = store.connection();
    await(blocker.query("begin; lock table longrunning.op in access exclusive mode").execute());

    var together = onLoop(() -> List.of(reads.find(key), reads.find(key)));
    settle();
    var later = onLoop(() -> reads.find(key));

    assertThat(together.get(0)).isSameAs(together.get(1));
    assertThat(later).isNotSameAs(together.get(0));
    await(blocker.query("commit").execute());
    assertThat(await(later)).isEqualTo(await(together.get(0)));
    await(blocker.close());
  }

  @Test
  void reads_of_many_turns_wait_while_the_database_is_slow() throws Exception {
    var blocker = store.connection();
    await(blocker.query("begin; lock table longrunning.op in access exclusive mode").execute());
    var waiting = new ArrayList<Future<Reading>>();
    for (int i = 0; i < Links.WAITING_MAX + 50; i++) {
      waiting.add(find(Samples.freshKey()));
      onLoop(() -> turnOver());
    }
    await(blocker.query("commit").execute());

    for (var each : waiting) {
      assertThat(await(each).version()).isZero();
    }
    await(blocker.close());
  }

  @Test
  void a_doorbell_that_dies_fails_nothing_and_rings_again() throws Exception {
    var rung = new AtomicReference<Promise<Void>>(Promise.promise());
    var replica = store.replica();
    store.store.onDoorbell(() -> rung.get().tryComplete());
    replica.store.onDoorbell(() -> {});
    await(rung.get().future());

    int ended =
        store
            .sql(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where pid <> pg_backend_pid()"
                    + " and (query like 'listen%' or query like '%pg_notify%')")
            .size();

    assertThat(ended).isPositive();
    var key = Samples.freshKey();
    assertThat(await(replica.store.apply(Samples.start(key), PATIENCE)).verdict())
        .isEqualTo(Answer.Verdict.APPLIED);
    // It listens again once it looks by itself; then it hears what others ring.
    rung.set(Promise.promise());
    await(rung.get().future());
    rung.set(Promise.promise());
    while (!rung.get().future().isComplete()) {
      await(
          replica.store.apply(Samples.update(key, Guard.NONE, Samples.metadata("next")), PATIENCE));
    }
    replica.close();
  }

  private Future<Reading> find(OperationKey key) {
    return Future.future(promise -> loop.runOnContext(now -> reads.find(key).onComplete(promise)));
  }

  private void settle() throws Exception {
    for (int turn = 0; turn < 5; turn++) {
      onLoop(() -> turnOver());
    }
  }

  private static boolean turnOver() {
    return true;
  }

  private <T> T onLoop(java.util.function.Supplier<T> work) throws Exception {
    return await(Future.future(promise -> loop.runOnContext(now -> promise.complete(work.get()))));
  }
}
