package dev.longrunning.app;

import java.util.List;

/** What is wrong with the settings, one line a fault, all of them. */
public final class SettingsFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  SettingsFault(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  public List<String> lines() {
    return lines;
  }
}
