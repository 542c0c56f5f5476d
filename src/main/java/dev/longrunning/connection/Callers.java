package dev.longrunning.connection;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each caller has: each {@link CallerNetwork}.
 *
 * <p><b>Promise.</b> What was taken and is given back adds up; a caller without connections takes
 * no memory.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> One entry a connection at most; connections are bounded by {@link Limits}.
 */
final class Callers {
  private final ConcurrentHashMap<String, Integer> connections = new ConcurrentHashMap<>();

  /** Counts one more unless there are {@code max} already. */
  boolean take(InetAddress address, int max) {
    var taken = new boolean[1];
    connections.compute(
        CallerNetwork.of(address.getHostAddress()),
        (network, had) -> {
          int before = had == null ? 0 : had;
          taken[0] = before < max;
          return taken[0] ? Integer.valueOf(before + 1) : had;
        });
    return taken[0];
  }

  void give(InetAddress address) {
    connections.computeIfPresent(
        CallerNetwork.of(address.getHostAddress()),
        (network, had) -> had == 1 ? null : Integer.valueOf(had - 1));
  }

  int size() {
    return connections.size();
  }
}
