package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.observe.Readiness;
import dev.longrunning.operation.Problem;
import dev.longrunning.profile.TestProfiles;
import io.grpc.health.v1.HealthCheckRequest;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Health watches of one event loop, whose turns come when the test says so. */
final class HealthMethodsTest {
  private final Readiness readiness = new Readiness();
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private final List<Row<?, ?>> rows = HealthMethods.of(Set.of(), readiness, turns::add);

  /** The caller of a watch. */
  private static final class Peer implements StreamPeer {
    final List<Object> told = new ArrayList<>();

    @Override
    public Problem problem(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public boolean showsLast() {
      return true;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void send(StreamReply reply) {
      told.add(reply);
    }

    @Override
    public void pull() {}

    @Override
    public void end() {}

    @Override
    public void fail(Throwable failure) {
      told.add(failure);
    }
  }

  @SuppressWarnings("unchecked")
  private StreamListener<HealthCheckRequest> watch(Peer peer) {
    var method =
        rows.stream()
            .filter(row -> row.name().equals("Watch"))
            .map(row -> (StreamMethod<HealthCheckRequest, ?>) row)
            .findFirst()
            .orElseThrow();
    var gone = Promise.<Void>promise().future();
    var call =
        new Call(
            TestProfiles.DEFAULT.all(), "a", Optional.empty(), false, Call.Transport.GRPC, gone);
    var watch = method.handler().open(call, peer);
    watch.request(HealthCheckRequest.getDefaultInstance());
    return watch;
  }

  @Test
  void many_watches_are_told_in_turns() {
    var peers = new ArrayList<Peer>();
    for (int i = 0; i < 250; i++) {
      peers.add(new Peer());
      watch(peers.get(i));
    }

    readiness.ready();

    for (int told : List.of(100, 200, 250)) {
      turns.remove().run();
      assertThat(peers.stream().filter(peer -> peer.told.size() == 2)).hasSize(told);
    }
    assertThat(turns).isEmpty();
  }

  @Test
  void one_whose_turn_to_end_comes_before_its_turn_to_hear_hears_first() {
    var peer = new Peer();
    var watch = watch(peer);
    readiness.ready();
    turns.remove().run();
    readiness.draining();
    var problem = Problem.stopping();

    watch.stopping(peer, problem);

    assertThat(peer.told).hasSize(4).endsWith(problem);
    assertThat(peer.told.get(2)).isSameAs(peer.told.get(0)).isNotSameAs(peer.told.get(1));
  }
}
