package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Problem;
import dev.longrunning.store.Switches.Call;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OperationWatchTest {
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final HubHarness hub = new HubHarness();

  @Test
  void the_present_state_comes_first_then_every_newer_one_then_the_end() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    assertThat(reader.heard()).containsExactly("a=1");

    hub.update("a", "2");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=2");

    hub.complete("a", "done");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=done");
    assertThat(reader.isEnded()).isTrue();
  }

  @Test
  void a_change_between_registration_and_read_is_not_missed() {
    hub.start("a", "1");
    hub.switches().holdAnswers(Call.FIND);
    var reader = hub.watch("a");

    // It is read already, and the answer is on its way.
    hub.update("a", "2");
    hub.tell();
    hub.switches().release(Call.FIND);
    hub.settle();

    assertThat(reader.heard()).containsExactly("a=1", "a=2");
  }

  @Test
  void a_removal_before_the_watch_was_opened_is_not_the_end_of_what_came_after_it() {
    hub.start("a", "1");
    hub.delete("a");
    hub.start("a", "another");
    hub.switches().holdAnswers(Call.FIND);
    var reader = hub.open(HubHarness.key("a"), "", new Reader());

    // The feed comes to all of it while the state is read.
    hub.tell();
    hub.switches().release(Call.FIND);
    hub.settle();

    assertThat(reader.heard()).containsExactly("a=another");
    assertThat(reader.isEnded()).isFalse();
  }

  @Test
  void a_state_before_the_watch_was_opened_is_not_taken_for_the_present_one() {
    hub.start("a", "1");
    // Somebody follows it, so that its state comes with the look.
    hub.open(HubHarness.key("a"), "", new Reader());
    hub.look();
    hub.delete("a");
    hub.time().pass(Duration.ofMillis(1));
    hub.start("a", "another");
    var reader = hub.open(HubHarness.key("a"), "", new Reader());
    hub.settle();

    assertThat(reader.heard()).containsExactly("a=another");
    assertThat(reader.isEnded()).isFalse();
  }

  @Test
  void a_removal_while_the_state_is_read_is_not_missed() {
    hub.start("a", "1");
    hub.switches().holdAnswers(Call.FIND);
    var reader = hub.watch("a");

    hub.delete("a");
    hub.tell();
    hub.switches().release(Call.FIND);
    hub.settle();

    assertThat(reader.heard()).endsWith("a DELETED");
    assertThat(reader.isEnded()).isTrue();
  }

  @Test
  void a_caller_that_does_not_read_gets_the_newest_state_and_no_other() {
    hub.start("a", "1");
    var reader = hub.watch("a", "", Reader.of(0));
    for (int i = 2; i < 6; i++) {
      hub.update("a", "" + i);
      hub.tell();
    }

    reader.reads(9);

    assertThat(reader.heard()).containsExactly("a=5");
  }

  @Test
  void an_end_that_was_not_read_stays_whatever_comes_under_its_name() {
    hub.start("a", "1");
    var reader = hub.watch("a", "", Reader.of(1));
    hub.complete("a", "done");
    hub.tell();
    hub.delete("a");
    hub.tell();
    hub.pass(MOMENT);
    hub.start("a", "another");
    hub.tell();

    reader.reads(9);

    assertThat(reader.heard()).containsExactly("a=1", "a=done");
    assertThat(reader.isEnded()).isTrue();
  }

  @Test
  void a_removal_that_was_not_read_stays_although_the_name_is_taken_again() {
    hub.start("a", "1");
    var reader = hub.watch("a", "", Reader.of(1));
    hub.delete("a");
    hub.tell();
    hub.pass(MOMENT);
    hub.start("a", "another");
    hub.tell();

    reader.reads(9);

    assertThat(reader.heard()).containsExactly("a=1", "a DELETED");
    assertThat(reader.isEnded()).isTrue();
  }

  @Test
  void a_resume_after_the_operation_was_recreated_tells_of_the_end_of_the_first() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    reader.leaves();
    hub.delete("a");
    hub.pass(MOMENT);
    hub.start("a", "another");

    var resumed = hub.watch("a", reader.token(), new Reader());

    assertThat(resumed.heard()).containsExactly("a DELETED");
    assertThat(resumed.isEnded()).isTrue();
  }

  @Test
  void a_resume_after_the_end_of_the_retention_says_so() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    reader.leaves();
    hub.complete("a", "done");
    hub.time().pass(HubHarness.RETENTION);
    hub.apply(new Change.Purge(HubHarness.key("a")));

    var resumed = hub.watch("a", reader.token(), new Reader());

    assertThat(resumed.heard()).containsExactly("a EXPIRED");
    assertThat(resumed.isEnded()).isTrue();
  }

  @Test
  void what_is_remembered_of_an_operation_is_told_to_who_comes_late() {
    hub.start("a", "1");
    hub.delete("a");

    var reader = hub.watch("a");

    assertThat(reader.heard()).containsExactly("a DELETED");
    assertThat(reader.isEnded()).isTrue();
  }

  @Test
  void a_name_that_nobody_knows_is_not_found() {
    var reader = hub.watch("a");

    assertThat(reader.heard()).isEmpty();
    assertThat(reader.failure()).isNotNull();
    assertThat(reader.failure().kind()).isEqualTo(Problem.Kind.NOT_FOUND);
  }

  @Test
  void a_resume_says_nothing_that_was_said() {
    hub.start("a", "1");
    var reader = hub.watch("a");

    var resumed = hub.replica().watch("a", reader.token(), new Reader());
    assertThat(resumed.heard()).isEmpty();

    hub.complete("a", "done");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=1", "a=done");
    var again = hub.watch("a", reader.token(), new Reader());
    assertThat(again.heard()).isEmpty();
    assertThat(again.isEnded()).isTrue();
  }

  @Test
  void a_token_does_not_stand_for_what_waits_to_be_sent() {
    hub.start("a", "1");
    var reader = hub.watch("a", "", Reader.of(1));
    hub.update("a", "2");
    hub.tell();

    // It reads again, and the server stops before the watch has heard of that.
    reader.takes(9);
    reader.lastWords();

    var resumed = hub.watch("a", reader.token(), new Reader());
    assertThat(resumed.heard()).containsExactly("a=2");
  }

  @Test
  void a_change_while_a_resumed_stream_is_read_anew_is_not_taken_back() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    var elsewhere = hub.replica();
    hub.switches().holdAnswers(Call.FIND);
    var resumed = elsewhere.watch("a", reader.token(), new Reader());

    // It is read already, and the answer is on its way.
    hub.update("a", "2");
    elsewhere.tell();
    hub.switches().release(Call.FIND);
    elsewhere.settle();

    assertThat(resumed.heard()).containsExactly("a=2");
  }

  @Test
  void a_change_after_everything_started_over_is_not_taken_back() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    hub.switches().holdAnswers(Call.FIND);
    hub.store().promote();
    hub.pass(MOMENT);
    assertThat(reader.heard()).containsExactly("a=1");

    // It is read already, and the answer is on its way.
    hub.update("a", "2");
    hub.tell();
    hub.switches().release(Call.FIND);
    hub.settle();

    assertThat(reader.heard()).containsExactly("a=2");
  }

  @Test
  void a_read_that_began_before_everything_started_over_says_nothing() {
    hub.start("a", "1");
    var backup = hub.store().backup();
    var reader = hub.watch("a");
    var elsewhere = hub.replica();
    hub.delete("a");
    hub.switches().holdAnswers(Call.FIND);
    var resumed = elsewhere.watch("a", reader.token(), new Reader());

    // The deletion is lost, and its news is on its way.
    hub.store().restore(backup);
    hub.store().promote();
    elsewhere.pass(MOMENT);
    hub.update("a", "2");
    elsewhere.tell();
    hub.switches().release(Call.FIND);
    elsewhere.settle();

    assertThat(resumed.heard()).containsExactly("a=2");
    assertThat(resumed.isEnded()).isFalse();
  }

  @Test
  void what_a_lost_history_said_is_taken_back() {
    hub.start("a", "1");
    var backup = hub.store().backup();
    hub.update("a", "lost");
    var reader = hub.watch("a");
    hub.store().restore(backup);
    hub.pass(MOMENT);

    assertThat(reader.heard()).containsExactly("a=lost", "rewound", "a=1");
  }

  @Test
  void a_token_of_a_lost_history_leads_to_a_reset() {
    hub.start("a", "1");
    var backup = hub.store().backup();
    hub.update("a", "lost");
    var reader = hub.watch("a");
    reader.leaves();
    hub.store().restore(backup);

    var resumed = hub.watch("a", reader.token(), new Reader());
    hub.pass(MOMENT);

    assertThat(resumed.heard()).containsExactly("rewound", "a=1");
  }

  @Test
  void a_state_too_large_to_be_brought_along_is_read() {
    hub.store().limitStates(100, 10);
    hub.start("a", "1");
    var reader = hub.watch("a");

    String large = "x".repeat(11);
    hub.update("a", large);
    hub.tell();

    assertThat(reader.heard()).containsExactly("a=1", "a=" + large);
  }

  @Test
  void while_the_database_is_away_the_stream_stays_and_says_so() {
    hub.start("a", "1");
    var reader = hub.watch("a");
    String token = reader.token();
    hub.switches().failAll(Problem.databaseUnavailable());
    hub.pass(HubSettings.DEFAULT.heartbeat().plusSeconds(1));

    assertThat(reader.heard()).containsExactly("a=1", "stale synced");
    assertThat(reader.token()).isEqualTo(token);
    assertThat(reader.failure()).isNull();

    hub.switches().releaseAll();
    hub.update("a", "2");
    hub.pass(MOMENT);
    assertThat(reader.heard()).containsExactly("a=2");
  }

  @Test
  void a_read_that_failed_in_mid_stream_is_tried_again() {
    hub.store().limitStates(100, 10);
    hub.start("a", "1");
    var reader = hub.watch("a");
    hub.switches().fail(Call.FIND, Problem.databaseUnavailable());
    String large = "x".repeat(11);
    hub.update("a", large);
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=1");

    hub.switches().releaseAll();
    hub.pass(MOMENT);

    assertThat(reader.failure()).isNull();
    assertThat(reader.heard()).containsExactly("a=" + large);
  }
}
