package dev.longrunning.watch;

import dev.longrunning.feed.Loop;
import dev.longrunning.feed.Timers;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A world of event loops, timers and calls to a database, in which everything happens in the order
 * that a seed says, on one thread.
 */
final class SimWorld implements InstantSource {
  final Random random;
  private final List<SimLoop> loops = new ArrayList<>();
  private final List<Runnable> calls = new ArrayList<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private @Nullable SimLoop current;
  private long numbered;

  private record Due(Instant at, long number, SimLoop loop, Runnable task) {}

  SimWorld(long seed) {
    this.random = new Random(seed);
  }

  /** An event loop of a process; it does nothing more once that was killed. */
  final class SimLoop implements Loop, Timers {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean alive = true;

    @Override
    public void run(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void guarded(Runnable task) {
      task.run();
    }

    @Override
    public <T> Promise<T> promise() {
      return Promise.promise();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      var due = new Due(now.plus(delay), numbered++, this, task);
      timers.add(due);
      return () -> timers.remove(due);
    }

    void kill() {
      alive = false;
      tasks.clear();
      loops.remove(this);
      timers.removeIf(due -> due.loop() == this);
    }

    /** Runs a task of somebody outside there, at once. */
    void now(Runnable task) {
      if (!alive) {
        return;
      }
      var before = current;
      current = this;
      try {
        task.run();
      } finally {
        current = before;
      }
    }
  }

  SimLoop loop() {
    var loop = new SimLoop();
    loops.add(loop);
    return loop;
  }

  /**
   * Carries {@code work} out some time, and {@code answer} some time later where it came from.
   *
   * @param held while it is true, nothing is carried out
   */
  <T> void call(BooleanSupplier held, Supplier<T> work, Consumer<T> answer) {
    var caller = current;
    calls.add(
        () -> {
          if (held.getAsBoolean()) {
            call(caller, held, work, answer);
          } else {
            T result = work.get();
            calls.add(() -> deliver(caller, () -> answer.accept(result)));
          }
        });
  }

  private <T> void call(
      @Nullable SimLoop caller, BooleanSupplier held, Supplier<T> work, Consumer<T> answer) {
    var before = current;
    current = caller;
    call(held, work, answer);
    current = before;
  }

  private static void deliver(@Nullable SimLoop caller, Runnable task) {
    if (caller == null) {
      task.run();
    } else if (caller.alive) {
      caller.run(task);
    }
  }

  @Override
  public Instant instant() {
    return now;
  }

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  /** Lets one small thing happen; answers whether there was any but time to pass. */
  boolean step() {
    var busy = loops.stream().filter(loop -> !loop.tasks.isEmpty()).toList();
    int all = busy.size() + calls.size();
    if (all == 0) {
      return false;
    }
    int chosen = random.nextInt(all);
    if (chosen < busy.size()) {
      var loop = busy.get(chosen);
      loop.now(loop.tasks.remove());
    } else {
      calls.remove(chosen - busy.size()).run();
    }
    return true;
  }

  /** Lets time pass until the next timer, and runs that. */
  void tick() {
    var due = timers.poll();
    if (due != null) {
      now = due.at().isAfter(now) ? due.at() : now;
      due.loop().now(due.task());
    }
  }
}
