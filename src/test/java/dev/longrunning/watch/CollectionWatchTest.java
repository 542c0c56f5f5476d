package dev.longrunning.watch;

import static dev.longrunning.watch.HubHarness.ALL;
import static dev.longrunning.watch.HubHarness.updating;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Await;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CollectionWatchTest {
  private static final Duration MOMENT = Duration.ofSeconds(1);
  private static final Watched ELSEWHERE =
      Watched.all(OperationKey.DEFAULT_SERVICE, CollectionPattern.of("projects/elsewhere"));
  private static final Watched SHORT =
      new Watched(ALL.service(), ALL.pattern(), "short", CollectionWatchTest::isShort);

  private final HubHarness hub = new HubHarness();

  private static boolean isShort(Snapshot snapshot) {
    var metadata = snapshot.metadata();
    return metadata == null || metadata.length() == 1;
  }

  private void start(String... ids) {
    for (String id : ids) {
      hub.start(id, "1");
    }
  }

  @Test
  void the_members_come_first_newest_first_then_every_change() {
    start("a", "b", "c");
    var reader = hub.watchAll();
    assertThat(reader.heard()).containsExactly("c=1", "b=1", "a=1", "synced");

    hub.update("a", "2");
    hub.tell();
    start("d");
    hub.delete("b");
    hub.complete("c", "done");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=2", "d=1", "b DELETED", "c=done");
  }

  @Test
  void what_changes_while_a_page_is_read_is_not_missed() {
    start("a", "b", "c", "d");
    hub.switches().holdAnswers(Call.LIST);
    var reader = hub.watchAll();
    hub.update("d", "2");
    hub.switches().release(Call.LIST);
    hub.settle();

    assertThat(reader.heard()).containsExactly("d=1", "c=1", "d=2", "b=1", "a=1", "synced");
  }

  @Test
  void synced_comes_after_what_changed_while_the_last_page_was_read() {
    start("a");
    hub.switches().holdAnswers(Call.LIST);
    var reader = hub.watchAll();
    hub.update("a", "2");
    hub.switches().release(Call.LIST);
    hub.settle();

    assertThat(reader.heard()).containsExactly("a=1", "a=2", "synced");
  }

  @Test
  void what_is_deleted_between_pages_is_told_to_be_gone() {
    start("a", "b", "c", "d");
    var reader = hub.watch(ALL, "", Reader.of(2));
    hub.delete("d");
    hub.tell();

    reader.reads(9);
    hub.settle();

    assertThat(reader.heard()).containsExactly("d=1", "c=1", "d DELETED", "b=1", "a=1", "synced");
  }

  @Test
  void a_change_of_an_operation_whose_page_is_to_come_comes_with_its_page_only() {
    start("a", "b", "c", "d");
    var reader = hub.watch(ALL, "", Reader.of(2));
    hub.update("a", "2");
    hub.tell();

    reader.reads(9);
    hub.settle();

    assertThat(reader.heard()).containsExactly("d=1", "c=1", "b=1", "a=2", "synced");
  }

  @Test
  void nothing_older_follows_an_element_of_a_page() {
    start("a");
    hub.watchAll();
    hub.switches().holdRequests(Call.LIST);
    var reader = hub.watchAll();
    hub.update("a", "2");
    hub.tell();
    hub.update("a", "3");

    // The page is newer than what the feed has told of.
    hub.switches().release(Call.LIST);
    hub.settle();

    assertThat(reader.heard()).containsOnly("a=3", "synced").endsWith("synced");
  }

  @Test
  void the_rest_of_a_batch_is_not_told_after_a_page_that_is_newer() {
    start("a", "b", "c", "d");
    hub.watchAll();
    hub.switches().holdRequests(Call.LIST);
    var reader = hub.watch(ALL, "", Reader.of(3));
    hub.together(updating("c", "2"), updating("d", "2"));
    hub.tell();
    hub.update("d", "3");
    hub.tell();
    hub.switches().release(Call.LIST);
    hub.settle();
    reader.leaves();
    assertThat(reader.heard()).containsExactly("d=3", "c=2", "c=2");

    var resumed = hub.resume(reader);

    assertThat(resumed.heard()).containsExactly("d=3", "b=1", "a=1", "synced");
  }

  @Test
  void a_snapshot_goes_on_after_the_last_element_that_was_sent() {
    start("a", "b", "c", "d");
    var reader = hub.watch(ALL, "", Reader.of(1));
    reader.leaves();
    assertThat(reader.heard()).containsExactly("d=1");
    hub.update("d", "2");

    var resumed = hub.replica().resume(reader);

    assertThat(resumed.heard()).containsExactly("d=2", "c=1", "b=1", "a=1", "synced");
  }

  @Test
  void a_batch_that_was_told_in_part_goes_on_at_its_next_change() {
    start("a", "b", "c");
    var reader = hub.watch(ALL, "", Reader.of(5));
    hub.together(updating("a", "2"), updating("b", "2"), updating("c", "2"));
    hub.tell();
    reader.leaves();
    assertThat(reader.heard()).endsWith("synced", "a=2");

    assertThat(hub.resume(reader).heard()).containsExactly("b=2", "c=2", "synced");
    assertThat(hub.replica().resume(reader).heard()).containsExactly("b=2", "c=2", "synced");
  }

  @Test
  void a_caller_that_does_not_read_keeps_its_place() {
    start("a", "b");
    var reader = hub.watchAll();
    reader.takes(0);
    hub.together(updating("a", "2"), updating("b", "2"));
    hub.tell();
    hub.update("a", "3");
    hub.tell();
    assertThat(reader.heard()).containsExactly("b=1", "a=1", "synced");

    reader.reads(9);
    hub.settle();

    assertThat(reader.heard()).containsExactly("b=2", "a=3");
  }

  @Test
  void a_token_does_not_stand_for_what_was_not_sent() {
    start("a", "b");
    var reader = hub.watchAll();
    reader.takes(0);
    hub.update("a", "2");
    hub.tell();

    // It reads again, and the server stops before the watch has heard of that.
    reader.takes(9);
    reader.lastWords();

    assertThat(hub.resume(reader).heard()).containsExactly("a=2", "synced");
  }

  @Test
  void a_bookmark_does_not_say_synced_while_the_newest_state_is_still_to_come() {
    start("a");
    var reader = hub.watchAll();
    hub.store().limitStates(1, 1_000);
    hub.update("a", "2");
    hub.update("a", "3");
    // Two looks: the first finds the operation changed again, by what the second tells of.
    hub.look();
    hub.loop().runNext();
    reader.lastWords();
    assertThat(reader.heard()).containsExactly("a=1", "synced", "bookmark");

    hub.settle();
    assertThat(reader.heard()).containsExactly("a=3");
  }

  @Test
  void synced_waits_for_the_newest_state_of_what_was_passed_over() {
    start("a");
    var reader = hub.watchAll();
    reader.leaves();
    start("b");
    hub.tell();
    hub.switches().holdAnswers(Call.HISTORY);
    var resumed = hub.resume(reader);
    hub.store().limitStates(1, 1_000);
    hub.update("a", "2");
    hub.update("a", "3");
    hub.look();
    hub.loop().runNext();

    hub.switches().release(Call.HISTORY);
    assertThat(resumed.heard()).containsExactly("b=1");

    hub.settle();
    assertThat(resumed.heard()).containsExactly("a=3", "synced");
  }

  @Test
  void a_resume_is_not_served_from_a_ring_that_was_not_told_of_the_collection() {
    start("a");
    hub.watch(ELSEWHERE, "", new Reader());
    var reader = hub.watchAll();
    reader.leaves();
    hub.update("a", "2");
    hub.tell();

    assertThat(hub.resume(reader).heard()).containsExactly("a=2", "synced");
  }

  @Test
  void a_token_of_another_history_leads_to_a_reset() {
    start("a");
    var reader = hub.watchAll();
    reader.leaves();
    hub.store().promote();
    hub.pass(MOMENT);

    assertThat(hub.resume(reader).heard()).containsExactly("rewound", "a=1", "synced");
  }

  @Test
  void a_token_that_is_ahead_of_a_restored_database_leads_to_a_reset() {
    start("a");
    var backup = hub.store().backup();
    hub.update("a", "lost");
    var reader = hub.watchAll();
    reader.leaves();
    hub.store().restore(backup);

    // A replica that has never seen what was lost.
    var other = hub.replica();
    var resumed = other.resume(reader);
    other.pass(MOMENT);

    assertThat(resumed.heard()).containsExactly("rewound", "a=1", "synced");
  }

  @Test
  void a_token_older_than_what_is_remembered_leads_to_a_reset() {
    start("a");
    var reader = hub.watchAll();
    reader.leaves();
    hub.update("a", "2");
    hub.time().pass(MOMENT);
    hub.update("a", "3");
    assertThat(Await.await(hub.store().trim(Duration.ofMillis(1), 1_000))).isPositive();

    assertThat(hub.resume(reader).heard()).containsExactly("too old", "a=3", "synced");
  }

  @Test
  void a_new_history_resets_those_that_are_in_step() {
    start("a");
    var backup = hub.store().backup();
    hub.update("a", "lost");
    var reader = hub.watchAll();
    hub.store().restore(backup);
    hub.pass(MOMENT);

    assertThat(reader.heard()).containsExactly("a=lost", "synced", "rewound", "a=1", "synced");
  }

  @Test
  void filtered_is_told_once_and_only_of_what_was_sent() {
    hub.start("a", "1");
    hub.start("b", "long");
    var reader = hub.watch(SHORT, "", new Reader());
    assertThat(reader.heard()).containsExactly("a=1", "synced");

    hub.update("b", "longer");
    hub.tell();
    assertThat(reader.heard()).isEmpty();

    hub.update("a", "long");
    hub.tell();
    hub.update("a", "longer");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a FILTERED");

    hub.update("a", "3");
    hub.tell();
    assertThat(reader.heard()).containsExactly("a=3");
  }

  @Test
  void a_state_too_large_to_be_brought_along_is_read() {
    start("a");
    var reader = hub.watchAll();
    hub.store().limitStates(100, 10);
    String large = "x".repeat(11);
    hub.update("a", large);
    hub.tell();

    assertThat(reader.heard()).containsExactly("a=1", "synced", "a=" + large);
  }

  @Test
  void while_the_database_is_away_the_stream_stays_and_its_token_too() {
    start("a");
    var reader = hub.watchAll();
    String token = reader.token();
    hub.switches().failAll(Problem.databaseUnavailable());
    hub.pass(HubSettings.DEFAULT.heartbeat().plus(MOMENT));

    assertThat(reader.heard()).containsExactly("a=1", "synced", "stale synced");
    assertThat(reader.token()).isEqualTo(token);

    hub.switches().releaseAll();
    hub.update("a", "2");
    hub.pass(MOMENT);
    assertThat(reader.heard()).containsExactly("a=2");
    hub.pass(HubSettings.DEFAULT.heartbeat());
    assertThat(reader.heard()).containsExactly("synced");
  }

  @Test
  void a_page_that_could_not_be_read_is_tried_again() {
    start("a", "b", "c");
    var reader = hub.watch(ALL, "", Reader.of(2));
    hub.switches().fail(Call.LIST, Problem.databaseUnavailable());
    reader.reads(9);
    hub.pass(MOMENT);
    assertThat(reader.heard()).containsExactly("c=1", "b=1");
    assertThat(reader.failure()).isNull();

    hub.switches().release(Call.LIST);
    hub.pass(MOMENT);

    assertThat(reader.heard()).containsExactly("a=1", "synced");
  }

  @Test
  void what_nobody_watches_is_not_read() {
    start("a");
    var reader = hub.watch(ELSEWHERE, "", new Reader());
    hub.apply(
        Samples.startWith(HubHarness.key("projects/elsewhere", "x", 1), Samples.metadata("1")));
    hub.update("a", "2");
    hub.tell();

    assertThat(reader.heard()).containsExactly("synced", "x=1");
  }
}
