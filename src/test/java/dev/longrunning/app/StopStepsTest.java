package dev.longrunning.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class StopStepsTest {
  @Test
  void every_step_runs_whatever_goes_wrong_in_those_before_it() throws Exception {
    var ran = new ArrayList<String>();
    var steps = new StopSteps();
    steps.add("first", () -> ran.add("first"));
    steps.add(
        "exception",
        () -> {
          throw new IllegalStateException("on purpose");
        });
    steps.add(
        "error",
        () -> {
          throw new NoClassDefFoundError("on purpose");
        });
    steps.add("last", () -> ran.add("last"));

    steps.run();

    assertThat(ran).containsExactly("last", "first");
  }
}
