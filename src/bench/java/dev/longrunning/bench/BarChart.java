package dev.longrunning.bench;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * Rows side by side: a bar as long as the median, and a line from the smallest to the largest.
 * Drawn to be read on light and dark ground.
 */
final class BarChart {
  private static final int WIDTH = 860;
  private static final int LABEL = 340;
  private static final int VALUE = 120;
  private static final int TOP = 40;
  private static final int STEP = 30;
  private static final int BAR = 18;
  private static final String[] COLOURS = {"#2f7ed8", "#8d99ae"};

  private final String title;
  private final List<JsonObject> rows;

  /** How much of all names says the same, up to a colon. */
  private final int common;

  BarChart(String title, List<JsonObject> rows) {
    this.title = title;
    this.rows = rows;
    this.common = common(rows.stream().map(row -> row.getString("name")).toList());
  }

  private static int common(List<String> names) {
    String first = names.get(0);
    for (int colon = first.lastIndexOf(": ");
        colon > 0;
        colon = first.lastIndexOf(": ", colon - 1)) {
      String prefix = first.substring(0, colon + 2);
      if (names.stream().allMatch(name -> name.startsWith(prefix))) {
        return prefix.length();
      }
    }
    return 0;
  }

  String svg() {
    int height = TOP + rows.size() * STEP + 10;
    var svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " font-family=\"system-ui, sans-serif\" font-size=\"13\">%n<title>%s</title>%n"
                + "<style>text{fill:#24292f}line{stroke:#24292f}@media(prefers-color-scheme:dark){text{fill:#e6edf3}line{stroke:#e6edf3}}</style>%n"
                + "<text x=\"0\" y=\"20\" font-weight=\"600\" font-size=\"15\">%s (%s)</text>%n",
            WIDTH,
            height,
            WIDTH,
            height,
            escaped(title),
            escaped(title),
            escaped(rows.get(0).getString("unit"))));
    double max = rows.stream().mapToDouble(row -> row.getDouble("max")).max().orElse(1);
    for (int i = 0; i < rows.size(); i++) {
      svg.append(bar(rows.get(i), TOP + i * STEP, max));
    }
    return svg.append("</svg>\n").toString();
  }

  private String bar(JsonObject row, int y, double max) {
    double scale = (WIDTH - LABEL - VALUE) / max;
    double median = row.getDouble("median") * scale;
    double from = LABEL + row.getDouble("min") * scale;
    double to = LABEL + row.getDouble("max") * scale;
    int middle = y + BAR / 2;
    String name = row.getString("name");
    return String.format(
        Locale.ROOT,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n"
            + "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke-width=\"1.5\"/>%n<text x=\"%.1f\" y=\"%d\">%s</text>%n",
        LABEL - 8,
        y + 14,
        escaped(name.substring(common)),
        LABEL,
        y,
        median,
        BAR,
        COLOURS[isPeer(name) ? 1 : 0],
        from,
        middle,
        to,
        middle,
        Math.max(to, LABEL + median) + 8,
        y + 14,
        Markdown.number(row.getDouble("median")));
  }

  /** What this server is measured beside is grey. */
  private static boolean isPeer(String name) {
    return name.startsWith("etcd")
        || name.startsWith("pgbench")
        || name.startsWith("bare")
        || name.startsWith("polling");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
