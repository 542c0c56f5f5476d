package dev.longrunning.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Contents;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.Progress;
import dev.longrunning.operation.Rate;
import dev.longrunning.operation.Transitions;
import dev.longrunning.operation.Transitions.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When an operation may be done: what every store says of it is what {@link Rate} says. */
interface EstimatesContract extends StoreHarness {
  private static Change report(OperationKey key, long done, long total) {
    return report(key, new Progress(done, total, "rows", "", null));
  }

  private static Change report(OperationKey key, @Nullable Progress progress) {
    return Samples.update(
        key, Guard.NONE, new Contents(false, null, true, progress, false, java.util.Map.of()));
  }

  private @Nullable Instant estimate(OperationKey key) {
    return Objects.requireNonNull(stored(key).progress()).estimatedEndTime();
  }

  @Test
  default void the_third_report_brings_an_estimate_and_the_answer_tells_it() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    assertThat(applied(report(key, 0, 100)).estimatedEndTime()).isNull();
    passTime(Duration.ofSeconds(10));
    assertThat(applied(report(key, 10, 100)).estimatedEndTime()).isNull();
    passTime(Duration.ofSeconds(10));

    var third = applied(report(key, 20, 100));

    assertThat(third.estimatedEndTime()).isEqualTo(estimate(key));
    // 20 units in 20 s and a little: 80 to go.
    assertThat(Objects.requireNonNull(estimate(key)))
        .isBetween(third.time().plusSeconds(80), third.time().plusSeconds(100));
  }

  @Test
  default void what_does_not_report_progress_leaves_the_estimate_as_it_is() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    for (int done = 1; done <= 3; done++) {
      passTime(Duration.ofSeconds(1));
      applied(report(key, done, 10));
    }
    var estimate = estimate(key);
    assertThat(estimate).isNotNull();

    applied(Samples.update(key, Guard.NONE, Samples.metadata("x")));
    assertThat(estimate(key)).isEqualTo(estimate);
    applied(Samples.completion(key, Guard.NONE, "r"));
    assertThat(estimate(key)).isEqualTo(estimate);
  }

  @Test
  default void the_producers_own_estimate_wins() {
    var key = Samples.freshKey();
    applied(Samples.start(key));
    applied(report(key, 1, 10));
    applied(report(key, 2, 10));
    var own = Instant.parse("2001-01-01T00:00:00Z");

    var answer = applied(report(key, new Progress(3, 10, "rows", "", own)));

    assertThat(answer.estimatedEndTime()).isEqualTo(own);
    assertThat(estimate(key)).isEqualTo(own);
    applied(report(key, 4, 10));
    assertThat(estimate(key)).isNotNull().isNotEqualTo(own);
  }

  /** A rate that gets smaller and smaller must not be too small for the database's arithmetic. */
  @Test
  default void a_standstill_of_years_is_no_error() {
    var key = Samples.freshKey();
    var shadow = new Shadow(this, Samples.start(key));
    shadow.play(report(key, 0, Long.MAX_VALUE));
    shadow.play(report(key, 1, Long.MAX_VALUE));
    for (int month = 0; month < 70; month++) {
      shadow.pass(Duration.ofDays(30));
      shadow.play(report(key, 1, Long.MAX_VALUE));
    }
    assertThat(estimate(key)).isNull();
    assertThat(shadow.stored.rate().unitsPerMicro()).isZero();
  }

  @Test
  default void whatever_is_reported_the_state_is_that_of_the_transitions() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    int estimated = 0;
    for (int i = 0; i < 25; i++) {
      var key = Samples.freshKey();
      var first = new Contents(false, null, true, progress(random, null), true, java.util.Map.of());
      var shadow = new Shadow(this, Samples.startWith(key, first));
      long total = bounded(random);
      for (int step = 0; step < 20; step++) {
        if (random.nextInt(4) == 0) {
          shadow.pass(Duration.ofMillis(1L << random.nextInt(31)));
        }
        var before = Objects.requireNonNull(shadow.stored.snapshot()).progress();
        var progress =
            random.nextInt(8) == 0 ? progress(random, null) : further(before, total, random);
        shadow.play(random.nextInt(10) == 0 ? metadata(key) : report(key, progress));
        estimated += estimates(shadow) ? 1 : 0;
      }
    }
    assertThat(estimated).as("estimates, seed %d", seed).isGreaterThan(50);
  }

  private static boolean estimates(Shadow shadow) {
    var progress = Objects.requireNonNull(shadow.stored.snapshot()).progress();
    return progress != null && progress.estimatedEndTime() != null;
  }

  private static Change metadata(OperationKey key) {
    return Samples.update(key, Guard.NONE, Samples.metadata("x"));
  }

  /** Of every order of magnitude. */
  private static long bounded(Random random) {
    return random.nextLong() >>> (1 + random.nextInt(62));
  }

  private static @Nullable Progress further(@Nullable Progress before, long total, Random random) {
    if (before == null || before.doneUnits() > total) {
      return new Progress(0, total, "rows", "", null);
    }
    long left = total - before.doneUnits();
    long more = Math.min(left, left / (1 + random.nextInt(20)));
    return new Progress(before.doneUnits() + more, total, "rows", "", null);
  }

  private static @Nullable Progress progress(Random random, @Nullable Instant own) {
    if (random.nextInt(4) == 0) {
      return null;
    }
    long total = random.nextInt(3) == 0 ? 0 : bounded(random);
    long done = total == 0 ? bounded(random) : bounded(random) % (total + 1);
    return new Progress(done, total, random.nextBoolean() ? "rows" : "files", "", own);
  }

  /** The same operation by the pure rules, fed with the times that the store's clock said. */
  final class Shadow {
    private final StoreHarness store;
    private final OperationKey key;
    private Stored stored = Stored.NOTHING;

    Shadow(StoreHarness store, Change start) {
      this.store = store;
      this.key = start.key();
      play(start);
    }

    void play(Change change) {
      var answer = store.applied(change);
      var step = Transitions.judge(stored, change, answer.time(), answer.version());
      assertThat(answer.estimatedEndTime())
          .as("%s after %s", change, stored)
          .isEqualTo(step.answer().estimatedEndTime());
      assertThat(store.stored(key)).as("%s", change).isEqualTo(step.after().snapshot());
      assertThat(((Composable) change).composed(stored.snapshot(), answer))
          .isEqualTo(step.after().snapshot());
      stored = step.after();
    }

    /** A store may make what is stored older instead: then the report is as much older. */
    void pass(Duration duration) {
      var before = Objects.requireNonNull(stored.snapshot()).updateTime();
      store.passTime(duration);
      var snapshot = store.stored(key);
      var rate = stored.rate();
      var reported = rate.reportTime();
      var aged = Duration.between(before, snapshot.updateTime());
      stored =
          new Stored(
              snapshot,
              stored.lease(),
              stored.tombstone(),
              stored.createRequest(),
              stored.lastRequest(),
              new Rate(
                  rate.reports(),
                  reported == null ? null : reported.plus(aged),
                  rate.unitsPerMicro(),
                  rate.micros()));
    }
  }
}
