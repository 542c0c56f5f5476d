package dev.longrunning.app;

import dev.longrunning.store.pg.StartFault;
import io.vertx.core.http.HttpServer;
import java.time.Duration;

/** Taking a port, with one clear line if that fails. */
final class Binding {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Binding() {}

  /** Listens there; answers where exactly, which differs for port 0. */
  static HostPort bind(String setting, HttpServer server, HostPort address)
      throws StartFault, InterruptedException {
    try {
      HttpServer bound =
          Waiting.await(setting, server.listen(address.port(), address.host()), LIMIT);
      return address.withPort(bound.actualPort());
    } catch (StartFault fault) {
      throw fault(setting, address, fault);
    }
  }

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
