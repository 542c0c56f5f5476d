package dev.longrunning.auth;

import java.util.List;

/** What is wrong with a file of tokens, one line a fault, all of them. */
public final class TokenFileFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  TokenFileFault(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  public List<String> lines() {
    return lines;
  }
}
