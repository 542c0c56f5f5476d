package dev.longrunning.service;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Signal;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class DemandsTest {
  private static final UUID TOKEN = new UUID(1, 2);

  private final Fixture fixture = new Fixture();
  private final Heard heard = new Heard();
  private final List<OperationKey> told = heard.cancelled;
  private final List<Instant> times = heard.times;
  private final Places room = new Places();
  private final Demands demands = new Demands(fixture.states, fixture.clock, room, heard);

  private static final class Places implements DemandRoom {
    private int max = Integer.MAX_VALUE;
    private int taken;

    @Override
    public boolean take() {
      if (taken == max) {
        return false;
      }
      taken++;
      return true;
    }

    @Override
    public void give() {
      taken--;
    }
  }

  private static OperationKey key(int number) {
    return OperationKey.of("operations/o" + number);
  }

  private void apply(Change change) {
    await(fixture.store.apply(change, Patience.MOST));
  }

  private void start(int number) {
    apply(
        Samples.start(
            key(number), null, Samples.lease(TOKEN, Duration.ofMinutes(1), Duration.ZERO)));
  }

  private Snapshot stored(int number) {
    return Objects.requireNonNull(await(fixture.store.find(key(number))).snapshot());
  }

  /** A report of it that succeeds. */
  private void report(int number) {
    demands.follow(key(number));
    demands.answered(stored(number));
  }

  private void cancel(int number) {
    apply(Endings.cancel(key(number)));
  }

  /** The feed has come to the newest change of it. */
  private void hear(int number) {
    fixture.states.hear(key(number));
  }

  @Test
  void a_cancellation_is_told_as_it_comes_once_and_with_its_time() {
    start(1);
    report(1);
    assertThat(told).isEmpty();
    fixture.clock.pass(Duration.ofSeconds(1));

    cancel(1);
    hear(1);
    hear(1);
    report(1);
    apply(Samples.update(key(1), Samples.leased(TOKEN), Samples.metadata("x")));
    hear(1);
    report(1);

    assertThat(told).containsExactly(key(1));
    assertThat(times).containsExactly(fixture.clock.instant());
  }

  private void signal(int number, String verb) {
    apply(new Signal(key(number), verb));
  }

  @Test
  void signals_are_told_as_they_come_each_once_the_newest_of_each_verb() {
    start(1);
    report(1);
    signal(1, "pause");
    hear(1);
    hear(1);
    report(1);
    assertThat(heard.signals).containsExactly("operations/o1 pause");

    signal(1, "pause");
    signal(1, "resume");
    signal(1, "pause");
    hear(1);
    report(1);
    assertThat(heard.signals)
        .containsExactly("operations/o1 pause", "operations/o1 resume", "operations/o1 pause");
  }

  @Test
  void signals_from_before_the_first_report_are_told_with_its_answer() {
    start(1);
    signal(1, "pause");
    demands.follow(key(1));
    hear(1);
    assertThat(heard.signals).isEmpty();

    demands.answered(stored(1));

    assertThat(heard.signals).containsExactly("operations/o1 pause");
  }

  @Test
  void an_answer_that_is_of_an_older_state_than_the_feed_has_told_takes_no_signal_back() {
    start(1);
    demands.follow(key(1));
    var answer = stored(1);
    signal(1, "pause");
    hear(1);

    demands.answered(answer);

    assertThat(heard.signals).containsExactly("operations/o1 pause");
  }

  @Test
  void signals_are_told_also_after_a_cancellation_and_not_after_the_end() {
    start(1);
    report(1);
    cancel(1);
    hear(1);
    signal(1, "pause");
    hear(1);
    assertThat(told).containsExactly(key(1));
    assertThat(heard.signals).containsExactly("operations/o1 pause");

    signal(1, "resume");
    apply(Samples.completion(key(1), Samples.leased(TOKEN), "done"));
    hear(1);
    assertThat(heard.signals).containsExactly("operations/o1 pause");
    assertThat(demands.size()).isZero();
  }

  @Test
  void one_that_was_requested_before_the_first_report_is_told_with_its_answer() {
    start(1);
    cancel(1);

    demands.follow(key(1));
    hear(1);
    assertThat(told).isEmpty();
    demands.answered(stored(1));

    assertThat(told).containsExactly(key(1));
  }

  @Test
  void one_that_comes_between_a_change_and_its_answer_is_told() {
    start(1);
    demands.follow(key(1));
    var answer = stored(1);
    cancel(1);
    hear(1);

    demands.answered(answer);

    assertThat(told).containsExactly(key(1));
  }

  @Test
  void one_that_ended_the_operation_at_once_is_told_whenever_it_came() {
    for (boolean early : List.of(true, false)) {
      int number = early ? 1 : 2;
      apply(Samples.start(key(number)));
      demands.follow(key(number));
      var answer = stored(number);
      if (!early) {
        demands.answered(answer);
      }
      cancel(number);
      hear(number);
      if (early) {
        demands.answered(answer);
      }

      assertThat(told).contains(key(number)).hasSize(number);
      assertThat(demands.size()).isZero();
    }
  }

  @Test
  void nothing_is_told_of_operations_whose_reports_are_refused() {
    start(1);
    demands.follow(key(1));
    cancel(1);
    hear(1);
    demands.refused(key(1), Problem.leaseLost(key(1).name()));
    hear(1);

    assertThat(told).isEmpty();
    assertThat(demands.size()).isZero();
    assertThat(fixture.states.watches()).isZero();
  }

  @Test
  void an_operation_that_another_producer_took_is_followed_no_longer() {
    start(1);
    report(1);

    demands.refused(key(1), Problem.versionMismatch(key(1).name(), 1, 2));
    assertThat(demands.size()).isOne();
    demands.refused(key(1), Problem.leaseLost(key(1).name()));

    assertThat(demands.size()).isZero();
    cancel(1);
    hear(1);
    assertThat(told).isEmpty();
  }

  @Test
  void what_is_done_or_gone_is_let_go_whoever_did_it() {
    for (int i = 1; i <= 4; i++) {
      start(i);
      report(i);
    }
    assertThat(room.taken).isEqualTo(4);

    apply(Samples.completion(key(1), Samples.leased(TOKEN), "r"));
    demands.answered(stored(1));
    apply(Samples.completion(key(2), Samples.leased(TOKEN), "r"));
    hear(2);
    apply(new Change.Delete(key(3)));
    hear(3);
    // Told, and done later.
    cancel(4);
    hear(4);
    apply(Samples.completion(key(4), Samples.leased(TOKEN), "r"));
    demands.answered(stored(4));

    assertThat(told).containsExactly(key(4));
    assertThat(demands.size()).isZero();
    assertThat(room.taken).isZero();
    assertThat(fixture.states.watches()).isZero();
  }

  @Test
  void its_own_completion_tells_of_no_cancellation() {
    start(1);
    report(1);
    cancel(1);
    apply(Samples.completion(key(1), Samples.leased(TOKEN), "r"));

    demands.answered(stored(1));

    assertThat(told).isEmpty();
  }

  @Test
  void beyond_its_bound_the_one_that_was_not_reported_for_the_longest_time_is_let_go() {
    for (int i = 0; i < Demands.OPERATIONS_MAX; i++) {
      demands.follow(key(i));
    }
    start(0);
    start(1);
    start(Demands.OPERATIONS_MAX);
    report(0);
    assertThat(demands.size()).isEqualTo(Demands.OPERATIONS_MAX);

    report(Demands.OPERATIONS_MAX);

    assertThat(demands.size()).isEqualTo(Demands.OPERATIONS_MAX);
    assertThat(room.taken).isEqualTo(Demands.OPERATIONS_MAX);
    assertThat(fixture.states.watches()).isEqualTo(Demands.OPERATIONS_MAX);
    demands.answered(stored(1));
    for (int i : new int[] {0, 1, Demands.OPERATIONS_MAX}) {
      cancel(i);
      hear(i);
    }
    assertThat(told).containsExactly(key(0), key(Demands.OPERATIONS_MAX));
  }

  @Test
  void where_all_streams_have_no_room_left_one_takes_the_place_of_another_of_its_own() {
    start(1);
    start(2);
    room.max = 0;
    report(1);
    assertThat(demands.size()).isZero();

    room.max = 1;
    report(1);
    report(2);

    assertThat(room.taken).isOne();
    cancel(1);
    hear(1);
    cancel(2);
    hear(2);
    assertThat(told).containsExactly(key(2));
    demands.close();
    assertThat(room.taken).isZero();
  }

  @Test
  void states_that_are_not_in_memory_are_read_some_at_a_time() {
    int many = 3 * Demands.READS_MAX;
    for (int i = 0; i < many; i++) {
      start(i);
      report(i);
      cancel(i);
    }
    fixture.switches().holdRequests(Call.FIND);
    int before = fixture.switches().count(Call.FIND);

    for (int i = 0; i < many; i++) {
      hear(i);
      hear(i);
    }

    assertThat(fixture.switches().count(Call.FIND) - before).isEqualTo(Demands.READS_MAX);
    fixture.switches().release(Call.FIND);
    assertThat(told).hasSize(many).doesNotHaveDuplicates();
    assertThat(fixture.switches().count(Call.FIND) - before).isLessThan(2 * many);
  }

  @Test
  void a_read_that_a_change_overtook_is_read_again() {
    start(1);
    report(1);
    fixture.switches().holdAnswers(Call.FIND);
    hear(1);
    cancel(1);
    hear(1);

    fixture.switches().release(Call.FIND);

    assertThat(told).containsExactly(key(1));
  }

  @Test
  void a_read_that_fails_is_made_again_in_a_moment() {
    start(1);
    report(1);
    cancel(1);
    fixture.switches().fail(Call.FIND, Problem.databaseUnavailable());
    hear(1);
    fixture.clock.pass(Duration.ofSeconds(5));
    int tried = fixture.switches().count(Call.FIND);
    assertThat(tried).isBetween(5, 20);
    assertThat(told).isEmpty();

    fixture.switches().release(Call.FIND);
    fixture.clock.pass(Duration.ofSeconds(1));

    assertThat(told).containsExactly(key(1));
    assertThat(fixture.clock.pending()).isZero();
  }

  @Test
  void a_stream_that_is_closed_lets_go_of_everything_and_hears_nothing() {
    start(1);
    report(1);
    cancel(1);
    fixture.switches().holdAnswers(Call.FIND);
    hear(1);

    demands.close();
    fixture.switches().release(Call.FIND);
    hear(1);
    demands.answered(stored(1));

    assertThat(told).isEmpty();
    assertThat(room.taken).isZero();
    assertThat(fixture.states.watches()).isZero();
  }

  @Test
  void a_report_without_an_answer_of_the_database_keeps_what_is_followed() {
    start(1);
    report(1);

    demands.refused(key(1), Problem.databaseUnavailable());
    apply(Samples.update(key(1), Samples.leased(TOKEN), Samples.metadata("x")));
    cancel(1);
    hear(1);

    assertThat(told).containsExactly(key(1));
  }
}
