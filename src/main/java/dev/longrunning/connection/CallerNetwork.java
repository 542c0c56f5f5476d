package dev.longrunning.connection;

import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Who counts as one caller in all bounds: an IPv4 address, or the 64 bits of an IPv6 network, of
 * which one machine may use all addresses.
 */
public final class CallerNetwork {
  private static final int IPV6_BYTES = 16;

  private CallerNetwork() {}

  /** The address of a peer, for logs; null: its connection is gone. */
  public static String address(@Nullable SocketAddress peer) {
    return peer == null ? "gone" : String.valueOf(peer.hostAddress());
  }

  /** The caller that a peer is part of, such as {@code 192.0.2.1} or {@code 2001:db8:0:1::/64}. */
  public static String of(@Nullable SocketAddress peer) {
    return of(address(peer));
  }

  static String of(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null || bytes.length != IPV6_BYTES) {
      return address;
    }
    var groups = ByteBuffer.wrap(bytes).asShortBuffer();
    var network = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      network.append(Integer.toHexString(Short.toUnsignedInt(groups.get(i)))).append(':');
    }
    return network.append(":/64").toString();
  }
}
