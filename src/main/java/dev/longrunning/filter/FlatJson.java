package dev.longrunning.filter;

import dev.longrunning.operation.PlainText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object of JSON whose values are strings and arrays of strings.
 *
 * <p><b>Bounds.</b> {@value Parser#LENGTH_MAX} characters and {@value Parser#TERMS_MAX} strings;
 * nothing is nested, so nothing is deep.
 */
final class FlatJson {
  private static final String ESCAPES = "\"\\/bfnrt";
  private static final String ESCAPED = "\"\\/\b\f\n\r\t";

  private final String text;
  private int place;
  private int strings;

  private FlatJson(String text) {
    this.text = text;
  }

  /**
   * A key's value.
   *
   * @param keyPlace where its key begins
   */
  record Entry(String key, int keyPlace, boolean array, List<Text> texts) {}

  /** One string. */
  record Text(String text, int place) {}

  /** The entries in their order, by the key as it was written. */
  static Map<String, Entry> read(String text) {
    Fault.checkLength(text);
    return new FlatJson(text).object();
  }

  private Map<String, Entry> object() {
    var entries = new LinkedHashMap<String, Entry>();
    expect('{');
    if (!accept('}')) {
      do {
        var key = string();
        expect(':');
        boolean array = accept('[');
        var entry = new Entry(key.text(), key.place(), array, array ? array() : List.of(string()));
        if (entries.put(key.text(), entry) != null) {
          throw Fault.at(key.place(), key.text(), "each key once");
        }
      } while (accept(','));
      expect('}');
    }
    spaces();
    if (place < text.length()) {
      throw Fault.at(place, shown(), "nothing behind the object");
    }
    return entries;
  }

  private List<Text> array() {
    var texts = new ArrayList<Text>();
    if (!accept(']')) {
      do {
        texts.add(string());
      } while (accept(','));
      expect(']');
    }
    return texts;
  }

  private Text string() {
    spaces();
    int from = place;
    if (++strings > 2 * Parser.TERMS_MAX) {
      throw Fault.at(from, "string " + strings, "at most " + 2 * Parser.TERMS_MAX + " strings");
    }
    if (place == text.length() || text.charAt(place) != '"') {
      throw Fault.at(from, shown(), "a string in double quotation marks");
    }
    place++;
    var string = new StringBuilder();
    while (place < text.length() && text.charAt(place) != '"') {
      char c = text.charAt(place++);
      string.append(c == '\\' ? escaped() : c);
    }
    if (place == text.length()) {
      throw Fault.atEnd(place, "\"");
    }
    place++;
    if (!PlainText.isPlain(string)) {
      throw Fault.at(from, string.toString(), PlainText.ALLOWED);
    }
    return new Text(string.toString(), from);
  }

  private char escaped() {
    if (place < text.length()) {
      int simple = ESCAPES.indexOf(text.charAt(place));
      if (simple >= 0) {
        place++;
        return ESCAPED.charAt(simple);
      }
      if (text.charAt(place) == 'u'
          && place + 5 <= text.length()
          && text.substring(place + 1, place + 5).matches("[0-9A-Fa-f]{4}")) {
        place += 5;
        return (char) Integer.parseInt(text.substring(place - 4, place), 16);
      }
    }
    throw Fault.at(place - 1, "\\", "an escape of JSON");
  }

  private void spaces() {
    while (place < text.length() && " \t\r\n".indexOf(text.charAt(place)) >= 0) {
      place++;
    }
  }

  private boolean accept(char c) {
    spaces();
    boolean here = place < text.length() && text.charAt(place) == c;
    place += here ? 1 : 0;
    return here;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw Fault.at(place, shown(), String.valueOf(c));
    }
  }

  private String shown() {
    return place == text.length() ? "the end" : text.substring(place, place + 1);
  }
}
