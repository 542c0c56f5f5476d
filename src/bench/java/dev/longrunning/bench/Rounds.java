package dev.longrunning.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cases that are measured in turn, A B C A B C: what disturbs the machine for a while disturbs all
 * of them.
 */
public final class Rounds {

  /** Measures once, for about this long. */
  public interface Measurement {
    double once(Duration time) throws Exception;
  }

  private final Run run;
  private final String unit;
  private final Map<String, Measurement> cases = new LinkedHashMap<>();

  Rounds(Run run, String unit) {
    this.run = run;
    this.unit = unit;
  }

  public Rounds add(String name, Measurement measurement) {
    cases.put(name, measurement);
    return this;
  }

  /** Measures all, and keeps what it finds. */
  public void measure() throws Exception {
    measure(run.scale().rounds());
  }

  public void measure(int rounds) throws Exception {
    var scale = run.scale();
    if (!scale.warmUp().isZero()) {
      for (var each : cases.entrySet()) {
        run.says("warm-up: " + each.getKey());
        each.getValue().once(scale.warmUp());
      }
    }
    var values = new LinkedHashMap<String, List<Double>>();
    for (int round = 1; round <= rounds; round++) {
      for (var each : cases.entrySet()) {
        double value = each.getValue().once(scale.each());
        run.says(
            String.format(
                "round %d of %d: %s: %,.4g %s", round, rounds, each.getKey(), value, unit));
        values.computeIfAbsent(each.getKey(), name -> new ArrayList<>()).add(value);
      }
    }
    values.forEach((name, measured) -> run.findings().add(new Row(name, unit, measured)));
  }
}
