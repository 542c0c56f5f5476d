package dev.longrunning.types;

import java.util.List;

/** What is wrong with the sets of types, one line a fault, all that were found. */
public final class TypesFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** Longest repeated piece of what a library says, in characters. */
  private static final int SAID_MAX = 200;

  private final transient List<String> lines;

  TypesFault(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  /** One fault of one file or directory. */
  static TypesFault of(Object got, String problem, String allowed) {
    return new TypesFault(List.of(line(got, problem, allowed)));
  }

  static String line(Object got, String problem, String allowed) {
    return TypeSources.SETTING + ": got " + got + problem + ", allowed " + allowed;
  }

  /** What a library said, on one line. */
  static String said(Exception failure) {
    String text = String.valueOf(failure.getMessage()).replaceAll("[\\p{Cntrl}\\s]+", " ");
    return text.length() > SAID_MAX ? text.substring(0, SAID_MAX) + "…" : text;
  }

  public List<String> lines() {
    return lines;
  }
}
