package dev.longrunning.observe;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;

/** A line of a log of requests, in two forms. */
public interface LogLine {
  /** As every line begins: to the millisecond. */
  DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  Instant at();

  /** What the line is about, in a word. */
  String word();

  /** What it says, in its order: texts and numbers. */
  Map<String, Object> facts();

  /** As one line of {@code key=value}, in quotes where a value could be misread. */
  default String text() {
    var line = new StringBuilder(256).append(TIME.format(at())).append(' ').append(word());
    facts().forEach((key, value) -> append(line.append(' ').append(key).append('='), value));
    return line.append('\n').toString();
  }

  private static void append(StringBuilder line, Object value) {
    if (value instanceof String text && !isPlain(text)) {
      quote(line, text);
    } else {
      line.append(value);
    }
  }

  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\');
  }

  /** As one line of JSON. */
  default String json() {
    var line = new StringBuilder(320).append("{\"time\":\"").append(TIME.format(at())).append('"');
    facts()
        .forEach(
            (key, value) -> {
              line.append(",\"").append(key).append("\":");
              if (value instanceof String text) {
                quote(line, text);
              } else {
                line.append(value);
              }
            });
    return line.append("}\n").toString();
  }

  /** A string of JSON, in ASCII: what a caller sent cannot begin another line or move a cursor. */
  private static void quote(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else if (c < ' ' || c >= 0x7f) {
        line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    line.append('"');
  }
}
