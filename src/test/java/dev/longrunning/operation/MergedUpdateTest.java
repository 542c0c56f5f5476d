package dev.longrunning.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Start;
import dev.longrunning.operation.Change.Update;
import dev.longrunning.operation.Transitions.Stored;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MergedUpdateTest {
  private static final OperationKey KEY = OperationKey.of("operations/o");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final UUID TOKEN = new UUID(1, 2);
  private static final Guard HELD = new Guard(null, TOKEN, 0);

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Contents metadata(String text) {
    return new Contents(true, bytes(text), false, null, false, Map.of());
  }

  private static Update update(Guard guard, Contents contents, @Nullable Duration lease) {
    return new Update(KEY, guard, contents, lease);
  }

  private static Update update(Guard guard) {
    return update(guard, metadata("m"), null);
  }

  @Test
  void later_parts_win_and_each_is_replaced_as_a_whole() {
    var progress = new Progress(1, 2, "files", "first", null);
    var first = new Contents(true, bytes("a"), true, progress, true, Map.of("k", "1", "l", "1"));
    var second = new Contents(true, null, false, null, true, Map.of("k", "2"));

    var merged =
        MergedUpdate.of(update(HELD, first, null), update(HELD, second, null)).orElseThrow();

    assertThat(merged.contents())
        .isEqualTo(new Contents(true, null, true, progress, true, Map.of("k", "2")));
    assertThat(merged.guard()).isEqualTo(HELD);
  }

  @Test
  void renewals_are_merged_with_what_they_come_beside() {
    var hour = Duration.ofHours(1);
    var renewal = update(HELD, Contents.NONE, hour);
    var change = update(HELD, metadata("m"), hour);

    assertThat(MergedUpdate.of(renewal, change)).contains(change);
    assertThat(MergedUpdate.of(change, renewal)).contains(change);
    assertThat(MergedUpdate.of(renewal, renewal)).contains(renewal);
  }

  @Test
  void what_a_producer_could_tell_apart_stays_apart() {
    var plain = update(HELD);
    var start = new Start(KEY, "", null, Contents.NONE, Duration.ofDays(1), /* lease= */ null);
    var end = new Change.Complete(KEY, HELD, Outcome.RESPONSE, bytes("r"), Contents.NONE);
    var others =
        List.<Composable>of(
            update(new Guard(UUID.randomUUID(), TOKEN, 0)),
            update(new Guard(null, TOKEN, 7)),
            update(new Guard(null, null, 0)),
            update(new Guard(null, new UUID(3, 4), 0)),
            update(HELD, metadata("m"), Duration.ofHours(1)),
            new Update(OperationKey.of("operations/p"), HELD, metadata("m"), null),
            start,
            end);

    for (var other : others) {
      assertThat(MergedUpdate.of(plain, other)).as("%s", other).isEmpty();
      assertThat(MergedUpdate.of(other, plain)).as("%s", other).isEmpty();
    }
    // Each of two that ask for the same version would be refused after the other.
    assertThat(MergedUpdate.of(others.get(0), others.get(0))).isEmpty();
    assertThat(MergedUpdate.of(others.get(1), others.get(1))).isEmpty();
    assertThat(MergedUpdate.of(start, start)).isEmpty();
    assertThat(MergedUpdate.of(end, end)).isEmpty();
    assertThat(MergedUpdate.of(plain, plain)).contains(plain);
  }

  @Provide
  Arbitrary<Contents> contents() {
    var flag = Arbitraries.of(true, false);
    var text = Arbitraries.strings().alpha().ofMaxLength(3);
    return Combinators.combine(flag, flag, flag, text)
        .as(
            (metadata, progress, labels, value) ->
                new Contents(
                    metadata,
                    metadata && !value.isEmpty() ? bytes(value) : null,
                    progress,
                    // Its own estimate: the server's would tell of the reports in between.
                    progress ? new Progress(value.length(), 3, "", value, NOW) : null,
                    labels,
                    labels ? Map.of("k" + value.length(), value) : Map.of()));
  }

  @Property
  void the_merged_one_leaves_behind_what_both_do(
      @ForAll("contents") Contents first, @ForAll("contents") Contents second) {
    var start = new Start(KEY, "", null, metadata("begin"), Duration.ofDays(1), /* lease= */ null);
    var started = Transitions.judge(Stored.NOTHING, start, NOW, 1).after();
    var earlier = update(Guard.NONE, first, null);
    var later = update(Guard.NONE, second, null);

    var both =
        Transitions.judge(Transitions.judge(started, earlier, NOW, 2).after(), later, NOW, 3);
    var merged = Transitions.judge(started, MergedUpdate.of(earlier, later).orElseThrow(), NOW, 3);

    var expected = both.after().present();
    var found = merged.after().present();
    assertThat(found.metadata()).isEqualTo(expected.metadata());
    assertThat(found.progress()).isEqualTo(expected.progress());
    assertThat(found.labels()).isEqualTo(expected.labels());
  }
}
