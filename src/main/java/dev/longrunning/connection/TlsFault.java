package dev.longrunning.connection;

/** Why a certificate cannot be used, as one line: the setting, the file, what is allowed. */
public final class TlsFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final String line;

  TlsFault(String setting, Object file, String problem, String allowed) {
    super(setting);
    this.line = setting + ": got " + file + problem + ", allowed " + allowed;
  }

  public String line() {
    return line;
  }
}
