package dev.longrunning.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as Markdown. */
final class Markdown {
  private final List<JsonObject> stages;

  Markdown(List<JsonObject> stages) {
    this.stages = stages;
  }

  String text() {
    var text =
        new StringBuilder("# What was measured\n\n")
            .append(machine())
            .append("\n## Targets\n\n")
            .append(targets());
    for (var stage : stages) {
      text.append("\n## ").append(stage.getString("stage")).append("\n\n").append(stage(stage));
    }
    return text.toString();
  }

  /** Of the stage that was measured last. */
  String machine() {
    var text = new StringBuilder("| | |\n|---|---|\n");
    stages.stream()
        .max(Comparator.comparing(stage -> stage.getString("measuredAt")))
        .ifPresent(
            stage ->
                stage.getJsonObject("machine").stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(
                        fact ->
                            text.append("| ")
                                .append(fact.getKey())
                                .append(" | ")
                                .append(fact.getValue())
                                .append(" |\n")));
    return text.toString();
  }

  /** All ratios with something that is promised. */
  String targets() {
    var text =
        new StringBuilder("| stage | what | measured | target | |\n|---|---|---:|---:|---|\n");
    for (var stage : stages) {
      for (var ratio : objects(stage.getJsonArray("ratios"))) {
        if (ratio.containsKey("bound")) {
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %s | %s | %s %s | %s |%n",
                  stage.getString("stage"),
                  ratio.getString("what"),
                  number(ratio.getDouble("ratio")),
                  ratio.getString("bound"),
                  number(ratio.getDouble("wanted")),
                  ratio.getBoolean("met") ? "met" : "**missed**"));
        }
      }
    }
    return text.toString();
  }

  String stage(JsonObject stage) {
    var settings = stage.getJsonObject("settings");
    var text = new StringBuilder(stage.getString("about")).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%s, with --rounds %d --seconds %s --warm-up %s%s; median (smallest … largest).%n%n",
            stage.getString("measuredAt"),
            settings.getInteger("rounds"),
            number(settings.getDouble("seconds")),
            number(settings.getDouble("warmUpSeconds")),
            settings.getInteger("divisor") == 1
                ? ""
                : " --divide " + settings.getInteger("divisor")));
    text.append("| case | median | smallest … largest | |\n|---|---:|---:|---|\n");
    for (var row : objects(stage.getJsonArray("rows"))) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s |%n",
              row.getString("name"),
              number(row.getDouble("median")),
              spread(row),
              row.getString("unit")));
    }
    var ratios = objects(stage.getJsonArray("ratios"));
    if (!ratios.isEmpty()) {
      text.append("\n| ratio | |\n|---|---:|\n");
      ratios.forEach(
          ratio ->
              text.append("| ")
                  .append(ratio.getString("what"))
                  .append(" | ")
                  .append(number(ratio.getDouble("ratio")))
                  .append(" |\n"));
    }
    for (var note : stage.getJsonArray("notes")) {
      text.append("\n").append(note).append("\n");
    }
    return text.toString();
  }

  private static String spread(JsonObject row) {
    return row.getJsonArray("values").size() == 1
        ? "once"
        : number(row.getDouble("min")) + " … " + number(row.getDouble("max"));
  }

  static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  /** Three digits that say something, and no more. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(
        Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 || size == 0 ? "%.2f" : "%.3f", value);
  }
}
