package dev.longrunning.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CallersTest {
  private final Callers callers = new Callers();

  private static InetAddress address(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  @Test
  void one_caller_gets_as_many_as_allowed_and_another_as_many_again() throws Exception {
    assertThat(callers.take(address("192.0.2.1"), 2)).isTrue();
    assertThat(callers.take(address("192.0.2.1"), 2)).isTrue();

    assertThat(callers.take(address("192.0.2.1"), 2)).isFalse();
    assertThat(callers.take(address("192.0.2.2"), 2)).isTrue();
  }

  @Test
  void what_is_given_back_can_be_taken_again() throws Exception {
    callers.take(address("192.0.2.1"), 1);
    callers.take(address("192.0.2.1"), 1);

    callers.give(address("192.0.2.1"));

    assertThat(callers.take(address("192.0.2.1"), 1)).isTrue();
    assertThat(callers.take(address("192.0.2.1"), 1)).isFalse();
  }

  @Test
  void a_network_of_ipv6_is_one_caller() throws Exception {
    callers.take(address("2001:db8:0:1::1"), 1);

    assertThat(callers.take(address("2001:db8:0:1:ffff::2"), 1)).isFalse();
    assertThat(callers.take(address("2001:db8:0:2::1"), 1)).isTrue();
  }

  @Test
  void a_caller_without_connections_takes_no_memory() throws Exception {
    callers.take(address("192.0.2.1"), 1);
    callers.take(address("192.0.2.1"), 1);

    callers.give(address("192.0.2.1"));

    assertThat(callers.size()).isZero();
  }

  @Test
  void all_bounds_know_a_caller_by_the_same_name() throws Exception {
    var peers =
        Map.of(
            "192.0.2.1", "192.0.2.1",
            "::ffff:192.0.2.1", "192.0.2.1",
            "2001:db8:0:1::1", "2001:db8:0:1::/64",
            "2001:DB8:0:1:ffff::2", "2001:db8:0:1::/64",
            "fe80::1%1", "fe80:0:0:0::/64",
            "::1", "0:0:0:0::/64");
    for (var peer : peers.entrySet()) {
      var address = new InetSocketAddress(address(peer.getKey()), 4711);
      assertThat(CallerNetwork.of(SocketAddress.inetSocketAddress(address)))
          .isEqualTo(peer.getValue());
      assertThat(CallerNetwork.of(address.getAddress().getHostAddress()))
          .isEqualTo(peer.getValue());
    }
    assertThat(CallerNetwork.of((SocketAddress) null)).isEqualTo("gone");
  }
}
