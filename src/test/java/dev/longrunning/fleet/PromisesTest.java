package dev.longrunning.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.fleet.Ledger.Kind;
import dev.longrunning.fleet.Ledger.Life;
import dev.longrunning.fleet.Ledger.Write;
import dev.longrunning.operation.OperationKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The checks of {@link FleetIT} see what they are there for: stories that hold, and that do not.
 */
final class PromisesTest {
  private static final String NAME = "projects/p1/operations/one";
  private static final long OLD = 3L << 40;
  private static final long NEW = 4L << 40;

  /** The story that all variants begin with: a start, an update and the end of one operation. */
  private final Ledger ledger = new Ledger();

  private final Map<String, NavigableMap<Long, Integer>> changes = new HashMap<>();
  private final Map<String, Long> table = new HashMap<>();
  private final Write start = ledger.begin(NAME, false);
  private final Life life = start.life;
  private final Write update = ledger.next(life, Kind.UPDATE, true);
  private final Write complete = ledger.next(life, Kind.COMPLETE, true);

  PromisesTest() {
    acknowledged(start, OLD + 1, 1);
    acknowledged(update, OLD + 2, 2);
    acknowledged(complete, OLD + 3, 3);
  }

  private void acknowledged(Write write, long version, int kind) {
    ledger.acknowledge(write, version);
    changes.computeIfAbsent(NAME, first -> new TreeMap<>()).put(version, kind);
    table.put(NAME, version);
  }

  private Promises promises(Subject subject, Seen... all) {
    var history = new History(subject);
    Stream.of(all).forEach(history::add);
    var head = new Truth.Head(OLD >> 40, OperationKey.of(NAME).lane(), OLD + 3);
    return new Promises(List.of(history), ledger, new Truth(changes, table, List.of(head)));
  }

  private Promises collection(Seen... all) {
    return promises(Subject.collection("projects/p1"), all);
  }

  private Promises operation(Seen... all) {
    return promises(Subject.operation(NAME), all);
  }

  private Seen connected() {
    return Seen.of(ledger.tick(), Seen.Kind.CONNECTED, 0);
  }

  private Seen ended() {
    return Seen.of(ledger.tick(), Seen.Kind.ENDED, 0);
  }

  private Seen changed(Write write, long version) {
    return state(write, version, (int) version);
  }

  private Seen changed(Write write) {
    return changed(write, write.version());
  }

  private Seen state(Write write, long version, int state) {
    boolean done = write.kind == Kind.COMPLETE;
    String born = "1970-01-01T00:00:" + (10 + write.life.number()) + "Z";
    return new Seen(
        ledger.tick(), Seen.Kind.CHANGED, 0, NAME, version, write.number, done, state, born, "t");
  }

  private Seen gone(long version, String why) {
    return new Seen(ledger.tick(), Seen.Kind.GONE, 0, NAME, version, 0, true, 0, why, "t");
  }

  private Seen word(Seen.Kind kind, String word) {
    return new Seen(ledger.tick(), kind, 0, "", 0, 0, false, 0, word, "t");
  }

  private Seen synced() {
    return word(Seen.Kind.BOOKMARK, "synced ");
  }

  private Seen reset() {
    return word(Seen.Kind.RESET, "HISTORY_REWOUND");
  }

  @Test
  void a_story_as_it_should_be_breaks_nothing() {
    var story = collection(connected(), changed(complete), synced(), connected(), synced());
    assertThat(
            List.of(
                story.shrunkVersions(),
                story.repeatedVersions(),
                story.differentStatesOfAVersion(),
                story.statesThatNobodyWrote(),
                story.statesThatNeverWere(),
                story.removalsThatNeverWere(),
                story.foldsThatAreNotTheTable(),
                story.syncedWithoutWhatWasAcknowledged(),
                story.lostAcknowledgements(),
                story.operationsWithoutTheirEnd(),
                story.unexpectedResets(true)))
        .allSatisfy(breaches -> assertThat(breaches).isEmpty());
  }

  @Test
  void a_version_that_shrinks_is_seen_but_not_over_a_reset() {
    assertThat(collection(changed(update), changed(start)).shrunkVersions()).hasSize(1);
    assertThat(collection(changed(update), reset(), changed(start)).shrunkVersions()).isEmpty();
  }

  @Test
  void a_version_that_comes_twice_is_seen_once_the_stream_was_synced() {
    var twice = collection(changed(start), synced(), connected(), changed(start));

    assertThat(twice.repeatedVersions()).hasSize(1);
    assertThat(collection(changed(start), changed(start)).repeatedVersions()).isEmpty();
    assertThat(operation(changed(start), connected(), changed(start)).repeatedVersions())
        .hasSize(1);
    assertThat(
            collection(changed(start), synced(), reset(), changed(start), changed(start))
                .repeatedVersions())
        .isEmpty();
  }

  @Test
  void two_states_of_one_version_are_seen() {
    var two = collection(state(start, OLD + 1, 5), state(start, OLD + 1, 6));

    assertThat(two.differentStatesOfAVersion()).hasSize(1);
  }

  @Test
  void a_state_of_another_version_than_was_acknowledged_is_seen() {
    assertThat(collection(changed(update, OLD + 1)).statesThatNobodyWrote()).hasSize(1);
  }

  @Test
  void a_state_of_a_write_that_nobody_made_is_seen() {
    var phantom = new Write(99, life, Kind.UPDATE, true, 1);

    assertThat(collection(changed(phantom, OLD + 2)).statesThatNobodyWrote()).hasSize(1);
  }

  @Test
  void a_state_that_is_not_in_the_history_is_seen_unless_it_was_lost_and_taken_back() {
    var unknown = ledger.next(life, Kind.UPDATE, true);

    assertThat(collection(changed(unknown, OLD + 9)).statesThatNeverWere()).hasSize(1);
    assertThat(collection(changed(unknown, OLD + 9), reset()).statesThatNeverWere()).isEmpty();
    assertThat(collection(changed(unknown, NEW + 9), reset()).statesThatNeverWere()).hasSize(1);
  }

  @Test
  void a_removal_that_never_was_or_was_another_is_seen() {
    assertThat(collection(gone(OLD + 3, "DELETED")).removalsThatNeverWere()).hasSize(1);
    changes.get(NAME).put(OLD + 4, 6);

    assertThat(collection(gone(OLD + 4, "DELETED")).removalsThatNeverWere()).isEmpty();
    assertThat(collection(gone(OLD + 4, "EXPIRED")).removalsThatNeverWere()).hasSize(1);
    assertThat(operation(changed(start), gone(OLD + 4, "DELETED")).removalsThatNeverWere())
        .isEmpty();
    assertThat(operation(changed(start), gone(OLD + 4, "EXPIRED")).removalsThatNeverWere())
        .hasSize(1);
  }

  @Test
  void who_holds_an_older_version_or_nothing_in_the_end_is_seen() {
    assertThat(collection(changed(update)).foldsThatAreNotTheTable()).hasSize(1);
    assertThat(collection(connected()).foldsThatAreNotTheTable()).hasSize(1);
    assertThat(collection(changed(complete)).foldsThatAreNotTheTable()).isEmpty();
    table.clear();

    assertThat(collection(changed(complete)).foldsThatAreNotTheTable()).hasSize(1);
  }

  @Test
  void a_synced_bookmark_without_what_was_acknowledged_before_its_stream_is_seen() {
    assertThat(collection(connected(), synced()).syncedWithoutWhatWasAcknowledged()).hasSize(1);
    assertThat(
            collection(connected(), changed(update), synced()).syncedWithoutWhatWasAcknowledged())
        .hasSize(1);
    assertThat(
            collection(connected(), changed(complete), synced()).syncedWithoutWhatWasAcknowledged())
        .isEmpty();
  }

  @Test
  void a_synced_bookmark_owes_nothing_that_was_acknowledged_after_its_stream_began() {
    var before = connected();
    var late = ledger.begin(NAME + "-late", false);
    ledger.acknowledge(late, OLD + 7);

    assertThat(collection(before, changed(complete), synced()).syncedWithoutWhatWasAcknowledged())
        .isEmpty();
  }

  @Test
  void who_asks_for_changes_only_is_owed_what_is_asked_for_after_the_first_bookmark() {
    var early = ledger.begin(NAME + "-early", false);
    var first = connected();
    var bookmark = synced();
    acknowledged(early, early.life.name());
    assertThat(changesOnly(first, bookmark, connected(), synced())).isEmpty();

    var late = ledger.begin(NAME + "-late", false);
    acknowledged(late, late.life.name());

    assertThat(changesOnly(first, bookmark, connected(), synced())).hasSize(1);
  }

  private void acknowledged(Write write, String name) {
    ledger.acknowledge(write, OLD + 4);
    changes.computeIfAbsent(name, key -> new TreeMap<>()).put(OLD + 4, 1);
  }

  private List<String> changesOnly(Seen... all) {
    return promises(Subject.changesOf("projects/p1"), all).syncedWithoutWhatWasAcknowledged();
  }

  @Test
  void an_operation_that_is_still_held_after_its_acknowledged_deletion_is_seen() {
    ledger.acknowledge(ledger.next(life, Kind.DELETE, false), 0);
    changes.get(NAME).put(OLD + 4, 6);

    assertThat(
            collection(connected(), changed(complete), synced()).syncedWithoutWhatWasAcknowledged())
        .hasSize(1);
    assertThat(collection(connected(), synced()).syncedWithoutWhatWasAcknowledged()).isEmpty();
  }

  @Test
  void an_acknowledged_change_that_is_not_there_is_seen_but_in_the_time_of_a_loss() {
    changes.get(NAME).remove(OLD + 3);
    assertThat(collection().lostAcknowledgements()).hasSize(1);

    changes.get(NAME).put(OLD + 3, 3);
    ledger.losing();
    ledger.acknowledge(ledger.next(life, Kind.UPDATE, true), OLD + 8);
    ledger.recovered();

    assertThat(collection().lostAcknowledgements()).isEmpty();
  }

  @Test
  void an_acknowledged_deletion_that_is_not_there_is_seen() {
    ledger.acknowledge(ledger.next(life, Kind.DELETE, false), 0);
    assertThat(collection().lostAcknowledgements()).hasSize(1);

    changes.get(NAME).put(OLD + 4, 6);

    assertThat(collection().lostAcknowledgements()).isEmpty();
  }

  @Test
  void a_watch_of_one_operation_that_ends_without_its_end_is_seen() {
    assertThat(operation(changed(start), ended()).operationsWithoutTheirEnd()).hasSize(1);
    assertThat(operation(changed(complete)).operationsWithoutTheirEnd()).hasSize(1);
    assertThat(operation(changed(complete), ended()).operationsWithoutTheirEnd()).isEmpty();
    assertThat(operation(changed(complete), connected(), ended()).operationsWithoutTheirEnd())
        .isEmpty();
  }

  @Test
  void an_operation_that_is_unknown_although_it_is_remembered_is_seen() {
    var missing = Seen.of(ledger.tick(), Seen.Kind.MISSING, 0);
    assertThat(operation(connected(), missing).operationsWithoutTheirEnd()).hasSize(1);

    changes.clear();

    assertThat(operation(connected(), missing).operationsWithoutTheirEnd()).isEmpty();
  }

  @Test
  void a_watch_of_one_operation_that_goes_on_with_another_of_its_name_is_seen() {
    var another = ledger.begin(NAME, false);

    assertThat(
            operation(changed(start), changed(another, OLD + 5), ended())
                .operationsWithoutTheirEnd())
        .isNotEmpty();
  }

  @Test
  void resets_that_are_too_many_too_few_or_for_another_reason_are_seen() {
    assertThat(collection(connected(), reset()).unexpectedResets(true)).hasSize(1);
    var before = connected();
    ledger.losing();
    ledger.recovered();

    assertThat(collection(before, reset()).unexpectedResets(true)).isEmpty();
    assertThat(collection(before).unexpectedResets(true)).hasSize(1);
    assertThat(collection(before).unexpectedResets(false)).isEmpty();
    var old = word(Seen.Kind.RESET, "TOKEN_TOO_OLD");
    assertThat(collection(before, old).unexpectedResets(true)).hasSize(1);
  }
}
