package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.Problem;
import dev.longrunning.profile.TestProfiles;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdmissionTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** That of callers' deadlines. */
  private Instant now = START;

  /** That which never jumps; it may begin anywhere, below zero too. */
  private long millis = -5_000_000;

  private final Admission.Clocks clocks = new Admission.Clocks(() -> millis, () -> now);
  private final Map<String, Promise<String>> working = new LinkedHashMap<>();
  private final Map<String, Future<String>> answers = new LinkedHashMap<>();

  private Admission admission(int workingMax, int waitingMax, int callerMax, int shareMin) {
    return new Admission(
        () ->
            new AdmissionSettings(
                workingMax, waitingMax, callerMax, 1_000, shareMin, Duration.ofSeconds(1)),
        clocks,
        loop);
  }

  private final ArrayDeque<Runnable> next = new ArrayDeque<>();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private final Admission.Loop loop =
      new Admission.Loop() {
        @Override
        public void next(Runnable task) {
          next.add(task);
        }

        @Override
        public void after(long millis, Runnable task) {
          later.add(task);
        }
      };

  private void turn() {
    for (int tasks = next.size(); tasks > 0; tasks--) {
      next.remove().run();
    }
  }

  private void passUnseen(long elapsed) {
    now = now.plusMillis(elapsed);
    millis += elapsed;
  }

  /** Lets time go by, and what is due then happen. */
  private void pass(long elapsed) {
    passUnseen(elapsed);
    for (int tasks = later.size(); tasks > 0; tasks--) {
      later.remove().run();
    }
  }

  private static Call call(String caller, Optional<Instant> deadline, Future<Void> gone) {
    return new Call(TestProfiles.DEFAULT.all(), caller, deadline, false, Call.Transport.GRPC, gone);
  }

  /** Asks for work that ends when the test says so. */
  private void ask(Admission admission, String caller, String name) {
    ask(admission, caller, name, Optional.empty(), Promise.<Void>promise().future());
  }

  private void ask(
      Admission admission,
      String caller,
      String name,
      Optional<Instant> deadline,
      Future<Void> gone) {
    answers.put(
        name,
        admission.run(
            call(caller, deadline, gone),
            () -> {
              Promise<String> end = Promise.promise();
              working.put(name, end);
              return end.future();
            }));
  }

  private void ask(Admission admission, String caller, int from, int to) {
    for (int i = from; i <= to; i++) {
      ask(admission, caller, caller + i);
    }
  }

  private void end(String name) {
    working.remove(name).complete(name);
  }

  private Problem.Kind refused(String name) {
    turn();
    var answer = answers.get(name);
    assertThat(answer.failed()).as(name).isTrue();
    return ((Problem) answer.cause()).kind();
  }

  @Test
  void a_caller_alone_may_use_everything() {
    var admission = admission(10, 100, 100, 2);

    ask(admission, "a", 1, 12);

    assertThat(working).hasSize(10);
    assertThat(admission.waiting()).isEqualTo(2);
  }

  @Test
  void calls_of_one_caller_begin_in_their_order() {
    var admission = admission(1, 100, 100, 1);
    ask(admission, "a", 1, 4);
    var order = new ArrayList<String>();

    while (!working.isEmpty()) {
      order.addAll(working.keySet());
      end(order.get(order.size() - 1));
    }

    assertThat(order).containsExactly("a1", "a2", "a3", "a4");
  }

  @Test
  void callers_take_turns() {
    var admission = admission(1, 100, 100, 1);
    ask(admission, "a", 1, 4);
    ask(admission, "b", 1, 2);
    var order = new ArrayList<String>();

    while (!working.isEmpty()) {
      order.addAll(working.keySet());
      end(order.get(order.size() - 1));
    }

    assertThat(order).containsExactly("a1", "b1", "a2", "b2", "a3", "a4");
  }

  @Test
  void while_others_call_a_caller_works_on_no_more_than_all_of_them_together() {
    var admission = admission(100, 1_000, 1_000, 2);
    ask(admission, "quiet", 1, 3);
    ask(admission, "other", 1, 4);

    ask(admission, "noisy", 1, 50);

    assertThat(working.keySet().stream().filter(name -> name.startsWith("noisy"))).hasSize(7);
    // What others need is judged by what they had a moment ago: between two calls they have none.
    end("quiet1");
    end("other1");
    end("noisy1");
    assertThat(working.keySet().stream().filter(name -> name.startsWith("noisy"))).hasSize(7);
  }

  @Test
  void a_caller_may_always_work_on_the_least_share() {
    var admission = admission(100, 1_000, 1_000, 5);
    ask(admission, "quiet", 1, 1);

    ask(admission, "noisy", 1, 50);

    assertThat(working.keySet().stream().filter(name -> name.startsWith("noisy"))).hasSize(5);
  }

  @Test
  void once_the_others_are_silent_a_caller_may_use_everything_again() {
    var admission = admission(100, 1_000, 1_000, 2);
    ask(admission, "quiet", 1, 1);
    ask(admission, "noisy", 1, 50);
    end("quiet1");

    for (int i = 0; i < 3; i++) {
      pass(CallerLoads.WINDOW_MILLIS);
    }

    assertThat(working).hasSize(50);
  }

  @Test
  void a_quiet_caller_is_not_behind_the_calls_of_a_noisy_one() {
    var admission = admission(2, 100, 100, 2);
    ask(admission, "noisy", 1, 50);
    ask(admission, "quiet", 1, 1);

    end("noisy1");

    assertThat(working.keySet()).contains("quiet1");
  }

  @Test
  void a_caller_with_too_many_calls_is_refused_and_others_are_not() {
    var admission = admission(2, 100, 5, 2);
    ask(admission, "a", 1, 6);
    ask(admission, "b", 1, 1);

    assertThat(refused("a6")).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(((Problem) answers.get("a6").cause()).retryAfter()).isPresent();
    assertThat(answers.get("b1").isComplete()).isFalse();
    end("a1");
    end("b1");
    assertThat(answers.get("b1").succeeded()).isTrue();
  }

  @Test
  void when_full_the_call_whose_deadline_comes_first_is_refused_for_a_later_one() {
    var admission = admission(1, 100, 4, 1);
    var stays = Promise.<Void>promise().future();
    ask(admission, "a", "works");
    ask(admission, "a", "in5", Optional.of(START.plusSeconds(5)), stays);
    ask(admission, "a", "in2", Optional.of(START.plusSeconds(2)), stays);
    ask(admission, "a", "never");

    ask(admission, "a", "in3", Optional.of(START.plusSeconds(3)), stays);
    ask(admission, "a", "in1", Optional.of(START.plusSeconds(1)), stays);
    ask(admission, "a", "never2");
    ask(admission, "a", "never3");
    ask(admission, "a", "never4");

    assertThat(List.of(refused("in2"), refused("in1"), refused("in3"), refused("in5")))
        .containsOnly(Problem.Kind.UNAVAILABLE);
    assertThat(refused("never4")).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(answers.get("never").isComplete()).isFalse();
    assertThat(answers.get("never3").isComplete()).isFalse();
  }

  @Test
  void when_all_together_are_too_many_the_busiest_gives_way() {
    var admission = admission(1, 6, 100, 1);
    ask(admission, "noisy", 1, 6);
    ask(admission, "quiet", 1, 1);

    ask(admission, "quiet", 2, 2);

    assertThat(admission.waiting()).isEqualTo(6);
    assertThat(refused("noisy2")).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(answers.get("quiet2").isComplete()).isFalse();
  }

  @Test
  void what_has_waited_too_long_is_refused() {
    var admission = admission(1, 100, 100, 1);
    ask(admission, "a", 1, 2);
    passUnseen(500);
    ask(admission, "a", 3, 3);

    pass(499);
    assertThat(answers.get("a2").isComplete()).isFalse();
    pass(1);

    assertThat(refused("a2")).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(answers.get("a3").isComplete()).isFalse();
  }

  @Test
  void what_waits_past_its_deadline_gives_its_place_up() {
    var admission = admission(1, 100, 100, 1);
    ask(admission, "a", 1, 1);
    var stays = Promise.<Void>promise().future();
    ask(admission, "a", "short", Optional.of(START.plusMillis(30)), stays);
    ask(admission, "a", 2, 2);

    pass(CallerLoads.WINDOW_MILLIS);
    assertThat(answers.get("short").isComplete()).isFalse();
    pass(CallerLoads.WINDOW_MILLIS);

    assertThat(refused("short")).isEqualTo(Problem.Kind.DEADLINE);
    assertThat(admission.waiting()).isOne();
  }

  @Test
  void a_clock_that_is_set_changes_nothing_for_what_waits() {
    var admission = admission(1, 100, 100, 1);
    var stays = Promise.<Void>promise().future();
    ask(admission, "a", 1, 2);
    ask(admission, "a", "in300", Optional.of(now.plusMillis(300)), stays);

    now = now.plusSeconds(3_600);
    pass(CallerLoads.WINDOW_MILLIS);
    ask(admission, "a", "in200", Optional.of(now.plusMillis(200)), stays);
    now = now.minusSeconds(7_200);
    pass(CallerLoads.WINDOW_MILLIS);
    assertThat(answers.get("a2").isComplete()).isFalse();
    assertThat(answers.get("in300").isComplete()).isFalse();
    assertThat(answers.get("in200").isComplete()).isFalse();

    pass(CallerLoads.WINDOW_MILLIS);
    assertThat(refused("in300")).isEqualTo(Problem.Kind.DEADLINE);
    assertThat(refused("in200")).isEqualTo(Problem.Kind.DEADLINE);
    assertThat(answers.get("a2").isComplete()).isFalse();
    pass(700);
    assertThat(refused("a2")).isEqualTo(Problem.Kind.UNAVAILABLE);
  }

  @Test
  void a_call_that_comes_with_the_refusal_of_another_harms_nobody() {
    var admission = admission(1, 2, 100, 1);
    ask(admission, "noisy", 1, 3);
    answers.get("noisy2").onFailure(refused -> ask(admission, "noisy", 4, 4));

    passUnseen(10 * CallerLoads.WINDOW_MILLIS);
    ask(admission, "quiet", 1, 1);
    turn();
    end("noisy1");

    assertThat(refused("noisy2")).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(working).containsKey("quiet1");
  }

  @Test
  void a_caller_who_leaves_while_its_call_waits_frees_its_place_at_once() {
    var admission = admission(1, 100, 100, 1);
    Promise<Void> gone = Promise.promise();
    ask(admission, "a", 1, 1);
    ask(admission, "a", "leaves", Optional.empty(), gone.future());

    gone.complete();

    assertThat(admission.waiting()).isZero();
    assertThat(refused("leaves")).isEqualTo(Problem.Kind.CANCELLED);
    end("a1");
    assertThat(working).isEmpty();
  }

  @Test
  void work_that_is_done_at_once_does_not_pile_up_on_the_stack() {
    var admission = admission(1, 100_000, 100_000, 1);
    ask(admission, "a", 1, 1);
    var done = new int[1];
    for (int i = 0; i < 50_000; i++) {
      admission.run(
          call("a", Optional.empty(), Promise.<Void>promise().future()),
          () -> {
            done[0]++;
            return Future.succeededFuture();
          });
    }

    end("a1");
    while (!next.isEmpty()) {
      turn();
    }

    assertThat(done[0]).isEqualTo(50_000);
    assertThat(admission.working()).isZero();
  }

  @Test
  void what_is_answered_at_once_counts_until_the_loop_has_looked_at_the_other_connections() {
    var admission = admission(100, 1_000, 1_000, 2);
    ask(admission, "quiet", 1, 1);
    var done = new int[1];
    for (int i = 0; i < 10; i++) {
      admission.run(
          call("noisy", Optional.empty(), Promise.<Void>promise().future()),
          () -> {
            done[0]++;
            return Future.succeededFuture();
          });
    }

    assertThat(done[0]).isEqualTo(2);
    turn();
    assertThat(done[0]).isEqualTo(4);
  }

  /** Whatever happens: bounds hold, everything is answered once, and nothing is left. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatever_comes_bounds_hold_and_every_call_ends(long seed) {
    var random = new Random(seed);
    var admission = admission(6, 20, 12, 2);
    var leavers = new LinkedHashMap<String, Promise<Void>>();
    for (int i = 0; i < 5_000; i++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2, 3 -> {
          Promise<Void> gone = Promise.promise();
          leavers.put("n" + i, gone);
          var deadline =
              random.nextBoolean()
                  ? Optional.of(now.plusMillis(random.nextInt(3_000)))
                  : Optional.<Instant>empty();
          ask(admission, "c" + random.nextInt(5), "n" + i, deadline, gone.future());
        }
        case 4, 5 -> anyOf(random, working).ifPresent(this::end);
        case 6 -> anyOf(random, leavers).map(leavers::remove).ifPresent(Promise::tryComplete);
        default -> {
          pass(random.nextInt(400));
          turn();
        }
      }
      assertThat(admission.working()).isLessThanOrEqualTo(6).isEqualTo(working.size());
      assertThat(admission.waiting()).isBetween(0, 20);
      assertThat(admission.working() > 0 || admission.waiting() == 0).isTrue();
    }

    while (!working.isEmpty()) {
      end(working.keySet().iterator().next());
    }

    turn();

    assertThat(admission.waiting()).isZero();
    assertThat(admission.working()).isZero();
    assertThat(answers.values()).allMatch(Future::isComplete);
  }

  private static Optional<String> anyOf(Random random, Map<String, ?> map) {
    return map.isEmpty()
        ? Optional.empty()
        : map.keySet().stream().skip(random.nextInt(map.size())).findFirst();
  }
}
