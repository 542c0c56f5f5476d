package dev.longrunning.rpc;

import dev.longrunning.observe.Readiness;
import dev.longrunning.operation.Problem;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthListRequest;
import io.grpc.health.v1.HealthListResponse;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code grpc.health.v1.Health}: whether this server wants calls, for the whole and for
 * each of its services.
 *
 * <p><b>Promise.</b> All have one status, that of {@link Readiness}: a server whose database is
 * away serves. A watch has the newest status as soon as its caller reads; what came between is left
 * out.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> As many watches as there are {@link OpenStreams}; each holds nothing but the
 * status that it sent last. {@value #TOLD_A_TURN} are told in one go.
 */
final class HealthMethods {
  static final String SERVICE = "grpc.health.v1.Health";

  /** A reply takes some 30 µs: others wait for 3 ms. */
  private static final int TOLD_A_TURN = 100;

  /** How clients name the server as a whole. */
  private static final String WHOLE = "";

  private static final StreamReply SERVING = reply(ServingStatus.SERVING);
  private static final StreamReply NOT_SERVING = reply(ServingStatus.NOT_SERVING);
  private static final StreamReply SERVICE_UNKNOWN = reply(ServingStatus.SERVICE_UNKNOWN);

  private final Set<String> services;
  private final Readiness readiness;
  private final Executor turns;
  private final Set<Watch> watches = Collections.newSetFromMap(new IdentityHashMap<>());

  private HealthMethods(Set<String> services, Readiness readiness, Executor turns) {
    this.services = services;
    this.readiness = readiness;
    this.turns = turns;
  }

  /**
   * The rows of one event loop.
   *
   * @param services full names of the services that there are
   * @param turns runs each task on that loop, in a turn of its own
   */
  static List<Row<?, ?>> of(Set<String> services, Readiness readiness, Executor turns) {
    var methods = new HealthMethods(services, readiness, turns);
    readiness.onChange(() -> turns.execute(methods::tellAll));
    return methods.rows();
  }

  private List<Row<?, ?>> rows() {
    return List.of(
        new Method<>(
            SERVICE,
            "Check",
            HealthCheckRequest.getDefaultInstance(),
            HealthCheckResponse.getDefaultInstance(),
            List.of(),
            Guard.anybody("longrunning.health.get"),
            new CheckedHandler<>(this::check)),
        new Method<>(
            SERVICE,
            "List",
            HealthListRequest.getDefaultInstance(),
            HealthListResponse.getDefaultInstance(),
            List.of(),
            Guard.anybody("longrunning.health.list"),
            new CheckedHandler<>(this::list)),
        new StreamMethod<>(
            SERVICE,
            "Watch",
            HealthCheckRequest.getDefaultInstance(),
            HealthCheckResponse.getDefaultInstance(),
            List.of(),
            Guard.anybody("longrunning.health.watch"),
            StreamMethod.Requests.ONE,
            (call, peer) -> new Watch(peer)));
  }

  private static StreamReply reply(ServingStatus status) {
    return StreamReply.of(response(status));
  }

  private static HealthCheckResponse response(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }

  private ServingStatus status() {
    return readiness.isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  private StreamReply reply() {
    return readiness.isReady() ? SERVING : NOT_SERVING;
  }

  private boolean has(String service) {
    return service.equals(WHOLE) || services.contains(service);
  }

  private Future<Reply> check(Call call, HealthCheckRequest request) {
    return has(request.getService())
        ? Future.succeededFuture(Reply.of(response(status())))
        : Future.failedFuture(Problem.noService(request.getService()));
  }

  private Future<Reply> list(Call call, HealthListRequest request) {
    var now = response(status());
    var list = HealthListResponse.newBuilder().putStatuses(WHOLE, now);
    services.forEach(service -> list.putStatuses(service, now));
    return Future.succeededFuture(Reply.of(list.build()));
  }

  private void tellAll() {
    // A copy: watches come and go between the turns. One that comes has the newest status anyway.
    tell(List.copyOf(watches), 0);
  }

  private void tell(List<Watch> all, int from) {
    int to = Math.min(all.size(), from + TOLD_A_TURN);
    all.subList(from, to).forEach(Watch::ready);
    if (to < all.size()) {
      turns.execute(() -> tell(all, to));
    }
  }

  private final class Watch implements StreamListener<HealthCheckRequest> {
    private final StreamPeer peer;
    private boolean isKnown;
    private @Nullable StreamReply sent;

    Watch(StreamPeer peer) {
      this.peer = peer;
    }

    @Override
    public void request(HealthCheckRequest request) {
      Bounds.check(request);
      isKnown = has(request.getService());
      if (isKnown) {
        watches.add(this);
      }
      ready();
    }

    /** Sends what is new, if the caller can take it: otherwise this is called again once it can. */
    @Override
    public void ready() {
      var now = isKnown ? reply() : SERVICE_UNKNOWN;
      if (now != sent && peer.isReady()) {
        sent = now;
        peer.send(now);
      }
    }

    @Override
    public void stopping(StreamPeer told, Problem problem) {
      // Its turn to hear the newest status may not have come.
      ready();
      peer.fail(problem);
    }

    @Override
    public void closed() {
      watches.remove(this);
    }
  }
}
