package dev.longrunning.auth;

/** Why the keys of an issuer could not be had. */
final class KeyFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final String line;

  KeyFault(String line) {
    super(line, null, false, false);
    this.line = line;
  }

  String line() {
    return line;
  }
}
