package dev.longrunning.bench.stage;

import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Postgres;
import dev.longrunning.bench.peer.Samples;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.peer.ThreadTimes;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Where the time of all processors goes while operations change. */
final class Profile implements Stage {
  private static final int OPERATIONS = 10_000;
  private static final int STREAMS_EACH = 100;
  private static final int IN_FLIGHT = 256;
  private static final double RATE = 2_000;
  private static final String PARENT = "projects/profile";
  private static final String LOOPS = "server, event loops: ";

  private static final String BATCHES =
      "select coalesce(sum(rev), 0)::bigint from (select max(rev) as rev from longrunning.log group by lane) heads";

  private static final String HOT =
      "select n_tup_hot_upd * 100.0 / greatest(1, n_tup_upd) from pg_stat_user_tables"
          + " where schemaname = 'longrunning' and relname = 'op'";

  @Override
  public String name() {
    return "profile";
  }

  @Override
  public String about() {
    return "Microseconds of all processors of this machine for one durable update: with 256 in flight, and at 2,000 a second with a watch on"
        + " each of the 10,000 operations. By thread as the kernel counts; what the event loops do outside of it, by where the Flight Recorder"
        + " saw them. Measured once, for as long as all rounds take.";
  }

  /** A load of changes, answering how many it made. */
  private interface Load {
    long changes(Duration time) throws Exception;
  }

  @Override
  public void run(Run run) throws Exception {
    int operations = run.scale().of(OPERATIONS);
    var file = run.work().resolve("profile.jfr");
    var options =
        Stream.concat(Run.JVM.stream(), Stream.of(Samples.option(run.work(), file))).toList();
    var server = run.server(options, Map.of());
    var phases = new ArrayList<Phase>();
    double hot;
    try (var caller = new Caller(4, server.port());
        var watchers =
            new Watchers(
                server.port(),
                STREAMS_EACH,
                false,
                number -> Api.watch(Api.name(PARENT, number)))) {
      Api.startAll(run, caller, PARENT, operations);
      var updates = Api.updatesInTurn(PARENT, operations);
      var machine = new Machine(run, server);
      phases.add(
          machine.measure(
              "Update, 256 in flight", time -> caller.inFlight(IN_FLIGHT, time, updates).calls()));
      watchers.open(operations, (number, bytes, offset, length) -> {});
      double rate = run.scale().isSmoke() ? RATE / 20 : RATE;
      phases.add(
          machine.measure("watched, 2,000/s", time -> caller.atRate(rate, time, updates).calls()));
      hot = machine.hot();
    }
    // Says what it has recorded when it ends.
    server.close();
    for (var phase : phases) {
      phase.found(run, file);
    }
    run.findings().keep("updates that no index hears of (HOT)", "%", hot);
    run.findings()
        .note(
            "Idle is also what waits for the disk. The load is this project's generator. Recording takes some of the time.");
  }

  /** What the processors do. */
  private record Machine(Run run, Server server) {
    Phase measure(String name, Load load) throws Exception {
      var scale = run.scale();
      if (!scale.warmUp().isZero()) {
        run.says("warm-up: " + name);
        load.changes(scale.warmUp());
      }
      run.says(name);
      var from = Instant.now();
      long batches = number(BATCHES);
      var before = used();
      long began = System.nanoTime();
      long changes = load.changes(scale.each().multipliedBy(scale.rounds()));
      var after = used();
      double seconds = (System.nanoTime() - began) / 1e9;
      double each = (double) Math.max(1, changes) / Math.max(1, number(BATCHES) - batches);
      var spent = new LinkedHashMap<String, Double>();
      after.forEach(
          (who, time) -> spent.put(who, Math.max(0, time - before.getOrDefault(who, 0.0))));
      return new Phase(name, from, Instant.now(), seconds, Math.max(1, changes), each, spent);
    }

    private long number(String sql) throws Exception {
      var postgres = run.postgres();
      return postgres.sql(postgres.database(), sql).iterator().next().getLong(0);
    }

    double hot() throws Exception {
      var postgres = run.postgres();
      return postgres.sql(postgres.database(), HOT).iterator().next().getDouble(0);
    }

    /** Seconds, by who used them. */
    private Map<String, Double> used() throws Exception {
      var used = new LinkedHashMap<String, Double>();
      for (var thread : ThreadTimes.of(server.program().pid())) {
        if (thread.name().startsWith("vert.x-")) {
          used.merge(LOOPS, thread.user(), Double::sum);
          used.merge(LOOPS + "in the kernel", thread.kernel(), Double::sum);
        } else {
          used.merge(server(thread.name()), thread.all(), Double::sum);
        }
      }
      for (var process : run.postgres().processes()) {
        boolean backend = process.title().contains(Postgres.OF_A_CONNECTION);
        for (var thread : ThreadTimes.of(process.pid())) {
          String who = "PostgreSQL, " + (backend ? "connections: " : "its other processes");
          used.merge(who + (backend ? "statements" : ""), thread.user(), Double::sum);
          used.merge(who + (backend ? "in the kernel" : ""), thread.kernel(), Double::sum);
        }
      }
      for (var thread : ThreadTimes.of(ProcessHandle.current().pid())) {
        used.merge("load", thread.all(), Double::sum);
      }
      used.put("idle", ThreadTimes.idle());
      return used;
    }

    private static String server(String thread) {
      if (thread.startsWith("GC ") || thread.startsWith("G1 ")) {
        return "server, collector";
      }
      return thread.matches("C[12] Compiler.*") ? "server, compilers" : "server, other threads";
    }
  }

  /** A load, and what was spent on it. */
  private record Phase(
      String name,
      Instant from,
      Instant to,
      double seconds,
      long changes,
      double changesEach,
      Map<String, Double> spent) {

    void found(Run run, Path recording) throws Exception {
      var shares = Samples.shares(recording, from, to);
      double loops = spent.getOrDefault(LOOPS, 0.0);
      double all = Runtime.getRuntime().availableProcessors() * seconds;
      double used = spent.values().stream().mapToDouble(Double::doubleValue).sum();
      var rows = new ArrayList<String>();
      for (var area : Samples.Area.values()) {
        rows.add(keep(run, LOOPS + area.text(), shares.get(area) * loops));
      }
      for (var each : spent.entrySet()) {
        if (!each.getKey().equals(LOOPS)) {
          rows.add(keep(run, each.getKey(), each.getValue()));
        }
      }
      rows.add(keep(run, "whatever else runs", Math.max(0, all - used)));
      run.findings().chart(name + ": where the processors are", rows.toArray(String[]::new));
      run.findings().keep(name + ": changes a batch", "", changesEach);
      run.findings().keep(name + ": changes a second", "changes/s", changes / seconds);
    }

    private String keep(Run run, String who, double time) {
      String row = name + ": " + who;
      run.findings().keep(row, "µs", time * 1e6 / changes);
      return row;
    }
  }
}
