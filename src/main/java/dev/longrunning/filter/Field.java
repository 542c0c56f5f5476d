package dev.longrunning.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The fields of an operation that a filter may name. */
public enum Field {
  NAME("name", Type.TEXT),
  DONE("done", Type.FLAG),
  CREATE_TIME("create_time", Type.TIME),
  UPDATE_TIME("update_time", Type.TIME),
  END_TIME("end_time", Type.TIME),
  CANCEL_REQUEST_TIME("cancel_request_time", Type.TIME),
  ERROR("error", Type.MESSAGE),
  ERROR_CODE("error.code", Type.NUMBER),
  ERROR_MESSAGE("error.message", Type.TEXT),
  ERROR_DETAILS("error.details", Type.LIST),
  METADATA("metadata", Type.OPEN),
  RESPONSE("response", Type.OPEN),
  LABELS("labels", Type.MAP),
  PROGRESS("progress", Type.MESSAGE),
  PROGRESS_DONE_UNITS("progress.done_units", Type.NUMBER),
  PROGRESS_TOTAL_UNITS("progress.total_units", Type.NUMBER),
  PROGRESS_UNIT("progress.unit", Type.TEXT),
  PROGRESS_MESSAGE("progress.message", Type.TEXT);

  /** What can be asked of a field. */
  enum Type {
    TEXT("all", "text"),
    FLAG("= != :", "true or false"),
    NUMBER("all", "a number"),
    TIME("all", "a time"),
    /** Of these fields only. */
    MESSAGE(":", "a message"),
    /** Repeated, of any type. */
    LIST(":", "messages, and below them what they hold"),
    /** A message of any type: what is below is known once a value is looked at. */
    OPEN(":", "a message, and below it @type and its fields, with all comparators"),
    /** Texts by key. */
    MAP(":", "texts by key, and below it a key, with all comparators");

    private final String comparators;
    private final String words;

    Type(String comparators, String words) {
      this.comparators = comparators;
      this.words = words;
    }

    /** What values are, for people. */
    String words() {
      return words;
    }

    boolean isOpen() {
      return this == LIST || this == OPEN;
    }

    /** The comparators that the field itself takes. */
    String comparators() {
      return comparators.equals("all") ? Comparator.all() : comparators;
    }
  }

  private final String text;
  private final Type type;

  Field(String text, Type type) {
    this.text = text;
    this.type = type;
  }

  /** As it is documented. */
  public String text() {
    return text;
  }

  Type type() {
    return type;
  }

  private List<String> parts() {
    return List.of(text.split("\\."));
  }

  int depth() {
    return parts().size();
  }

  /** What names lead to, spelled as it is documented as far as that is. */
  List<String> segments(List<String> names) {
    var all = new ArrayList<>(parts());
    all.addAll(names.subList(depth(), names.size()));
    return all;
  }

  /** The field that these names lead to or into. */
  static Optional<Field> find(List<String> names) {
    Field found = null;
    for (var field : values()) {
      if (field.begins(names) && (found == null || field.depth() > found.depth())) {
        found = field;
      }
    }
    return Optional.ofNullable(found).filter(field -> field.takes(names.size() - field.depth()));
  }

  private boolean begins(List<String> names) {
    var parts = parts();
    return names.size() >= parts.size()
        && names.stream().limit(parts.size()).map(Field::snake).toList().equals(parts);
  }

  private boolean takes(int below) {
    return below == 0 || type.isOpen() || (type == Type.MAP && below == 1);
  }

  /** The names of JSON are taken too. */
  static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** The names that are most like one that is not there, the nearest first. */
  static List<String> nearest(String name) {
    String given = snake(name);
    return Arrays.stream(values())
        .map(Field::text)
        .sorted(java.util.Comparator.comparingInt(text -> distance(given, text)))
        .limit(3)
        .toList();
  }

  /** How many characters have to be put in, left out or changed; of long names the beginning. */
  private static int distance(String one, String other) {
    int length = Math.min(one.length(), 64);
    var row = new int[other.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= length; i++) {
      int before = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = before + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        before = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
