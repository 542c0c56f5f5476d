package dev.longrunning.observe;

import java.util.ArrayList;
import java.util.List;

/** Names of a metric's labels, and the values of one series of it, in the same order. */
public record Labels(List<String> names, List<String> values) {
  public static final Labels NONE = new Labels(List.of(), List.of());

  public Labels {
    names = List.copyOf(names);
    values = List.copyOf(values);
  }

  /** One label. */
  public static Labels of(String name, String value) {
    return NONE.and(name, value);
  }

  /** One more label. */
  public Labels and(String name, String value) {
    var allNames = new ArrayList<>(names);
    var allValues = new ArrayList<>(values);
    allNames.add(name);
    allValues.add(value);
    return new Labels(allNames, allValues);
  }
}
