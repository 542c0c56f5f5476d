package dev.longrunning.rpc;

import dev.longrunning.auth.Identity;
import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The streams of one event loop whose callers had to be let in, and may have to leave.
 *
 * <p><b>Promise.</b> Every {@link #PERIOD} each caller's credential is looked at once, and, if the
 * policy has changed, each of the caller's passes once, however many streams share it. A stream
 * whose pass is over ends within two periods: UNAUTHENTICATED if its caller has expired,
 * PERMISSION_DENIED if it may no longer.
 *
 * <p><b>Threads.</b> Confined to its event loop.
 *
 * <p><b>Bounds.</b> One entry a stream; {@value #CHECKED_A_TURN} callers and streams are looked at
 * in a turn.
 */
final class StreamPasses {
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final int CHECKED_A_TURN = 100;

  private final CallPipeline pipeline;
  private final Map<Identity, Set<OpenStream<?>>> streams = new HashMap<>();
  private boolean ticking;
  private boolean looking;
  private Object checkedBy;

  StreamPasses(CallPipeline pipeline, Gate gate) {
    this.pipeline = pipeline;
    this.checkedBy = gate.generation();
  }

  /** Looks after a stream until it is over. */
  void add(Gate.Pass pass, OpenStream<?> stream) {
    streams.computeIfAbsent(pass.caller(), first -> new LinkedHashSet<>()).add(stream);
    if (!ticking) {
      ticking = true;
      tick();
    }
  }

  void remove(Gate.Pass pass, OpenStream<?> stream) {
    streams.computeIfPresent(
        pass.caller(),
        (caller, all) -> {
          all.remove(stream);
          return all.isEmpty() ? null : all;
        });
  }

  private void tick() {
    pipeline.after(
        PERIOD,
        () -> {
          look();
          ticking = !streams.isEmpty();
          if (ticking) {
            tick();
          }
        });
  }

  private void look() {
    if (looking) {
      // The last look at them goes on.
      return;
    }
    var generation = pipeline.gate().generation();
    boolean changed = generation != checkedBy;
    checkedBy = generation;
    looking = true;
    go(new ArrayDeque<>(streams.keySet()), new ArrayDeque<>(), changed);
  }

  /** One turn of a look: first what is left of a caller's streams, then the next callers. */
  private void go(Queue<Identity> callers, Queue<OpenStream<?>> left, boolean changed) {
    Map<Gate.Pass, Optional<Problem>> judged = new HashMap<>();
    for (int i = 0; i < CHECKED_A_TURN; i++) {
      var stream = left.poll();
      if (stream != null) {
        judge(stream, judged);
        continue;
      }
      var caller = callers.poll();
      if (caller == null) {
        looking = false;
        return;
      }
      if (changed || caller.credential().fault(pipeline.now()).isPresent()) {
        left.addAll(streams.getOrDefault(caller, Set.of()));
      }
    }
    pipeline.nextTurn(() -> go(callers, left, changed));
  }

  /** A stream that cannot be judged ends; those after it are judged all the same. */
  private void judge(OpenStream<?> stream, Map<Gate.Pass, Optional<Problem>> judged) {
    try {
      stream.judge(pass -> judged.computeIfAbsent(pass, pipeline.gate()::fault));
    } catch (RuntimeException e) {
      stream.fail(e);
    }
  }
}
