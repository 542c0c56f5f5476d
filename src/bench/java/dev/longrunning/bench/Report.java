package dev.longrunning.bench;

import dev.longrunning.bench.stage.Stages;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** The report: a file of JSON a stage, and of all of them one of JSON and one of Markdown. */
final class Report {
  private final Path out;
  private final Map<String, String> machine;
  private final Scale scale;

  Report(Path out, Map<String, String> machine, Scale scale) {
    this.out = out;
    this.machine = machine;
    this.scale = scale;
  }

  /** Whether there are results of this stage, measured as much as is asked for now. */
  boolean has(Stage stage) throws IOException {
    return Files.isRegularFile(file(stage))
        && read(stage).getJsonObject("settings").equals(settings());
  }

  void add(Stage stage, Findings findings) throws IOException {
    Files.createDirectories(file(stage).getParent());
    Files.writeString(file(stage), stage(stage, findings).encodePrettily() + "\n");
  }

  private JsonObject stage(Stage stage, Findings findings) {
    var rows = new JsonArray();
    for (var row : findings.rows()) {
      rows.add(
          new JsonObject()
              .put("name", row.name())
              .put("unit", row.unit())
              .put("median", row.median())
              .put("min", row.min())
              .put("max", row.max())
              .put("values", new JsonArray(row.values())));
    }
    var targets = new JsonArray();
    for (var target : findings.targets()) {
      var json = new JsonObject().put("what", target.what()).put("ratio", target.ratio());
      if (target.bound() != Target.Bound.NONE) {
        json.put("bound", target.bound().sign())
            .put("wanted", target.wanted())
            .put("met", target.isMet());
      }
      targets.add(json);
    }
    var charts = new JsonObject();
    findings.charts().forEach((title, names) -> charts.put(title, new JsonArray(names)));
    return new JsonObject()
        .put("stage", stage.name())
        .put("about", stage.about())
        .put("measuredAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("settings", settings())
        .put("machine", new JsonObject(Map.copyOf(machine)))
        .put("rows", rows)
        .put("ratios", targets)
        .put("charts", charts)
        .put("notes", new JsonArray(findings.notes()));
  }

  private JsonObject settings() {
    return new JsonObject()
        .put("rounds", scale.rounds())
        .put("seconds", seconds(scale.each()))
        .put("warmUpSeconds", seconds(scale.warmUp()))
        .put("divisor", scale.divisor());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private Path file(Stage stage) {
    return file(stage.name());
  }

  private Path file(String stage) {
    return out.resolve("stages").resolve(stage + ".json");
  }

  /** What was measured then, and what is said about it now. */
  private JsonObject read(Stage stage) throws IOException {
    return new JsonObject(Files.readString(file(stage))).put("about", stage.about());
  }

  private List<JsonObject> stages() throws IOException {
    var stages = new java.util.ArrayList<JsonObject>();
    for (var stage : Stages.ALL) {
      if (Files.isRegularFile(file(stage))) {
        stages.add(read(stage));
      }
    }
    return stages;
  }

  void write() throws IOException {
    var json = new JsonObject().put("stages", new JsonArray(stages()));
    Files.createDirectories(out);
    Files.writeString(out.resolve("report.json"), json.encodePrettily() + "\n");
    Files.writeString(out.resolve("report.md"), new Markdown(stages()).text());
  }

  /** Only from results of the full scale: of fewer operations or watchers they are of no use. */
  void writeDocs(Path docs) throws IOException {
    for (var stage : stages()) {
      int divisor = stage.getJsonObject("settings").getInteger("divisor");
      if (divisor != 1) {
        throw new IOException(
            file(stage.getString("stage"))
                + ": measured with --divide "
                + divisor
                + "; allowed for --docs 1: delete it, or measure it anew");
      }
    }
    new PerformanceDocs(docs).write(stages());
    Files.copy(
        out.resolve("report.json"),
        docs.resolve("performance/report.json"),
        StandardCopyOption.REPLACE_EXISTING);
  }
}
