package dev.longrunning.bench.stage;

import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Heap;
import dev.longrunning.bench.peer.Program;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** What watches take of which nothing is heard. */
final class Idle implements Stage {
  private static final int FEW = 10_000;
  private static final int MANY = 100_000;
  private static final int ROUNDS_MAX = 2;

  private static final List<String> JVM = List.of("-XX:+UseG1GC", "-Xmx4g");

  /** The client is one address, and nothing is to happen while memory is measured. */
  static final Map<String, String> SETTINGS =
      Map.of(
          "WATCH_HEARTBEAT",
          "5m",
          "CALLER_STREAMS_MAX",
          "1000000",
          "CALLER_CONNECTIONS_MAX",
          "20000",
          "CONNECTION_MAX",
          "20000",
          "CONNECTION_AGE_MAX",
          "off");

  private static final String PARENT = "projects/idle";
  private static final String WATCHES = "watches, an operation each";
  private static final String OF_ONE = "watches of one operation";
  private static final String BARE = "bare streams";
  private static final String SLOPE = ", heap of one more";

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String about() {
    return "Memory of WatchOperation streams on which nothing happens, 100 a connection: the heap after full collections, between 10,000 and"
        + " 100,000 of them; the same of a bare server of Vert.x gRPC whose streams say one thing. Two rounds at most.";
  }

  @Override
  public void run(Run run) throws Exception {
    slopes(run);
    var findings = run.findings();
    findings.atMost(1.1, WATCHES + SLOPE, BARE + SLOPE);
    findings.atMost(1.1, OF_ONE + SLOPE, BARE + SLOPE);
    findings.chart("Heap of one more idle stream", WATCHES + SLOPE, OF_ONE + SLOPE, BARE + SLOPE);
    findings.note(
        "Each server is a JVM of its own with G1; the client is raw frames. What the cache holds of the operations is there before the first"
            + " watch is opened, and the same with few and with many. Settings beside the defaults: "
            + SETTINGS
            + ".");
  }

  private static void slopes(Run run) throws Exception {
    int many = run.scale().of(MANY);
    var server = run.server(JVM, SETTINGS);
    var bare = run.bare(JVM);
    start(run, server.port(), 0, many);
    int rounds = Math.min(ROUNDS_MAX, run.scale().rounds());
    for (int round = run.scale().firstRound(); round <= rounds; round++) {
      // The first loads classes and makes what is made once.
      boolean counts = round > 0;
      slope(run, WATCHES, server.port(), server.program(), Idle::watch, counts);
      slope(run, OF_ONE, server.port(), server.program(), number -> watch(0), counts);
      slope(run, BARE, bare.port(), bare.program(), Idle::watch, counts);
    }
    run.end(bare);
    run.end(server);
  }

  private static Call watch(int number) {
    return Api.watch(Api.name(PARENT, number));
  }

  private static void start(Run run, int port, int from, int to) throws InterruptedException {
    try (var caller = new Caller(4, port)) {
      Api.startAll(run, caller, PARENT, from, to);
    }
  }

  private static void slope(
      Run run, String what, int port, Program program, IntFunction<Call> calls, boolean counts)
      throws Exception {
    int few = run.scale().of(FEW);
    int many = run.scale().of(MANY);
    var heap = new Heap(run.work(), program);
    try (var streams = new IdleStreams(port, calls, open -> {})) {
      streams.open(few);
      long before = heap.used();
      streams.open(many);
      long after = heap.used();
      double each = (after - before) / (double) (many - few);
      run.says(String.format("%s: %,.0f bytes of heap for one more", what, each));
      if (counts) {
        var findings = run.findings();
        findings.keep(what + SLOPE, "B", each);
        findings.keep(what + ", heap with " + few, "MiB", before / Heap.MIB);
        findings.keep(what + ", heap with " + many, "MiB", after / Heap.MIB);
        findings.keep(what + ", resident with " + many, "MiB", program.residentBytes() / Heap.MIB);
      }
    }
  }
}
