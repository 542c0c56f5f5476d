package dev.longrunning.profile;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with one file, a line each: {@code FILE:LINE: what}. */
final class Faults {
  private final String file;
  private final List<String> lines = new ArrayList<>();

  Faults(String file) {
    this.file = file;
  }

  /**
   * Notes one.
   *
   * @param line from 1 on; 0: of the file as a whole
   */
  void add(int line, String what) {
    lines.add(file + (line > 0 ? ":" + line : "") + ": " + what);
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
