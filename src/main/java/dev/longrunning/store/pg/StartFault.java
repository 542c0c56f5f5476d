package dev.longrunning.store.pg;

/**
 * Why the database cannot be started, as one line for the person who started the server: the
 * setting, what is wrong, and what is allowed or can be done.
 */
public final class StartFault extends Exception {
  private static final long serialVersionUID = 1L;

  public StartFault(String line) {
    super(line);
  }

  public StartFault(String line, Throwable cause) {
    super(line, cause);
  }

  /** The line, never null. */
  public String line() {
    String line = getMessage();
    return line == null ? "database: cannot be started" : line;
  }
}
