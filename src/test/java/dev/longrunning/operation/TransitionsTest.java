package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.Change.Complete;
import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Delete;
import dev.longrunning.operation.Change.Expire;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.LeaseTerms;
import dev.longrunning.operation.Change.Purge;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Transitions.Step;
import dev.longrunning.operation.Transitions.Stored;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** What holds of one operation whatever is done to it, in any order, at any pace. */
final class TransitionsTest {
  private static final OperationKey KEY = OperationKey.of("operations/o");
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration RETENTION = Duration.ofSeconds(3);

  /** What must hold after each step. */
  @FunctionalInterface
  interface Check {
    void holds(Change change, Stored before, Step step, Instant now);
  }

  @Property
  void done_is_final(@ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          var snapshot = before.snapshot();
          if (snapshot != null && snapshot.isDone()) {
            var after = step.after().snapshot();
            assertThat(after == null || after.equals(snapshot)).isTrue();
            assertThat(after != null || change instanceof Delete || change instanceof Purge)
                .isTrue();
          }
        });
  }

  @Property
  void versions_only_grow(@ForAll("histories") List<Tuple2<Change, Integer>> history) {
    long[] newest = new long[1];
    play(
        history,
        (change, before, step, now) -> {
          long version = version(step.after());
          assertThat(version).isGreaterThanOrEqualTo(newest[0]);
          if (step.answer().verdict() == Verdict.APPLIED) {
            assertThat(version).isGreaterThan(newest[0]);
            assertThat(step.answer().version()).isEqualTo(version);
          }
          newest[0] = version;
        });
  }

  /** A tombstone stays beside a recreated operation, which is newer. */
  private static long version(Stored stored) {
    if (stored.snapshot() != null) {
      return stored.snapshot().version();
    }
    return stored.tombstone() == null ? 0 : stored.tombstone().version();
  }

  @Property
  void equal_versions_are_equal_states(@ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          if (version(before) == version(step.after())) {
            assertThat(step.after().snapshot()).isEqualTo(before.snapshot());
          }
        });
  }

  @Property
  void a_refused_change_changes_nothing(
      @ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          var verdict = step.answer().verdict();
          if (verdict.isRefusal() || verdict == Verdict.UNCHANGED) {
            assertThat(step.after()).isSameAs(before);
          }
        });
  }

  @Property
  void a_repeat_of_the_newest_request_is_the_same_state(
      @ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          if (step.answer().verdict() != Verdict.APPLIED || !isRepeatable(change)) {
            return;
          }
          var again = Transitions.judge(step.after(), change, now.plusMillis(1), 1L << 40);
          assertThat(again.answer().verdict()).isEqualTo(Verdict.REPEATED);
          assertThat(again.answer().version()).isEqualTo(step.answer().version());
          assertThat(again.after().snapshot()).isEqualTo(step.after().snapshot());
        });
  }

  private static boolean isRepeatable(Change change) {
    return (change instanceof Start start && start.request() != null)
        || (change instanceof Update update && update.guard().request() != null)
        || change instanceof Complete;
  }

  @Property
  void a_composed_state_is_the_stored_one(
      @ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          if (change instanceof Composable composable
              && step.answer().verdict() == Verdict.APPLIED) {
            assertThat(composable.composed(before.snapshot(), step.answer()))
                .isEqualTo(step.after().snapshot());
          }
        });
  }

  @Property
  void times_are_in_order_also_when_the_clock_steps_back(
      @ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          var was = before.snapshot();
          var is = step.after().snapshot();
          if (is == null) {
            return;
          }
          assertThat(is.updateTime()).isAfterOrEqualTo(is.createTime());
          if (was != null) {
            assertThat(is.createTime()).isEqualTo(was.createTime());
            assertThat(is.updateTime()).isAfterOrEqualTo(was.updateTime());
          }
          if (is.isDone()) {
            assertThat(is.endTime()).isEqualTo(is.updateTime());
            assertThat(is.expireTime()).isEqualTo(is.updateTime().plus(RETENTION));
          } else {
            assertThat(is.endTime()).isNull();
            assertThat(is.expireTime()).isNull();
          }
        });
  }

  @Property
  void only_a_running_operation_has_a_lease_and_shows_it_to_its_holder(
      @ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          var lease = step.after().lease();
          var snapshot = step.after().snapshot();
          assertThat(lease == null || (snapshot != null && !snapshot.isDone())).isTrue();
          var shown = step.answer().lease();
          if (shown != null && lease != null) {
            assertThat(shown.token()).isEqualTo(lease.token());
            assertThat(isHolder(change, step.answer(), lease)).isTrue();
          }
        });
  }

  @Property
  void an_adoption_changes_the_lease_and_nothing_else(
      @ForAll("histories") List<Tuple2<Change, Integer>> history) {
    play(
        history,
        (change, before, step, now) -> {
          if (change instanceof Adopt adopt) {
            assertThat(step.after().withLease(null)).isEqualTo(before.withLease(null));
            if (step.answer().verdict() == Verdict.ADOPTED) {
              var lease = Objects.requireNonNull(step.after().lease());
              assertThat(lease.token()).isEqualTo(adopt.token());
              assertThat(lease.expireTime()).isEqualTo(now.plusSeconds(2));
              assertThat(adopt.force() || before.lease() == null || !before.lease().isAlive(now))
                  .isTrue();
            }
          }
        });
  }

  private static boolean isHolder(Change change, Answer answer, Lease lease) {
    if (change instanceof Update update) {
      return lease.token().equals(update.guard().leaseToken());
    }
    if (change instanceof Adopt adopt) {
      return answer.verdict() == Verdict.ADOPTED
          || Objects.equals(lease.request(), adopt.request());
    }
    return change instanceof Start start
        && (answer.verdict() == Verdict.APPLIED
            || Objects.equals(lease.request(), start.request()));
  }

  private static void play(List<Tuple2<Change, Integer>> history, Check check) {
    var stored = Stored.NOTHING;
    var now = BEGIN;
    long revision = 0;
    for (var each : history) {
      now = now.plusMillis(each.get2());
      // Other operations of the lane take revisions as well.
      revision += 2;
      var step = Transitions.judge(stored, each.get1(), now, revision);
      check.holds(each.get1(), stored, step, now);
      stored = step.after();
    }
  }

  @Provide
  Arbitrary<List<Tuple2<Change, Integer>>> histories() {
    var pauses = Arbitraries.integers().between(-500, 3_000);
    return Combinators.combine(changes(), pauses).as(Tuple::of).list().ofMinSize(1).ofMaxSize(25);
  }

  private static Arbitrary<Change> changes() {
    // Few values, so that requests, tokens and versions meet.
    var ids = Arbitraries.of(new UUID(0, 1), new UUID(0, 2)).injectNull(0.4);
    var guards =
        Combinators.combine(ids, ids, Arbitraries.of(0L, 0L, 0L, 2L, 4L, 6L))
            .as((request, token, version) -> new Guard(request, token, version));
    var seconds = Arbitraries.of(Duration.ofSeconds(1), Duration.ofSeconds(5));
    var terms =
        ids.map(
            t ->
                t == null ? null : new LeaseTerms(t, Duration.ofSeconds(2), Duration.ofSeconds(1)));
    var starts =
        Combinators.combine(ids, contents(), terms, Arbitraries.of("", "projects/p"))
            .as(
                (request, contents, lease, home) ->
                    (Change) new Start(KEY, home, request, contents, RETENTION, lease));
    var updates =
        Combinators.combine(guards, contents(), seconds.injectNull(0.7))
            .as((guard, contents, lease) -> (Change) new Update(KEY, guard, contents, lease));
    var completions =
        Combinators.combine(
                guards,
                contents(),
                Arbitraries.of("a", "b"),
                Arbitraries.of(Outcome.RESPONSE, Outcome.ERROR))
            .as(
                (guard, contents, result, outcome) ->
                    (Change) new Complete(KEY, guard, outcome, bytes(result), contents));
    var others =
        Arbitraries.of(
            new Cancel(KEY, bytes("cancelled"), bytes("lost")),
            new Expire(KEY, bytes("aborted"), bytes("cancelled")),
            new Delete(KEY),
            new Purge(KEY));
    var adoptions =
        Combinators.combine(ids, ids.filter(Objects::nonNull), flags())
            .as(
                (request, token, force) ->
                    (Change) new Adopt(KEY, request, token, Duration.ofSeconds(2), force));
    return Arbitraries.frequencyOf(
        Tuple.of(4, starts),
        Tuple.of(6, updates),
        Tuple.of(2, completions),
        Tuple.of(3, others.map(Change.class::cast)),
        Tuple.of(2, adoptions));
  }

  private static Arbitrary<Contents> contents() {
    var metadata = Arbitraries.of("m", "n").map(TransitionsTest::bytes).injectNull(0.3);
    var progress =
        Arbitraries.longs()
            .between(0, 2)
            .map(done -> new Progress(done, 2, "", "", null))
            .injectNull(0.3);
    var labels = Arbitraries.of(Map.<String, String>of(), Map.of("k", "v"));
    return Combinators.combine(flags(), metadata, flags(), progress, flags(), labels)
        .as(Contents::new);
  }

  private static Arbitrary<Boolean> flags() {
    return Arbitraries.of(true, false);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
