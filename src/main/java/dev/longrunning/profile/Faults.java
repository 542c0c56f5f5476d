package dev.longrunning.profile;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with one file, a line each: {@code FILE:LINE: what}. */
public final class Faults {
  private final String file;
  private final List<String> lines = new ArrayList<>();

  public Faults(String file) {
    this.file = file;
  }

  /**
   * Notes one.
   *
   * @param line from 1 on; 0: of the file as a whole
   */
  public void add(int line, String what) {
    lines.add(file + (line > 0 ? ":" + line : "") + ": " + what);
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }
}
