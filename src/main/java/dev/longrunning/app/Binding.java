package dev.longrunning.app;

import dev.longrunning.store.pg.StartFault;

/** Why a port could not be taken, in one clear line. */
final class Binding {
  private Binding() {}

  /** In one line why an address cannot be listened on. */
  static StartFault fault(String setting, HostPort address, Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = String.valueOf(root.getMessage());
    boolean taken = reason.contains("in use");
    String allowed =
        taken
            ? "is in use by another program; allowed a free port, or 0 for any"
            : "cannot be listened on (" + reason + "); allowed an address of this machine";
    return new StartFault(setting + ": " + address + ' ' + allowed, cause);
  }
}
