package dev.longrunning.app;

import java.util.ArrayList;
import java.util.List;

/**
 * One server-sent event as browsers dispatch it, by the parsing rules of the HTML standard.
 *
 * @param id the last one that was said, as the browser would send it back
 */
record SseEvent(String event, String data, String id) {
  static List<SseEvent> parse(String stream) {
    var events = new ArrayList<SseEvent>();
    String event = "";
    String id = "";
    StringBuilder data = new StringBuilder();
    for (String line : stream.split("\r\n|\r|\n", -1)) {
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          data.setLength(data.length() - 1);
          events.add(new SseEvent(event.isEmpty() ? "message" : event, data.toString(), id));
        }
        event = "";
        data.setLength(0);
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "event" -> event = value;
        case "data" -> data.append(value).append('\n');
        case "id" -> id = value.indexOf('\0') < 0 ? value : id;
        default -> {
          // A comment, the pause before a reconnect, or nothing that browsers know.
        }
      }
    }
    return events;
  }
}
