package dev.longrunning.rpc;

import dev.longrunning.auth.Identity;
import dev.longrunning.operation.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
 * <p><b>Bounds.</b> One entry a stream; {@value #CHECKED_A_TURN} streams are looked at in a turn.
 */
final class StreamPasses {
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final int CHECKED_A_TURN = 1_000;

  private final CallPipeline pipeline;
  private final Map<Identity, Set<OpenStream<?>>> streams = new HashMap<>();
  private boolean ticking;
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
      checkedBy = pipeline.gate().generation();
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
    var generation = pipeline.gate().generation();
    boolean changed = generation != checkedBy;
    checkedBy = generation;
    var now = pipeline.now();
    for (var caller : List.copyOf(streams.keySet())) {
      var fault = caller.credential().fault(now);
      if (fault.isPresent()) {
        end(of(caller), 0, pass -> fault);
      } else if (changed) {
        Map<Gate.Pass, Optional<Problem>> judged = new HashMap<>();
        end(of(caller), 0, pass -> judged.computeIfAbsent(pass, pipeline.gate()::fault));
      }
    }
  }

  private List<OpenStream<?>> of(Identity caller) {
    return List.copyOf(streams.getOrDefault(caller, Set.of()));
  }

  private void end(
      List<OpenStream<?>> all, int from, Function<Gate.Pass, Optional<Problem>> fault) {
    int to = Math.min(all.size(), from + CHECKED_A_TURN);
    all.subList(from, to).forEach(stream -> stream.judge(fault));
    if (to < all.size()) {
      pipeline.nextTurn(() -> end(all, to, fault));
    }
  }
}
