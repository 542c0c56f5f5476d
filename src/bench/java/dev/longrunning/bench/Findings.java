package dev.longrunning.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a stage found: rows, ratios of them, and what is to be known beside. */
public final class Findings {
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final List<Target> targets = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, List<String>> charts = new LinkedHashMap<>();

  public Row add(Row row) {
    if (rows.put(row.name(), row) != null) {
      throw new IllegalStateException("two rows of one name: " + row.name());
    }
    return row;
  }

  /** What one more round gave of a row, which begins with its first value. */
  public void keep(String name, String unit, double value) {
    var known = rows.get(name);
    rows.put(name, known == null ? new Row(name, unit, List.of(value)) : known.with(value));
  }

  public Row row(String name) {
    var row = rows.get(name);
    if (row == null) {
      throw new IllegalStateException("no row " + name + " among " + rows.keySet());
    }
    return row;
  }

  /** What one case is to another, round by round. */
  public double ratio(String one, String other) {
    var ones = row(one).values();
    var others = row(other).values();
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
      ratios.add(ones.get(i) / others.get(i));
    }
    return Row.median(ratios);
  }

  public void compare(String one, String other) {
    targets.add(new Target(one + " : " + other, ratio(one, other), Target.Bound.NONE, 0));
  }

  public void atLeast(double wanted, String one, String other) {
    targets.add(new Target(one + " : " + other, ratio(one, other), Target.Bound.AT_LEAST, wanted));
  }

  public void atMost(double wanted, String one, String other) {
    targets.add(new Target(one + " : " + other, ratio(one, other), Target.Bound.AT_MOST, wanted));
  }

  public void target(Target target) {
    targets.add(target);
  }

  public void note(String note) {
    notes.add(note);
  }

  /** Rows of one unit that are to be seen side by side. */
  public void chart(String title, String... names) {
    for (String name : names) {
      row(name);
    }
    charts.put(title, List.of(names));
  }

  public Map<String, List<String>> charts() {
    return Collections.unmodifiableMap(charts);
  }

  public List<Row> rows() {
    return List.copyOf(rows.values());
  }

  public List<Target> targets() {
    return List.copyOf(targets);
  }

  public List<String> notes() {
    return List.copyOf(notes);
  }
}
