package dev.longrunning.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Adopt;
import dev.longrunning.operation.Answer.Verdict;
import dev.longrunning.operation.Change.Cancel;
import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.ReceivedSignals;
import dev.longrunning.operation.ReceivedSignals.Received;
import dev.longrunning.operation.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of verbs that the producer of an operation is to hear. */
interface SignalsContract extends StoreHarness {
  private static Signal pause(OperationKey key) {
    return new Signal(key, "pause");
  }

  private OperationKey startLeased(UUID token, Duration lease) {
    var key = Samples.freshKey();
    applied(Samples.start(key, null, Samples.lease(token, lease, Duration.ofHours(1))));
    return key;
  }

  private List<Received> signals(OperationKey key) {
    return stored(key).signals().after(Optional.empty());
  }

  @Test
  default void a_signal_is_recorded_and_changes_nothing_else() {
    var key = startLeased(UUID.randomUUID(), Duration.ofHours(1));
    var before = stored(key);
    var heads = heads();

    var answer = applied(pause(key));

    var after = stored(key);
    assertThat(signals(key)).containsExactly(new Received("pause", answer.time()));
    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("version", "updateTime", "signals")
        .isEqualTo(before);
    assertThat(after.version()).isEqualTo(answer.version()).isGreaterThan(before.version());
    assertThat(after.updateTime()).isEqualTo(answer.time());
    assertThat(entriesAfter(heads, key))
        .singleElement()
        .satisfies(logged -> assertThat(logged.entry().changesState()).isTrue());
  }

  @Test
  default void of_each_verb_the_newest_is_known_and_each_is_later_than_those_before() {
    var key = startLeased(UUID.randomUUID(), Duration.ofHours(1));
    var times = new ArrayList<Instant>();
    for (String verb : List.of("pause", "resume", "pause", "resume", "pause")) {
      times.add(applied(new Signal(key, verb)).time());
    }

    assertThat(times).isSorted().doesNotHaveDuplicates();
    assertThat(signals(key))
        .containsExactly(new Received("resume", times.get(3)), new Received("pause", times.get(4)));
    assertThat(stored(key).signals().after(Optional.of(times.get(3))))
        .containsExactly(new Received("pause", times.get(4)));
  }

  @Test
  default void signals_stay_whatever_the_producer_does_and_whoever_it_is() {
    var token = UUID.randomUUID();
    var key = startLeased(token, Duration.ofHours(1));
    var time = applied(pause(key)).time();
    var received = new ReceivedSignals(Map.of("pause", time));

    applied(Samples.update(key, Samples.leased(token), Samples.metadata("x")));
    assertThat(stored(key).signals()).isEqualTo(received);
    applied(new Cancel(key, Samples.bytes("c"), Samples.bytes("l")));
    assertThat(stored(key).signals()).isEqualTo(received);
    var other = UUID.randomUUID();
    apply(new Adopt(key, null, other, Duration.ofHours(1), true));
    assertThat(stored(key).signals()).isEqualTo(received);
    applied(Samples.completion(key, Samples.leased(other), "r"));
    assertThat(stored(key).signals()).isEqualTo(received);
  }

  @Test
  default void nobody_is_told_where_no_producer_is_alive() {
    var none = Samples.freshKey();
    unchangedBy(pause(none), Verdict.NOT_FOUND);
    applied(Samples.start(none));
    unchangedBy(pause(none), Verdict.NO_PRODUCER);

    var token = UUID.randomUUID();
    var lost = startLeased(token, Duration.ofSeconds(2));
    passSweptTime(Duration.ofSeconds(3));
    unchangedBy(pause(lost), Verdict.NO_PRODUCER);
    unchangedBy(Samples.renewal(lost, token), Verdict.RENEWED);
    applied(pause(lost));

    applied(Samples.completion(lost, Samples.leased(token), "r"));
    unchangedBy(pause(lost), Verdict.DONE);
  }

  @Test
  default void a_signal_does_not_renew_the_lease() {
    var token = UUID.randomUUID();
    var key = startLeased(token, Duration.ofSeconds(2));
    passSweptTime(Duration.ofSeconds(1));
    applied(pause(key));
    passSweptTime(Duration.ofMillis(1_500));

    unchangedBy(pause(key), Verdict.NO_PRODUCER);
  }
}
