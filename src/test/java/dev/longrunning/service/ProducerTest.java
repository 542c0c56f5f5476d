package dev.longrunning.service;

import static dev.longrunning.store.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Outcome;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.Producer.Beginning;
import dev.longrunning.service.Producer.LeaseWish;
import dev.longrunning.service.Producer.Written;
import dev.longrunning.store.Samples;
import dev.longrunning.store.Switches.Call;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ProducerTest {
  private static final UUID REQUEST = UUID.fromString("6f1c3f0e-7a55-4f5c-9c5e-0d6a2f6b8f10");
  private static final Optional<LeaseWish> LEASE =
      Optional.of(new LeaseWish(Duration.ofMinutes(1), Duration.ZERO));

  private final Fixture fixture = new Fixture();
  private final OperationKey key = OperationKey.of("projects/p/operations/mine");

  private Beginning beginning(
      Optional<String> name, Optional<UUID> request, Optional<LeaseWish> lease) {
    return new Beginning(
        OperationKey.DEFAULT_SERVICE,
        "projects/p",
        name.orElseGet(
            () -> fixture.producer.freshName(OperationKey.DEFAULT_SERVICE, "projects/p", request)),
        request,
        Samples.metadata("first"),
        Optional.empty(),
        lease);
  }

  private Future<Written> start(
      Optional<String> name, Optional<UUID> request, Optional<LeaseWish> lease) {
    return apply(fixture.producer.starting(beginning(name, request, lease)));
  }

  private Written startMine(Optional<LeaseWish> lease) {
    return await(start(Optional.of(key.name()), Optional.of(REQUEST), lease));
  }

  private Future<Written> update(Guard guard, Contents contents) {
    return apply(Producer.updating(key, guard, contents, Optional.empty()));
  }

  private Future<Written> apply(Change.Composable change) {
    return fixture.producer.apply(change, Optional.empty());
  }

  private Future<Written> complete(Guard guard, String response) {
    return apply(
        Producer.completing(key, guard, Outcome.RESPONSE, Samples.bytes(response), Contents.NONE));
  }

  /** The change of somebody else, of which this replica has not heard yet. */
  private void elsewhere(Change change) {
    await(fixture.store.apply(change, Patience.MOST));
  }

  private Snapshot stored() {
    var found = await(fixture.store.find(key)).snapshot();
    assertThat(found).isNotNull();
    return Objects.requireNonNull(found);
  }

  private static UUID token(Written written) {
    return written.lease().map(Answer.Lease::token).orElseThrow();
  }

  private static void assertFails(Future<?> call, String reason) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> await(call))
        .satisfies(problem -> assertThat(problem.reason()).isEqualTo(reason));
  }

  @Test
  void a_start_answers_with_the_stored_state_and_reads_nothing() {
    var written = startMine(Optional.empty());

    assertThat(written.snapshot()).isEqualTo(stored());
    assertThat(written.snapshot().collection()).isEqualTo("projects/p");
    assertThat(written.snapshot().retention()).isEqualTo(Duration.ofDays(30));
    assertThat(written.lease()).isEmpty();
    assertThat(fixture.states.reads()).isZero();
    assertThat(fixture.states.peek(key)).contains(written.snapshot());
  }

  @Test
  void a_start_with_a_lease_gets_a_token_that_nobody_can_guess() {
    var first = startMine(LEASE);
    var second = await(start(Optional.empty(), Optional.empty(), LEASE));

    assertThat(token(first)).isNotEqualTo(token(second));
    assertThat(first.lease().map(Answer.Lease::expireTime))
        .contains(fixture.clock.instant().plusSeconds(60));
  }

  @Test
  void a_chosen_id_is_derived_from_the_request_and_found_again() {
    var first = await(start(Optional.empty(), Optional.of(REQUEST), LEASE));
    var again = await(start(Optional.empty(), Optional.of(REQUEST), LEASE));

    String name = first.snapshot().key().name();
    assertThat(name).matches("projects/p/operations/[a-z][a-z2-7]{52}");
    assertThat(again).isEqualTo(first);
    var other = await(start(Optional.empty(), Optional.of(new UUID(1, 1)), LEASE));
    assertThat(other.snapshot().key().name()).isNotEqualTo(name);
  }

  @Test
  void starts_without_request_id_are_different_operations() {
    var first = await(start(Optional.empty(), Optional.empty(), Optional.empty()));
    var second = await(start(Optional.empty(), Optional.empty(), Optional.empty()));

    assertThat(first.snapshot().key()).isNotEqualTo(second.snapshot().key());
  }

  @Test
  void a_repeated_start_answers_with_the_operation_as_it_is_now() {
    var first = startMine(LEASE);
    elsewhere(Samples.update(key, Samples.leased(token(first)), Samples.metadata("second")));

    var again = startMine(LEASE);

    assertThat(again.snapshot()).isEqualTo(stored()).isNotEqualTo(first.snapshot());
    assertThat(token(again)).isEqualTo(token(first));
  }

  @Test
  void a_taken_name_is_refused_and_a_deleted_one_remembered() {
    startMine(Optional.empty());
    assertFails(
        start(Optional.of(key.name()), Optional.of(new UUID(1, 1)), LEASE), "OPERATION_EXISTS");

    elsewhere(new Change.Delete(key));
    assertFails(start(Optional.of(key.name()), Optional.of(REQUEST), LEASE), "OPERATION_DELETED");
  }

  @Test
  void an_update_of_a_known_version_is_composed_without_a_read() {
    startMine(Optional.empty());

    var written = await(update(Guard.NONE, Samples.metadata("second")));

    assertThat(written.snapshot()).isEqualTo(stored());
    assertThat(written.snapshot().metadata()).isEqualTo(Samples.bytes("second"));
    assertThat(fixture.states.reads()).isZero();
    assertThat(fixture.states.peek(key)).contains(written.snapshot());
  }

  @Test
  void an_update_of_another_version_than_is_known_is_read() {
    startMine(Optional.empty());
    elsewhere(Samples.update(key, Guard.NONE, Samples.labels(Map.of("k", "v"))));

    var written = await(update(Guard.NONE, Samples.metadata("second")));

    assertThat(written.snapshot()).isEqualTo(stored());
    assertThat(written.snapshot().labels()).isEqualTo(Map.of("k", "v"));
    assertThat(fixture.states.reads()).isEqualTo(1);
  }

  @Test
  void a_state_that_the_feed_drops_before_the_answer_is_composed_all_the_same() {
    startMine(Optional.empty());
    fixture.switches().holdAnswers(Call.APPLY);
    var written = update(Guard.NONE, Samples.metadata("second"));
    fixture.states.hear(key);

    fixture.switches().release(Call.APPLY);

    assertThat(await(written).snapshot()).isEqualTo(stored());
    assertThat(fixture.states.reads()).isZero();
  }

  @Test
  void a_renewal_answers_with_the_state_at_hand_and_a_longer_lease() {
    var token = token(startMine(LEASE));
    fixture.clock.pass(Duration.ofSeconds(1));

    var written = await(update(Samples.leased(token), Contents.NONE));

    assertThat(written.snapshot()).isEqualTo(stored());
    assertThat(written.lease())
        .contains(new Answer.Lease(token, fixture.clock.instant().plusSeconds(60)));
    assertThat(fixture.states.reads()).isZero();
  }

  @Test
  void a_renewal_tells_of_a_cancellation() {
    var token = token(startMine(LEASE));
    elsewhere(Endings.cancel(key));

    var written = await(update(Samples.leased(token), Contents.NONE));

    assertThat(written.snapshot().cancelRequestTime()).isNotNull();
  }

  @Test
  void a_renewal_may_last_for_another_time() {
    var token = token(startMine(LEASE));

    var written =
        await(
            apply(
                Producer.updating(
                    key, Samples.leased(token), Contents.NONE, Optional.of(Duration.ofHours(1)))));

    assertThat(written.lease().map(Answer.Lease::expireTime))
        .contains(fixture.clock.instant().plusSeconds(3_600));
  }

  private Future<Written> adopt(Optional<UUID> request, boolean force) {
    return fixture.producer.adopt(key, request, Duration.ofMinutes(5), force, Optional.empty());
  }

  @Test
  void an_adoption_answers_with_the_state_at_hand_and_a_lease() {
    var old = token(startMine(LEASE));

    var adopted = await(adopt(Optional.empty(), true));

    assertThat(adopted.snapshot()).isEqualTo(stored());
    assertThat(adopted.lease().map(Answer.Lease::expireTime))
        .contains(fixture.clock.instant().plusSeconds(300));
    assertThat(token(adopted)).isNotEqualTo(old);
    assertThat(fixture.states.reads()).isZero();
    assertFails(update(Samples.leased(old), Contents.NONE), "LEASE_LOST");
    await(update(Samples.leased(token(adopted)), Samples.metadata("mine")));
  }

  @Test
  void an_adoption_tells_of_a_cancellation_elsewhere() {
    startMine(LEASE);
    elsewhere(Endings.cancel(key));

    var adopted = await(adopt(Optional.empty(), true));

    assertThat(adopted.snapshot()).isEqualTo(stored());
    assertThat(adopted.snapshot().cancelRequestTime()).isNotNull();
  }

  @Test
  void an_adoption_whose_answer_is_lost_is_found_by_its_repeat() {
    startMine(LEASE);
    var request = Optional.of(new UUID(7, 7));
    fixture.switches().loseAnswers(Call.APPLY, Problem.outcomeUnknown());
    assertFails(adopt(request, true), "OUTCOME_UNKNOWN");
    fixture.switches().release(Call.APPLY);

    var first = await(adopt(request, true));
    var again = await(adopt(request, false));

    assertThat(again).isEqualTo(first);
    await(update(Samples.leased(token(first)), Contents.NONE));
  }

  @Test
  void every_refusal_of_an_adoption_has_its_reason() {
    assertFails(adopt(Optional.empty(), true), "OPERATION_NOT_FOUND");
    var token = token(startMine(LEASE));
    assertFails(adopt(Optional.empty(), false), "LEASE_ALIVE");
    // That request obtained the lease that is there.
    assertThat(token(await(adopt(Optional.of(REQUEST), false)))).isEqualTo(token);
    await(complete(Samples.leased(token), "r"));
    assertFails(adopt(Optional.empty(), true), "OPERATION_DONE");
    elsewhere(new Change.Delete(key));
    assertFails(adopt(Optional.empty(), true), "OPERATION_DELETED");
  }

  @Test
  void an_estimate_is_composed_as_it_is_stored() {
    startMine(Optional.empty());
    for (int done = 1; done <= 4; done++) {
      fixture.clock.pass(Duration.ofSeconds(10));
      var report = Samples.progress(new Progress(done, 10, "rows", "", null));
      var written = await(update(Guard.NONE, report));
      assertThat(written.snapshot()).isEqualTo(stored());
    }
    assertThat(fixture.states.reads()).isZero();
    var progress = Objects.requireNonNull(stored().progress());
    assertThat(progress.estimatedEndTime()).isEqualTo(fixture.clock.instant().plusSeconds(60));
  }

  @Test
  void a_completion_answers_with_the_done_state_and_a_repeat_with_the_same() {
    startMine(Optional.empty());

    var done = await(complete(Guard.NONE, "r"));
    var again = await(complete(Guard.NONE, "r"));

    assertThat(done.snapshot()).isEqualTo(stored());
    assertThat(again).isEqualTo(done);
    assertThat(fixture.states.reads()).isZero();
  }

  @Test
  void every_refusal_has_its_reason() {
    assertFails(update(Guard.NONE, Samples.metadata("x")), "OPERATION_NOT_FOUND");
    var started = startMine(LEASE);
    var leased = Samples.leased(token(started));
    assertFails(update(Guard.NONE, Samples.metadata("x")), "LEASE_LOST");
    assertFails(complete(Samples.leased(new UUID(0, 0)), "r"), "LEASE_LOST");
    long version = started.snapshot().version();
    var stale = new Guard(null, token(started), version + 1);
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> await(update(stale, Samples.metadata("x"))))
        .withMessage("version: got " + (version + 1) + ", the operation is at " + version);
    await(complete(leased, "r"));
    assertFails(update(leased, Samples.metadata("x")), "OPERATION_DONE");
    assertFails(complete(leased, "other"), "OPERATION_DONE");
    var bare = await(start(Optional.empty(), Optional.empty(), Optional.empty()));
    assertFails(
        apply(
            Producer.updating(
                bare.snapshot().key(),
                Guard.NONE,
                Contents.NONE,
                Optional.of(Duration.ofSeconds(9)))),
        "NO_LEASE");
  }

  @Test
  void times_are_kept_in_whole_microseconds_wherever_they_are_read() {
    var progress = new Progress(0, 0, "", "", Instant.parse("2030-01-01T00:00:00.123456789Z"));
    var contents = new Contents(true, Bytes.EMPTY, true, progress, true, Map.of());
    var wanted =
        new Beginning(
            OperationKey.DEFAULT_SERVICE,
            "projects/p",
            key.name(),
            Optional.empty(),
            contents,
            Optional.of(Duration.ofSeconds(5, 999)),
            Optional.of(new LeaseWish(Duration.ofSeconds(5, 1_999), Duration.ZERO)));

    var written = await(apply(fixture.producer.starting(wanted)));

    var kept = Objects.requireNonNull(written.snapshot().progress());
    assertThat(kept.estimatedEndTime()).isEqualTo("2030-01-01T00:00:00.123456Z");
    assertThat(written.snapshot().retention()).isEqualTo(Duration.ofSeconds(5));
    assertThat(written.lease().map(Answer.Lease::expireTime))
        .contains(fixture.clock.instant().plusSeconds(5).plusNanos(1_000));
  }

  @Test
  void a_write_whose_answer_is_lost_fails_and_its_repeat_finds_it() {
    fixture.switches().loseAnswers(Call.APPLY, Problem.outcomeUnknown());
    assertFails(start(Optional.empty(), Optional.of(REQUEST), LEASE), "OUTCOME_UNKNOWN");
    fixture.switches().release(Call.APPLY);

    var written = await(start(Optional.empty(), Optional.of(REQUEST), LEASE));

    assertThat(written.lease()).isPresent();
    assertThat(fixture.states.reads()).isEqualTo(1);
  }

  @Test
  void a_state_that_is_gone_by_the_time_it_is_read_is_not_found() {
    startMine(Optional.empty());
    fixture.states.hear(key);
    fixture.switches().holdAnswers(Call.APPLY);
    var written = update(Guard.NONE, Samples.metadata("second"));
    var deletion = fixture.store.apply(new Change.Delete(key), Patience.MOST);

    fixture.switches().release(Call.APPLY);

    assertThat(await(deletion).verdict()).isEqualTo(Answer.Verdict.APPLIED);
    assertFails(written, "OPERATION_DELETED");
  }
}
