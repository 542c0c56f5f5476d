package dev.longrunning.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each caller has, by its address: an IPv4 address, or the 64 bits of an IPv6
 * network, of which one machine may use all addresses.
 *
 * <p><b>Promise.</b> What was taken and is given back adds up; a caller without connections takes
 * no memory.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Bounds.</b> One entry a connection at most; connections are bounded by {@link Limits}.
 */
final class Callers {
  private final ConcurrentHashMap<Object, Integer> connections = new ConcurrentHashMap<>();

  /** Counts one more unless there are {@code max} already. */
  boolean take(InetAddress address, int max) {
    var taken = new boolean[1];
    connections.compute(
        network(address),
        (network, had) -> {
          int before = had == null ? 0 : had;
          taken[0] = before < max;
          return taken[0] ? Integer.valueOf(before + 1) : had;
        });
    return taken[0];
  }

  void give(InetAddress address) {
    connections.computeIfPresent(
        network(address), (network, had) -> had == 1 ? null : Integer.valueOf(had - 1));
  }

  int size() {
    return connections.size();
  }

  private static Object network(InetAddress address) {
    return address instanceof Inet6Address
        ? Long.valueOf(ByteBuffer.wrap(address.getAddress()).getLong())
        : address;
  }
}
