package dev.longrunning.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.testing.Calls;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What is promised of watches, by three servers on one PostgreSQL, while writers write, watchers
 * watch, and all that can go wrong does so, one after the other. Each test holds what all watchers
 * saw in that one run against one promise.
 *
 * <p>{@code -Dfleet.rounds=3} lets everything go wrong three times; {@code -Dfleet.seed=17} makes
 * the choices of an earlier run.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FleetIT {
  private static final int ROUNDS = Integer.getInteger("fleet.rounds", 1);
  private static final long SEED = Long.getLong("fleet.seed", new Random().nextLong());

  /** What the servers say stays there. */
  private final Path folder = Path.of("target", "fleet");

  private final Vertx vertx = Vertx.vertx();
  private final Ledger ledger = new Ledger();
  private FleetDatabase database;
  private Fleet fleet;
  private Faults faults;
  private Promises watchers;
  private Promises resumed;

  @BeforeAll
  @Timeout(1_800)
  void run() throws Exception {
    System.out.println("repeat with -Dfleet.seed=" + SEED);
    var random = new Random(SEED);
    vertx.exceptionHandler(wrong -> ledger.fault("thrown: " + wrong));
    database = new FleetDatabase(vertx);
    String direct = database.url();
    fleet = new Fleet(vertx, folder, List.of(direct, direct, database.urlBehindProxies()));
    fleet.start();
    var crowd = new Crowd(fleet, ledger, random);
    faults = new Faults(fleet, database, ledger, crowd, random);
    try {
      crowd.start();
      for (int round = 0; round < ROUNDS; round++) {
        faults.all();
      }
      var histories = crowd.settle(database);
      var late = crowd.resumeAnywhere(histories, database);
      var truth = Truth.of(database);
      watchers = new Promises(histories, ledger, truth);
      resumed = new Promises(late, ledger, truth);
      System.out.println(faults + "\n" + crowd.summary(histories));
    } catch (Throwable failed) {
      throw new AssertionError("seed " + SEED + ", " + faults + "\n" + fleet.said(), failed);
    }
  }

  @AfterAll
  void end() throws Exception {
    Calls.await(vertx.close(), 20);
    if (fleet != null) {
      fleet.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  void nothing_was_answered_that_cannot_be_explained() {
    assertThat(ledger.faults()).isEmpty();
  }

  @Test
  void everything_went_wrong_that_can() {
    assertThat(faults.counts()).containsOnlyKeys(Faults.Fault.values());
    assertThat(faults.counts()).allSatisfy((fault, count) -> assertThat(count).isPositive());
  }

  @Test
  void versions_of_an_operation_never_shrink_but_over_a_reset() {
    assertThat(watchers.shrunkVersions()).isEmpty();
    assertThat(resumed.shrunkVersions()).isEmpty();
  }

  @Test
  void no_version_comes_twice_from_the_first_synced_bookmark_to_a_reset() {
    assertThat(watchers.repeatedVersions()).isEmpty();
    assertThat(resumed.repeatedVersions()).isEmpty();
  }

  @Test
  void equal_versions_are_equal_states_whoever_saw_them_wherever() {
    assertThat(watchers.differentStatesOfAVersion()).isEmpty();
    assertThat(resumed.differentStatesOfAVersion()).isEmpty();
  }

  @Test
  void every_state_was_written_and_has_the_version_that_was_acknowledged() {
    assertThat(watchers.statesThatNobodyWrote()).isEmpty();
    assertThat(resumed.statesThatNobodyWrote()).isEmpty();
  }

  @Test
  void what_is_not_in_the_history_that_holds_was_lost_and_taken_back_by_a_reset() {
    assertThat(watchers.lostStates()).isPositive();
    assertThat(watchers.statesThatNeverWere()).isEmpty();
    assertThat(resumed.statesThatNeverWere()).isEmpty();
  }

  @Test
  void what_is_gone_was_deleted_or_purged_as_it_is_said() {
    assertThat(watchers.removalsThatNeverWere()).isEmpty();
    assertThat(resumed.removalsThatNeverWere()).isEmpty();
  }

  @Test
  void in_the_end_everybody_holds_the_newest_version_of_all_that_is_there_and_nothing_else() {
    assertThat(watchers.foldsThatAreNotTheTable()).isEmpty();
  }

  @Test
  void from_any_token_on_any_server_leads_to_all_that_is_there() {
    assertThat(resumed.foldsThatAreNotTheTable()).isEmpty();
  }

  @Test
  void at_its_first_synced_bookmark_a_stream_has_all_that_was_acknowledged_before_it_began() {
    assertThat(watchers.syncedWithoutWhatWasAcknowledged()).isEmpty();
    assertThat(resumed.syncedWithoutWhatWasAcknowledged()).isEmpty();
  }

  @Test
  void what_was_acknowledged_is_there_but_for_what_a_standby_lacked() {
    assertThat(watchers.lostAcknowledgements()).isEmpty();
  }

  @Test
  void whoever_waits_for_the_end_of_an_operation_hears_of_it_and_of_no_other_of_its_name() {
    assertThat(watchers.operationsWithoutTheirEnd()).isEmpty();
  }

  @Test
  void history_is_reset_for_everybody_once_each_time_that_it_lost_its_end_and_never_else() {
    assertThat(watchers.unexpectedResets(true)).isEmpty();
    assertThat(resumed.unexpectedResets(false)).isEmpty();
  }

  @Test
  void each_promotion_began_one_new_epoch() throws Exception {
    var epochs = database.sql("select count(*) from longrunning.epoch").iterator().next();

    assertThat(epochs.getLong(0)).isEqualTo(1 + faults.counts().get(Faults.Fault.PROMOTION));
  }
}
