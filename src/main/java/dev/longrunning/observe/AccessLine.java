package dev.longrunning.observe;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One request of a caller, as it was answered: who, what, how it ended. No payload, no header but
 * the name of the program.
 *
 * @param at when it came
 * @param id of the caller's, or made up
 * @param method empty if it found none
 * @param operation the name in the request; empty if it has none
 * @param code of gRPC; empty if it was refused before there was one
 * @param reason why it failed; empty if it did not, or is not known
 * @param status of HTTP; 0 if its caller left before it was answered
 * @param agent the beginning of what the caller's program calls itself
 */
public record AccessLine(
    Instant at,
    String id,
    String caller,
    String transport,
    String method,
    String operation,
    String code,
    String reason,
    int status,
    long bytesIn,
    long bytesOut,
    long tookNanos,
    String agent) {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  /** As one line of {@code key=value}, in quotes where a value could be misread. */
  public String text() {
    var line = new StringBuilder(256).append(TIME.format(at)).append(" call");
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
  public String json() {
    var line = new StringBuilder(320).append("{\"time\":\"").append(TIME.format(at)).append('"');
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

  private Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("id", id);
    facts.put("caller", caller);
    facts.put("transport", transport);
    facts.put("method", method);
    facts.put("operation", operation);
    facts.put("code", code);
    facts.put("reason", reason);
    facts.put("status", status);
    facts.put("bytes_in", bytesIn);
    facts.put("bytes_out", bytesOut);
    facts.put("took_us", TimeUnit.NANOSECONDS.toMicros(tookNanos));
    facts.put("agent", agent);
    return facts;
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
