package dev.longrunning.bench.stage;

import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;

/** Durable changes of many operations. */
final class Changes implements Stage {
  private static final int OPERATIONS = 10_000;
  private static final int REPLICAS = 3;

  @Override
  public String name() {
    return "changes";
  }

  @Override
  public String about() {
    return "Durable UpdateOperation of one after the other of 10,000 operations with a state of 288 bytes, and CompleteOperation; etcd's put of"
        + " as many keys and bytes; UPDATE of one row of 288 bytes a transaction, and SELECT of one, by pgbench on the same PostgreSQL.";
  }

  @Override
  public void run(Run run) throws Exception {
    int operations = run.scale().of(OPERATIONS);
    var one = run.server();
    int[] three = run.replicas(REPLICAS).stream().mapToInt(Server::port).toArray();
    var etcd = run.etcd();
    var pgbench = new PgBench(run, "changes", operations);
    var single = run.with(new Caller(4, one.port()));
    var triple = run.with(new Caller(2, three));
    var put = run.with(new Caller(4, etcd.port()));
    Api.startAll(run, single, "projects/u", operations);
    Api.startAll(run, triple, "projects/u3", operations);
    var next = new long[1];
    for (int inFlight : new int[] {256, 1}) {
      String flight = ", " + inFlight + " in flight";
      Call.Source updates =
          () -> Api.update(Api.name("projects/u", (int) (next[0] % operations)), next[0]++);
      Call.Source triples =
          () -> Api.update(Api.name("projects/u3", (int) (next[0] % operations)), next[0]++);
      Call.Source puts = () -> Etcd.put("o" + next[0] % operations, Hot.state(next[0]++));
      // Each of three has a third of the calls and of the processors to become warm with.
      if (inFlight > 1 && !run.scale().warmUp().isZero()) {
        run.says("warming up " + REPLICAS + " replicas");
        var longer = run.scale().warmUp().multipliedBy(REPLICAS * REPLICAS);
        triple.inFlight(inFlight, longer, triples).rate();
      }
      var rounds = run.rounds("changes/s");
      rounds
          .add("Update" + flight, time -> single.inFlight(inFlight, time, updates).rate())
          .add(
              "Update, 3 replicas" + flight,
              time -> triple.inFlight(inFlight, time, triples).rate())
          .add("etcd put" + flight, time -> put.inFlight(inFlight, time, puts).rate());
      if (inFlight > 1) {
        pgbench.add(rounds);
        pgbench.addSelect(rounds);
      }
      rounds.measure();
      completions(run, single, triple, inFlight);
    }
    found(run);
  }

  /** What is completed has to be started first, which is not measured. */
  private static void completions(Run run, Caller single, Caller triple, int inFlight)
      throws Exception {
    int each = run.scale().of(inFlight > 1 ? 40_000 : 2_000);
    // As long as of one.
    int ofThree = run.scale().of(inFlight > 1 ? 8_000 : 2_000);
    var round = new int[1];
    run.rounds("changes/s")
        .add(
            "Complete, " + inFlight + " in flight",
            time -> completed(run, single, "projects/c" + round[0]++, each, inFlight))
        .add(
            "Complete, 3 replicas, " + inFlight + " in flight",
            time -> completed(run, triple, "projects/c" + round[0]++, ofThree, inFlight))
        .measure();
  }

  /** Completions a second. */
  private static double completed(Run run, Caller caller, String parent, int count, int inFlight)
      throws Exception {
    String collection = parent + "-" + inFlight;
    Api.startAll(run, caller, collection, count);
    var next = new int[1];
    long begun = System.nanoTime();
    caller.all(count, inFlight, () -> Api.complete(Api.name(collection, next[0]++)));
    return count * 1e9 / (System.nanoTime() - begun);
  }

  private static void found(Run run) {
    var findings = run.findings();
    PgBench.best(findings);
    findings.atLeast(1.5, "Update, 256 in flight", "etcd put, 256 in flight");
    findings.atLeast(2, "Update, 256 in flight", PgBench.BEST);
    findings.compare("Update, 3 replicas, 256 in flight", "Update, 256 in flight");
    findings.compare("Complete, 3 replicas, 256 in flight", "Complete, 256 in flight");
    findings.compare("Update, 1 in flight", "etcd put, 1 in flight");
    findings.chart(
        "Durable changes, 256 in flight",
        "Update, 256 in flight",
        "Update, 3 replicas, 256 in flight",
        "Complete, 256 in flight",
        "Complete, 3 replicas, 256 in flight",
        "etcd put, 256 in flight",
        PgBench.BEST);
    findings.chart("Durable changes, 1 in flight", "Update, 1 in flight", "etcd put, 1 in flight");
    findings.note(
        "The three replicas are warmed up nine times as long: each has a third of the calls and of the processors.");
    findings.note(
        "Load: this project's generator, one thread; pgbench: two threads. All processors are shared by load, server and database.");
  }
}
