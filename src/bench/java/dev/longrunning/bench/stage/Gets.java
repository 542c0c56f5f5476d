package dev.longrunning.bench.stage;

import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.peer.H2Load;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import java.time.Duration;
import java.util.Map;

/** Reads of one hot operation, and of one that is not there. */
final class Gets implements Stage {
  private static final String OWN = "own generator, ";
  private static final int OWN_IN_FLIGHT = 256;
  private static final int CONNECTIONS = 4;

  @Override
  public String name() {
    return "gets";
  }

  @Override
  public String about() {
    return "GetOperation of one hot operation of 288 bytes, strong and cached, and of one that is not there; etcd's range, linearizable and"
        + " serializable, of a value of 288 bytes; the same bytes out of a map of a bare server of Vert.x gRPC.";
  }

  @Override
  public void run(Run run) throws Exception {
    var server = run.server();
    var etcd = run.etcd();
    var bare = run.bare();
    var load = new H2Load(run.work());
    try (var caller = new Caller(1, server.port());
        var other = new Caller(1, etcd.port())) {
      Api.startHot(caller);
      other.all(1, 1, () -> Etcd.put(Hot.NAME, Hot.state(0)));
      caller.all(1, 1, () -> Api.get(Hot.NAME));
      other.all(1, 1, () -> Etcd.range(Hot.NAME, true));
    }
    var get = Api.get(Hot.NAME);
    var cached = Api.cachedGet(Hot.NAME);
    for (int inFlight : new int[] {256, 32, 1}) {
      String flight = ", " + inFlight + " in flight";
      var rounds = run.rounds("calls/s");
      rounds
          .add("strong Get" + flight, time -> load.rate(grpc(server.port(), get), inFlight, time))
          .add(
              "cached Get" + flight, time -> load.rate(grpc(server.port(), cached), inFlight, time))
          .add("bare echo" + flight, time -> load.rate(grpc(bare.port(), get), inFlight, time))
          .add(
              "etcd linearizable range" + flight,
              time -> load.rate(grpc(etcd.port(), Etcd.range(Hot.NAME, true)), inFlight, time))
          .add(
              "etcd serializable range" + flight,
              time -> load.rate(grpc(etcd.port(), Etcd.range(Hot.NAME, false)), inFlight, time))
          .add(
              "strong Get, REST" + flight,
              time -> load.rate(rest(server.port(), Map.of()), inFlight, time))
          .add(
              "cached Get, REST" + flight,
              time -> load.rate(rest(server.port(), Api.CACHED), inFlight, time))
          .add(
              "Get of a miss" + flight,
              time ->
                  load.rate(
                      grpc(server.port(), Api.get("projects/a/operations/none")), inFlight, time));
      if (inFlight == OWN_IN_FLIGHT) {
        rounds
            .add(OWN + "cached Get" + flight, time -> own(server.port(), cached, time))
            .add(OWN + "bare echo" + flight, time -> own(bare.port(), get, time));
      }
      rounds.measure();
    }
    found(run);
  }

  /** On connections of its own: those that are idle for long are closed. */
  private static double own(int port, Call call, Duration time) throws Exception {
    try (var caller = new Caller(CONNECTIONS, port)) {
      return caller.inFlight(OWN_IN_FLIGHT, time, () -> call).rate();
    }
  }

  private static void found(Run run) {
    var findings = run.findings();
    findings.atLeast(5, "strong Get, 256 in flight", "etcd linearizable range, 256 in flight");
    findings.atLeast(0.6, "strong Get, 256 in flight", "bare echo, 256 in flight");
    findings.atLeast(0.9, "cached Get, 256 in flight", "bare echo, 256 in flight");
    for (String flight : new String[] {", 32 in flight", ", 1 in flight"}) {
      findings.compare("strong Get" + flight, "etcd linearizable range" + flight);
      findings.compare("cached Get" + flight, "bare echo" + flight);
    }
    findings.compare(OWN + "cached Get, 256 in flight", OWN + "bare echo, 256 in flight");
    findings.compare(OWN + "bare echo, 256 in flight", "bare echo, 256 in flight");
    for (int inFlight : new int[] {256, 32, 1}) {
      String flight = ", " + inFlight + " in flight";
      findings.chart(
          "Reads of one operation" + flight,
          "strong Get" + flight,
          "cached Get" + flight,
          "bare echo" + flight,
          "etcd linearizable range" + flight,
          "etcd serializable range" + flight);
    }
    findings.note(
        "Load: h2load, one thread, 4 connections (1 for 1 in flight), on the processors that the servers have too. The last ratio is what this"
            + " project's own generator reaches of it, which measures where names differ or streams are open. It takes less of the processors, so"
            + " that the servers get more.");
  }

  private static H2Load.Request grpc(int port, Call call) {
    return H2Load.Request.grpc(port, call.path(), call.message(), call.headers());
  }

  private static H2Load.Request rest(int port, Map<String, String> headers) {
    return H2Load.Request.get(port, "/v1/" + Hot.NAME, headers);
  }
}
