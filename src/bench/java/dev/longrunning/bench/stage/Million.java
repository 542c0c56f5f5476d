package dev.longrunning.bench.stage;

import dev.longrunning.bench.Row;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.Target;
import dev.longrunning.bench.peer.Heap;
import dev.longrunning.bench.peer.Program;
import dev.longrunning.bench.wire.Caller;
import java.io.IOException;
import java.util.List;

/** As many watches as there are to be, all of them open. */
final class Million implements Stage {
  private static final int MOST = 1_000_000;
  private static final int CHANGED = 1_000;
  private static final int CHANGES_IN_FLIGHT = 64;
  private static final long CHANGE = 1L << 40;
  private static final String PARENT = "projects/million";
  private static final String WATCHES = "watches, an operation each";
  private static final String BARE = "bare streams";

  private static final List<String> JVM = List.of("-XX:+UseG1GC", "-Xmx12g");

  @Override
  public String name() {
    return "million";
  }

  @Override
  public String about() {
    return "1,000,000 WatchOperation streams of as many operations, 100 a connection, open at a time, and changes of 1,000 of the operations;"
        + " beside it as many streams of a bare server of Vert.x gRPC. Measured once.";
  }

  /** One server after the other: either takes much of the machine. */
  @Override
  public void run(Run run) throws Exception {
    int most = run.scale().of(MOST);
    var bare = run.bare(JVM);
    opened(run, BARE, most, bare.port(), bare.program()).close();
    run.end(bare);
    var server = run.server(JVM, Idle.SETTINGS);
    // Started one by one over gRPC they take longer than all the rest.
    new Stored(run, run.postgres()).fill(PARENT, most, false);
    try (var streams = opened(run, WATCHES, most, server.port(), server.program());
        var caller = new Caller(4, server.port())) {
      change(run, most, streams, caller);
    }
    run.end(server);
    var findings = run.findings();
    findings.compare(WATCHES + ", heap", BARE + ", heap");
    findings.compare(WATCHES + ", resident", BARE + ", resident");
    findings.target(
        new Target(
            String.format("%,d watches open on this machine", most), 1, Target.Bound.AT_LEAST, 1));
    findings.note(
        "With the watches, the heap holds the cache of states, too. JVMs: "
            + String.join(" ", JVM)
            + ". Settings beside the defaults: "
            + Idle.SETTINGS
            + ".");
  }

  private static IdleStreams opened(Run run, String what, int most, int port, Program program)
      throws Exception {
    long begun = System.nanoTime();
    run.says(what + ": opening " + most);
    var streams =
        new IdleStreams(
            port,
            number -> Api.watch(Api.name(PARENT, number)),
            open -> run.says(String.format("%s: %,d are open", what, open)));
    try {
      streams.open(most);
      found(run, what + ", to open them", "s", (System.nanoTime() - begun) / 1e9);
      memory(run, what, most, program);
      return streams;
    } catch (Exception e) {
      streams.close();
      throw e;
    }
  }

  private static void memory(Run run, String what, int most, Program program)
      throws IOException, InterruptedException {
    found(run, what + ", resident", "MiB", program.residentBytes() / Heap.MIB);
    double used = new Heap(run.work(), program).used() / Heap.MIB;
    found(run, what + ", heap", "MiB", used);
    run.says(String.format("%s: %,.0f MiB of heap with %,d", what, used, most));
  }

  private static void found(Run run, String what, String unit, double value) {
    run.findings().add(new Row(what, unit, List.of(value)));
  }

  /** Those whose operations change hear of it. */
  private static void change(Run run, int most, IdleStreams streams, Caller caller)
      throws Exception {
    int changed = Math.min(CHANGED, most);
    int step = most / changed;
    var next = new int[1];
    var made = new long[1];
    long begun = System.nanoTime();
    streams.hear(
        CHANGE,
        changed,
        () -> {
          caller.all(
              changed,
              CHANGES_IN_FLIGHT,
              () -> Api.update(Api.name(PARENT, step * next[0]), CHANGE + next[0]++));
          made[0] = System.nanoTime();
        });
    double heard = (System.nanoTime() - begun) / 1e6;
    String what = changed + " changes, until they are ";
    found(run, what + "acknowledged", "ms", (made[0] - begun) / 1e6);
    found(run, what + "heard of", "ms", heard);
    run.says(String.format("%sheard of: %,.0f ms", what, heard));
  }
}
