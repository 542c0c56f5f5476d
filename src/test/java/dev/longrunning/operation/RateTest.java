package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RateTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private Rate rate = Rate.NONE;
  private @Nullable Progress last;
  private Instant now = BEGIN;

  private static Progress progress(long done, long total) {
    return new Progress(done, total, "rows", "", null);
  }

  /** Reports after {@code seconds}; answers in how many seconds the work is thought to be done. */
  private @Nullable Long report(long seconds, Progress report) {
    now = now.plusSeconds(seconds);
    rate = rate.after(last, report, now);
    last = report;
    var estimate = rate.estimate(report, now);
    return estimate == null ? null : Duration.between(now, estimate).toSeconds();
  }

  @Test
  void a_steady_rate_goes_on() {
    assertThat(report(0, progress(0, 100))).isNull();
    assertThat(report(10, progress(10, 100))).isNull();
    assertThat(report(10, progress(20, 100))).isEqualTo(80);
    assertThat(report(10, progress(30, 100))).isEqualTo(70);
    assertThat(report(600, progress(100, 100))).isZero();
  }

  @Test
  void the_rate_is_the_mean_at_first_and_then_the_past_counts_for_a_minute() {
    report(0, progress(0, 1_000));
    report(10, progress(30, 1_000));
    // 40 units in 40 s.
    assertThat(report(30, progress(40, 1_000))).isEqualTo(960);
    // 1 a second before, for what is remembered: 40 s and 20 s without any make 40 in 60 s.
    assertThat(report(20, progress(40, 1_000))).isEqualTo(1_440);
    // (2/3 a second × 60 s + 80) / 120 s = 1 a second.
    assertThat(report(60, progress(120, 1_000))).isEqualTo(880);
  }

  @Test
  void nothing_is_said_without_a_total_or_an_advance() {
    report(0, progress(5, 0));
    report(1, progress(6, 0));
    assertThat(report(1, progress(7, 0))).isNull();
    // The total is known from now on; the rate was all along.
    assertThat(report(1, progress(8, 10))).isEqualTo(2);

    rate = Rate.NONE;
    last = null;
    report(0, progress(5, 10));
    report(1, progress(5, 10));
    assertThat(report(1, progress(5, 10))).isNull();
    assertThat(report(1, progress(6, 10))).isEqualTo(12);
  }

  @Test
  void a_rate_begins_anew_when_units_shrink_or_are_others_or_progress_is_taken_away() {
    for (var other : List.of(progress(1, 10), new Progress(9, 10, "files", "", null))) {
      rate = Rate.NONE;
      last = null;
      report(0, progress(1, 10));
      report(1, progress(2, 10));
      assertThat(report(1, progress(3, 10))).isNotNull();
      assertThat(report(1, other)).isNull();
      assertThat(rate).isEqualTo(new Rate(1, now, 0, 0));
    }
    assertThat(rate.after(last, null, now)).isEqualTo(Rate.NONE);
  }

  @Test
  void what_takes_longer_than_a_year_is_not_known() {
    long year = Duration.ofDays(365).toSeconds();
    report(0, progress(0, year + 2));
    report(1, progress(1, year + 2));
    assertThat(report(1, progress(2, year + 2))).isEqualTo(year);
    assertThat(rate.estimate(progress(2, year + 3), now)).isNull();
  }

  @Test
  void reports_at_the_same_moment_divide_by_nothing() {
    report(0, progress(0, 10));
    report(0, progress(1, 10));
    assertThat(report(0, progress(2, 10))).isNull();
    report(1, progress(3, 10));
    assertThat(report(0, progress(4, 10))).isEqualTo(3);
  }

  @Property
  void no_estimate_is_before_its_report(@ForAll("reports") List<Tuple2<Long, Long>> reports) {
    var at = BEGIN;
    var current = Rate.NONE;
    @Nullable Progress before = null;
    for (var each : reports) {
      at = at.plus(each.get1(), java.time.temporal.ChronoUnit.MICROS);
      var report = progress(each.get2(), Long.MAX_VALUE - 1);
      current = current.after(before, report, at);
      var estimate = current.estimate(report, at);
      if (estimate != null) {
        assertThat(estimate).isBetween(at, at.plus(Duration.ofDays(365)));
      }
      assertThat(current.unitsPerMicro()).isFinite().isNotNegative();
      before = report;
    }
  }

  @Provide
  Arbitrary<List<Tuple2<Long, Long>>> reports() {
    var pauses = Arbitraries.longs().between(0, Duration.ofDays(10).toMillis() * 1_000);
    var done = Arbitraries.longs().between(0, Long.MAX_VALUE - 1);
    return Combinators.combine(pauses, done).as(Tuple::of).list().ofMinSize(3).ofMaxSize(12);
  }
}
