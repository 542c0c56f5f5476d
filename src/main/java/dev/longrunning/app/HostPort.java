package dev.longrunning.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where a server listens, as {@code 127.0.0.1:8080}, {@code localhost:8080} or {@code [::1]:8080}.
 *
 * @param port 0 for any free one
 */
public record HostPort(String host, int port) {
  private static final int PORT_MAX = 65_535;

  /** Reads it; empty if it has another form. */
  static Optional<HostPort> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      return Optional.empty();
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    boolean formed = bracketed == bare.contains(":") && bare.matches("[A-Za-z0-9._:%-]+");
    return formed && port <= PORT_MAX ? Optional.of(new HostPort(bare, port)) : Optional.empty();
  }

  /** Whether only this machine can reach it; a name counts if all its addresses do. */
  boolean isLoopback() {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
  }
}
