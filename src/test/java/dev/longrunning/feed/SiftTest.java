package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Await;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.ChangeLog.Selection;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.MemoryStore;
import dev.longrunning.store.Reading;
import dev.longrunning.store.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SiftTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final MemoryStore store = new MemoryStore(new VirtualTime());
  private final OperationKey key = Samples.freshKey();
  private final Cursors before = poll(Cursors.NONE, Selection.NONE).heads();

  private long first;
  private long second;

  @BeforeEach
  void two_changes() {
    first = apply(Samples.start(key));
    second = apply(Samples.update(key, Change.Guard.NONE, Samples.metadata("second")));
  }

  private Poll poll(Cursors from, Selection selection) {
    return Await.await(store.poll(from, selection));
  }

  private long apply(Change change) {
    return Await.await(store.apply(change, PATIENCE)).version();
  }

  private static State state(Reading reading) {
    return new State(
        reading.key(),
        0,
        reading.version(),
        reading.snapshot(),
        reading.tombstone(),
        s -> Bytes.EMPTY);
  }

  private static Sift all() {
    return Sift.of((any, collection) -> true);
  }

  private List<AppliedChange> changes(Sift sift) {
    return changes(sift, poll(before, sift));
  }

  private List<AppliedChange> changes(Sift sift, Poll poll) {
    var changes = new ArrayList<AppliedChange>();
    sift.applied(before, poll, SiftTest::state).forEach(each -> changes.addAll(each.changes()));
    return changes;
  }

  private static void assertPassedOver(AppliedChange change) {
    assertThat(change.isPassedOver()).isTrue();
    assertThat(change.state()).isNull();
    assertThat(change.apart()).isFalse();
  }

  private static void assertState(AppliedChange change, long version) {
    assertThat(change.isPassedOver()).isFalse();
    assertThat(Objects.requireNonNull(change.state()).version()).isEqualTo(version);
  }

  @Test
  void a_state_goes_with_the_change_of_its_version_alone() {
    var changes = changes(all());

    assertThat(changes).hasSize(2);
    assertPassedOver(changes.get(0));
    assertState(changes.get(1), second);
    assertThat(first).isLessThan(second);
  }

  @Test
  void a_deletion_after_which_the_name_was_taken_again_is_passed_over() {
    apply(new Change.Delete(key));
    long third = apply(Samples.start(key));

    var changes = changes(all());

    assertThat(changes).hasSize(4);
    assertPassedOver(changes.get(1));
    assertThat(changes.get(2).isRemoval()).isTrue();
    assertPassedOver(changes.get(2));
    assertState(changes.get(3), third);
  }

  @Test
  void a_change_before_a_deletion_is_passed_over_and_the_deletion_is_not() {
    apply(new Change.Delete(key));

    var changes = changes(all());

    assertPassedOver(changes.get(1));
    assertThat(changes.get(2).isRemoval()).isTrue();
    assertThat(changes.get(2).isPassedOver()).isFalse();
    assertThat(changes.get(2).state()).isNull();
  }

  @Test
  void a_state_too_large_to_come_along_is_apart() {
    store.limitStates(100, 1);

    assertThat(changes(all())).allSatisfy(change -> assertThat(change.apart()).isTrue());
  }

  @Test
  void only_what_is_wanted_is_asked_for_and_keeps_its_position() {
    var beside = Samples.freshKeyBeside(key);
    store.applyTogether(
        List.of(
            Samples.start(beside),
            Samples.update(key, Change.Guard.NONE, Samples.metadata("third"))));
    var sift = Sift.of((any, collection) -> any.equals(key));
    var poll = poll(before, sift);

    assertThat(poll.states()).containsOnlyKeys(key);
    var last = changes(sift, poll).get(2);
    assertThat(last.key()).isEqualTo(key);
    assertThat(last.position()).isEqualTo(1);
  }

  @Test
  void the_batches_follow_from_place_to_place() {
    var sift = all();
    var applied = sift.applied(before, poll(before, sift), SiftTest::state);

    assertThat(applied.get(0).before()).isEqualTo(before);
    assertThat(applied.get(1).before()).isEqualTo(before.with(key.lane(), first));
  }

  @Test
  void an_own_write_ahead_of_the_log_hides_no_change_before_it() {
    var cache = new StateCache(1 << 20, snapshot -> Bytes.EMPTY, () -> {});
    cache.reset(poll(Cursors.NONE, Selection.NONE).epoch(), before);
    var interest = new SharedInterest();
    interest.add(key);
    // Its answer comes before the look at the log that does not see it yet.
    var backup = store.backup();
    apply(Samples.update(key, Change.Guard.NONE, Samples.metadata("third")));
    cache.putOwn(snapshot());
    store.restore(backup);

    var changes = changes(Sift.of(interest, cache));

    assertState(changes.get(1), second);
  }

  @Test
  void an_own_write_that_the_log_has_come_to_is_not_read() {
    var cache = new StateCache(1 << 20, snapshot -> Bytes.EMPTY, () -> {});
    cache.reset(poll(Cursors.NONE, Selection.NONE).epoch(), before);
    var own = cache.putOwn(snapshot());
    var interest = new SharedInterest();
    interest.add(key);
    var sift = Sift.of(interest, cache);

    var newest = poll(before, Selection.NONE).batches().get(1);
    assertThat(sift.of(newest)).isEmpty();
    var alone = poll(before.with(key.lane(), first), Selection.NONE);
    assertThat(Objects.requireNonNull(only(sift, alone).state())).isSameAs(own);
  }

  private AppliedChange only(Sift sift, Poll poll) {
    var from = before.with(key.lane(), first);
    return sift.applied(from, poll, SiftTest::state).get(0).changes().get(0);
  }

  private Snapshot snapshot() {
    return Objects.requireNonNull(Await.await(store.find(key)).snapshot());
  }

  @Test
  void who_comes_while_nobody_else_was_interested_is_to_read_for_itself() {
    var interest = new SharedInterest();
    var sift = Sift.of(interest, new StateCache(1 << 20, snapshot -> Bytes.EMPTY, () -> {}));
    var poll = poll(before, sift);
    interest.add(key);

    assertThat(poll.states()).isEmpty();
    assertThat(changes(sift, poll)).allSatisfy(change -> assertThat(change.apart()).isTrue());
  }
}
