package dev.longrunning.bench.stage;

import dev.longrunning.bench.Stage;
import java.util.List;

/** All stages, in the order in which they run. */
public final class Stages {
  public static final List<Stage> ALL =
      List.of(
          new Gets(),
          new Changes(),
          new Reports(),
          new Waits(),
          new FanOut(),
          new Delivery(),
          new Polling(),
          new Costs(),
          new Profile(),
          new Collectors(),
          new Idle(),
          new Million(),
          new Resume(),
          new Lists(),
          new Start(),
          new Soak());

  private Stages() {}

  /** Those of these names; all if there are none. */
  public static List<Stage> named(List<String> names) {
    var known = ALL.stream().map(Stage::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "--stages: got " + name + ", allowed " + String.join(", ", known));
      }
    }
    return ALL.stream().filter(stage -> names.isEmpty() || names.contains(stage.name())).toList();
  }
}
