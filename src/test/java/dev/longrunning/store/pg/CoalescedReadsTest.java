package dev.longrunning.store.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.observe.Metrics;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Reading;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over a database to which no connection is ever made. */
@Timeout(60)
final class CoalescedReadsTest {
  private Vertx vertx;
  private CoalescedReads reads;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    reads =
        StoreFixture.onLoop(
            vertx,
            () -> {
              var metrics = new StoreMetrics(new Metrics(System::nanoTime));
              Promise<PgConnection> never = Promise.promise();
              var links = new Links(vertx, "reads", 1, never::future, metrics);
              return new CoalescedReads(vertx, links, System::nanoTime, metrics);
            });
  }

  @AfterEach
  void stop() throws Exception {
    StoreFixture.await(vertx.close());
  }

  @Test
  void calls_for_one_name_count_each() throws Exception {
    var key = OperationKey.of("operations/one");

    var waiting = begin(CoalescedReads.WAITING_MAX, i -> key);
    var refused = begin(1, i -> key);

    assertThat(waiting).noneMatch(Future::failed);
    assertOverloaded(refused.get(0));
    assertThat(reads.peak().peak()).isEqualTo(CoalescedReads.WAITING_MAX);
    assertTakesAgainAfter(waiting);
  }

  @Test
  void calls_for_many_names_count_each() throws Exception {
    var waiting = begin(CoalescedReads.WAITING_MAX, i -> OperationKey.of("operations/number-" + i));
    var refused = begin(1, i -> OperationKey.of("operations/another"));

    assertOverloaded(refused.get(0));
    assertTakesAgainAfter(waiting);
  }

  private List<Future<Reading>> begin(int calls, IntFunction<OperationKey> key) throws Exception {
    return StoreFixture.onLoop(
        vertx,
        () -> {
          List<Future<Reading>> begun = new ArrayList<>();
          for (int i = 0; i < calls; i++) {
            begun.add(reads.find(key.apply(i)));
          }
          return begun;
        });
  }

  private static void assertOverloaded(Future<Reading> call) {
    assertThat(call.failed()).isTrue();
    assertThat(call.cause()).hasMessage(Problem.overloaded("reads").message());
  }

  /** What waits fails when its time is up, and gives its place back. */
  private void assertTakesAgainAfter(List<Future<Reading>> waiting) throws Exception {
    StoreFixture.await(Future.join(waiting).otherwiseEmpty());

    assertThat(begin(CoalescedReads.WAITING_MAX, i -> OperationKey.of("operations/two")))
        .noneMatch(Future::failed);
  }
}
