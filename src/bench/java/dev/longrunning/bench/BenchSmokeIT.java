package dev.longrunning.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longrunning.bench.stage.Stages;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What measures does not rot. How fast anything is, no test says. */
final class BenchSmokeIT {

  @Test
  void every_stage_runs_and_its_ratios_are_finite(@TempDir Path directory) throws Exception {
    assumeTrue(Prerequisites.missing().isEmpty(), () -> Prerequisites.missing());
    assertThat(Bench.execute("--smoke", "--out", directory.toString())).isZero();
    var report = new JsonObject(Files.readString(directory.resolve("report.json")));
    var measured = new ArrayList<String>();
    for (var stage : Markdown.objects(report.getJsonArray("stages"))) {
      measured.add(stage.getString("stage"));
      assertThat(Markdown.objects(stage.getJsonArray("rows")))
          .allMatch(row -> Double.isFinite(row.getDouble("median")));
      assertThat(Markdown.objects(stage.getJsonArray("ratios")))
          .allMatch(ratio -> Double.isFinite(ratio.getDouble("ratio")));
    }
    assertThat(measured).containsExactlyElementsOf(Stages.ALL.stream().map(Stage::name).toList());
    assertThat(directory.resolve("report.md")).content().contains("## Targets");
  }

  @Test
  void a_stage_that_there_is_not_is_refused_with_those_that_there_are() {
    assertThat(Bench.execute("--stages", "none")).isNotZero();
  }
}
