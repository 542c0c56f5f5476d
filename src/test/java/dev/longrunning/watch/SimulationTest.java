package dev.longrunning.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.watch.SimFaults.Fault;
import java.util.EnumMap;
import org.junit.jupiter.api.Test;

/**
 * Feeds, hubs and watchers under all that can go wrong, in an order that a seed decides. The
 * promises of the watch are asserted at every event.
 *
 * <p>{@code -Dsimulation.seeds=10000} runs that many; {@code -Dsimulation.seed=17} repeats one.
 */
final class SimulationTest {
  private static final int STEPS = 200;
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 300);
  private static final Long ONE = Long.getLong("simulation.seed");

  @Test
  void the_promises_hold_in_every_order_of_events() {
    var counts = new EnumMap<Fault, Integer>(Fault.class);
    long first = ONE == null ? 0 : ONE;
    long last = ONE == null ? SEEDS - 1 : ONE;
    for (long seed = first; seed <= last; seed++) {
      run(seed).counts().forEach((fault, count) -> counts.merge(fault, count, Integer::sum));
    }
    System.out.println("simulated " + (last - first + 1) + " seeds: " + counts);
    if (ONE == null) {
      assertThat(counts).containsOnlyKeys(Fault.values());
      assertThat(counts).allSatisfy((fault, count) -> assertThat(count).isGreaterThan(100));
    }
  }

  private static SimFaults run(long seed) {
    try {
      var simulation = new Simulation(seed);
      simulation.run(STEPS);
      return simulation.faults();
    } catch (Throwable failed) {
      throw new AssertionError("repeat with -Dsimulation.seed=" + seed, failed);
    }
  }
}
