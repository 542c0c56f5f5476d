package dev.longrunning.bench;

import dev.longrunning.bench.stage.Stages;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables and charts of docs/performance.md. What stands between {@code <!-- bench:NAME -->} and
 * {@code <!-- bench:end -->} is written anew; NAME is a stage, {@code machine} or {@code targets}.
 */
final class PerformanceDocs {
  private static final Pattern PART =
      Pattern.compile("(<!-- bench:(?!end)([a-z]+) -->\n).*?(<!-- bench:end -->)", Pattern.DOTALL);

  private final Path page;
  private final Path charts;

  PerformanceDocs(Path docs) {
    this.page = docs.resolve("performance.md");
    this.charts = docs.resolve("performance");
  }

  void write(List<JsonObject> stages) throws IOException {
    Files.createDirectories(charts);
    var parts = parts(stages);
    String text = Files.readString(page);
    var written = new StringBuilder();
    var matcher = PART.matcher(text);
    while (matcher.find()) {
      String part = parts.get(matcher.group(2));
      if (part == null) {
        throw new IOException(
            page + ": got bench:" + matcher.group(2) + ", allowed " + parts.keySet());
      }
      matcher.appendReplacement(
          written,
          Matcher.quoteReplacement(matcher.group(1) + "\n" + part + "\n" + matcher.group(3)));
    }
    Files.writeString(page, matcher.appendTail(written).toString());
  }

  private Map<String, String> parts(List<JsonObject> stages) throws IOException {
    var markdown = new Markdown(stages);
    var parts = new LinkedHashMap<String, String>();
    parts.put("machine", markdown.machine());
    parts.put("targets", markdown.targets());
    Stages.ALL.forEach(stage -> parts.put(stage.name(), stage.about() + "\n\nNot measured yet.\n"));
    for (var stage : stages) {
      String name = stage.getString("stage");
      parts.put(name, charts(name, stage) + markdown.stage(stage));
    }
    return parts;
  }

  /** Draws the charts of a stage; answers the images. */
  private String charts(String name, JsonObject stage) throws IOException {
    var images = new StringBuilder();
    int number = 1;
    var all = stage.getJsonObject("charts");
    for (String title : all.fieldNames()) {
      String file = name + (number == 1 ? "" : "-" + number) + ".svg";
      var rows =
          all.getJsonArray(title).stream()
              .map(
                  row ->
                      Markdown.objects(stage.getJsonArray("rows")).stream()
                          .filter(one -> one.getString("name").equals(row))
                          .findFirst()
                          .orElseThrow())
              .toList();
      Files.writeString(charts.resolve(file), new BarChart(title, rows).svg());
      images.append("![").append(title).append("](performance/").append(file).append(")\n\n");
      number++;
    }
    return images.toString();
  }
}
