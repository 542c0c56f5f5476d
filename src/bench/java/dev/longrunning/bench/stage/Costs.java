package dev.longrunning.bench.stage;

import dev.longrunning.bench.Row;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;
import java.time.Duration;

/** What things cost in time of processors, which the guide to capacity reckons with. */
final class Costs implements Stage {
  private static final int OPERATIONS = 10_000;
  private static final int WATCHERS = 1_000;
  private static final int EACH = 100;
  private static final int IN_FLIGHT = 64;
  private static final double CHANGES = 2_000;
  private static final double FEW = 20;
  private static final int FOLLOWER_WARM_UPS = 4;

  @Override
  public String name() {
    return "costs";
  }

  @Override
  public String about() {
    return "Microseconds of a processor that the server and its database spend on one Get, one durable update (64 in flight, so that batches"
        + " are small), one delivery to one of 1,000 watches of an operation; and that another replica spends on following 2,000 changes a second.";
  }

  @Override
  public void run(Run run) throws Exception {
    int operations = run.scale().of(OPERATIONS);
    var server = run.server();
    var caller = run.with(new Caller(4, server.port()));
    Api.startAll(run, caller, "projects/k", operations);
    for (int round = run.scale().firstRound(); round <= run.scale().rounds(); round++) {
      var time = run.scale().time(round);
      run.says("round " + round + " of " + run.scale().rounds());
      var updates = Api.updatesInTurn("projects/k", operations);
      var get = Api.get(Api.name("projects/k", 0));
      var cached = Api.cachedGet(Api.name("projects/k", 0));
      calls(
          run,
          server,
          "strong Get",
          round,
          () -> caller.inFlight(IN_FLIGHT, time, () -> get).calls());
      calls(
          run,
          server,
          "cached Get",
          round,
          () -> caller.inFlight(IN_FLIGHT, time, () -> cached).calls());
      calls(run, server, "Update", round, () -> caller.inFlight(IN_FLIGHT, time, updates).calls());
      delivery(run, server, caller, time, round);
    }
    following(run, operations);
    var names = run.findings().rows().stream().map(Row::name).toArray(String[]::new);
    run.findings().chart("Time of processors", names);
  }

  private interface Work {
    double units() throws Exception;
  }

  private static void calls(Run run, Server server, String what, int round, Work work)
      throws Exception {
    var serverBefore = server.program().cpu();
    var databaseBefore = run.postgres().cpu();
    double units = work.units();
    if (round > 0) {
      keep(run, what + ", server", server.program().cpu().minus(serverBefore), units);
      keep(run, what + ", database", run.postgres().cpu().minus(databaseBefore), units);
    }
  }

  /**
   * One operation that many watch and that changes a few times a second: the change itself is of no
   * weight.
   */
  private static void delivery(Run run, Server server, Caller caller, Duration time, int round)
      throws Exception {
    int count = run.scale().of(WATCHERS);
    String name = Api.name("projects/k-watched" + round, 0);
    caller.all(1, 1, () -> Api.start(name, 0));
    try (var watchers = new Watchers(server.port(), EACH, false, number -> Api.watch(name))) {
      var heard = new long[1];
      watchers.open(count, (number, bytes, offset, length) -> heard[0]++);
      calls(
          run,
          server,
          "delivery",
          round,
          () -> {
            var next = new long[1];
            caller.atRate(FEW, time, () -> Api.update(name, next[0]++)).rate();
            return Math.max(1, heard[0]);
          });
    }
  }

  /** What a replica spends that only follows, a change. */
  private static void following(Run run, int operations) throws Exception {
    var replicas = run.replicas(2);
    var caller = run.with(new Caller(4, replicas.get(0).port()));
    var follower = replicas.get(1).program();
    Api.startAll(run, caller, "projects/followed", operations);
    var updates = Api.updatesInTurn("projects/followed", operations);
    double rate = CHANGES / (run.scale().isSmoke() ? 20 : 1);
    for (int round = run.scale().firstRound(); round <= run.scale().rounds(); round++) {
      run.says("follower, round " + round + " of " + run.scale().rounds());
      var before = follower.cpu();
      // What has little to do is compiled late.
      var time = run.scale().time(round).multipliedBy(round == 0 ? FOLLOWER_WARM_UPS : 1);
      double changes = caller.atRate(rate, time, updates).calls();
      if (round > 0) {
        keep(run, "following a change, a replica", follower.cpu().minus(before), changes);
      }
    }
  }

  private static void keep(Run run, String name, Duration spent, double units) {
    run.findings().keep(name, "µs", spent.toNanos() / 1e3 / units);
  }
}
