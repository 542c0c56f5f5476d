package dev.longrunning.app;

import dev.longrunning.store.pg.StartFault;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be stopped, in the reverse order of the start.
 *
 * <p><b>Promise.</b> Every step runs once, on the thread that stops, also if one before it fails.
 * Whoever calls {@link #run} returns once all have run. A step that comes too late, because the
 * stop began while the server was still starting, runs at once and the start ends.
 *
 * <p><b>Threads.</b> Plain ones: steps block, each within a limit of its own.
 */
final class StopSteps {
  private record Step(String name, Callable<?> work) {}

  private final Logger log = LoggerFactory.getLogger(StopSteps.class);
  private final ArrayDeque<Step> steps = new ArrayDeque<>();
  private boolean stopping;

  /** Adds a step, to run before all that are there. */
  void add(String name, Callable<?> work) throws StartFault {
    var step = new Step(name, work);
    synchronized (steps) {
      if (!stopping) {
        steps.push(step);
        return;
      }
    }
    run(step);
    throw new StartFault("stopped before it was ready");
  }

  /** Runs all steps; a second caller waits for the first. */
  synchronized void run() {
    synchronized (steps) {
      stopping = true;
    }
    // From here on nothing is added, and this thread alone takes away.
    while (!steps.isEmpty()) {
      run(steps.pop());
    }
  }

  private void run(Step step) {
    try {
      Object ignored = step.work().call();
      log.atDebug().addKeyValue("step", step.name()).log("stop.step_finished");
    } catch (Throwable e) {
      // An Error too: those after it still have to let go of what they hold.
      log.atWarn().addKeyValue("step", step.name()).setCause(e).log("stop.step_failed");
    }
  }
}
