package dev.longrunning.bench.stage;

import dev.longrunning.bench.Findings;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Scale;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Heap;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;
import java.time.Duration;
import java.util.List;

/** The collector of garbage that the start script asks for, beside one that hardly ever pauses. */
final class Collectors implements Stage {
  private static final int OPERATIONS = 10_000;
  private static final int STREAMS_EACH = 100;
  private static final int IN_FLIGHT = 256;
  private static final double RATE = 2_000;
  private static final String G1 = "G1";
  private static final String ZGC = "ZGC";

  private static final String UPDATES = "Update, 256 in flight";
  private static final String GETS = "cached Get, 256 in flight";
  private static final String RESIDENT = "resident";
  private static final String LATENCY = "Update, 2,000/s, p";
  private static final double[] PERCENTILES = {50, 99, 99.9};

  @Override
  public String name() {
    return "collectors";
  }

  @Override
  public String about() {
    return "A server with G1 and one with ZGC, each with a watch on each of its 10,000 operations: cached Gets and durable updates, 256 in"
        + " flight, and the latency of updates at 2,000 a second, from when each was due.";
  }

  @Override
  public void run(Run run) throws Exception {
    var sides =
        List.of(
            Side.open(run, G1, Run.JVM),
            Side.open(
                run,
                ZGC,
                Run.JVM.stream()
                    .map(option -> option.equals("-XX:+UseG1GC") ? "-XX:+UseZGC" : option)
                    .toList()));
    var scale = run.scale();
    for (int round = scale.firstRound(); round <= scale.rounds(); round++) {
      run.says("round " + round + " of " + scale.rounds());
      var kept = round == 0 ? new Findings() : run.findings();
      for (var side : sides) {
        side.measure(kept, scale, scale.time(round));
      }
    }
    for (String what : new String[] {UPDATES, GETS, LATENCY + "50", LATENCY + "99", RESIDENT}) {
      run.findings().compare(ZGC + ": " + what, G1 + ": " + what);
    }
    run.findings()
        .note(
            "Both with 4 GiB of heap at most. ZGC maps its heap several times: what is resident is counted once.");
  }

  /** A server with one of them. */
  private record Side(
      String collector, Server server, Caller caller, Call.Source updates, Call.Source gets) {

    static Side open(Run run, String collector, List<String> options) throws Exception {
      int operations = run.scale().of(OPERATIONS);
      String parent = "projects/" + collector;
      var server = run.server(run.asidePostgres().database(), options);
      var caller = run.with(new Caller(4, server.port()));
      Api.startAll(run, caller, parent, operations);
      var watchers =
          run.with(
              new Watchers(
                  server.port(),
                  STREAMS_EACH,
                  false,
                  number -> Api.watch(Api.name(parent, number))));
      watchers.open(operations, (number, bytes, offset, length) -> {});
      var cached = Api.cachedGet(Api.name(parent, 0));
      return new Side(
          collector, server, caller, Api.updatesInTurn(parent, operations), () -> cached);
    }

    void measure(Findings findings, Scale scale, Duration time) throws Exception {
      keep(findings, UPDATES, "calls/s", caller.inFlight(IN_FLIGHT, time, updates).rate());
      keep(findings, GETS, "calls/s", caller.inFlight(IN_FLIGHT, time, gets).rate());
      double rate = scale.isSmoke() ? RATE / 20 : RATE;
      var tally = caller.atRate(rate, time.multipliedBy(2), updates);
      for (double percentile : PERCENTILES) {
        String text = percentile == 99.9 ? "99.9" : "" + (int) percentile;
        keep(findings, LATENCY + text, "ms", tally.millis(percentile));
      }
      keep(findings, RESIDENT, "MiB", server.program().proportionalBytes() / Heap.MIB);
    }

    private void keep(Findings findings, String what, String unit, double value) {
      findings.keep(collector + ": " + what, unit, value);
    }
  }
}
