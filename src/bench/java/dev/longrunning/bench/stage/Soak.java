package dev.longrunning.bench.stage;

import dev.longrunning.bench.Findings;
import dev.longrunning.bench.Row;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.Target;
import dev.longrunning.bench.peer.Heap;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Connection;
import dev.longrunning.bench.wire.Loop;
import dev.longrunning.bench.wire.Stream;
import dev.longrunning.bench.wire.Tally;
import dev.longrunning.v1.WatchOperationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether a server that works for long stays as it was. */
final class Soak implements Stage {
  private static final int MINUTES = 30;
  private static final int MINUTES_OF_ONE_ROUND = 3;
  private static final int MINUTE_MILLIS = 60_000;
  private static final int OPERATIONS = 1_000;
  private static final int STREAMS_EACH = 100;
  private static final int IN_FLIGHT = 64;
  private static final int RUNNING = 500;
  private static final double SHARE = 0.5;
  private static final String PARENT = "projects/soak";

  /**
   * Small, so that half an hour shows what grows, and all there from the start: what the collector
   * takes and gives back for its own purposes is no growth. A cache that is full in the first
   * minutes.
   */
  private static final List<String> JVM = List.of("-XX:+UseG1GC", "-Xms512m", "-Xmx512m");

  private static final Map<String, String> SETTINGS =
      Map.of("RETENTION", "1m", "RESUME_WINDOW", "10m", "CACHE_BYTES", "8MiB");

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String about() {
    return "30 minutes at half of what the machine carries: strong and cached Gets (3 and 2 of 8 calls), Updates, Starts and Completes (1 each), and"
        + " a watch open on each of the 1,000 operations that are read and updated. A value a minute: memory in MiB, resident and of"
        + " the heap after a collection; milliseconds of a call, from when it was due.";
  }

  @Override
  public void run(Run run) throws Exception {
    var server = run.server(JVM, SETTINGS);
    var caller = run.with(new Caller(4, server.port()));
    int operations = run.scale().of(OPERATIONS);
    Api.startAll(run, caller, PARENT, operations);
    var watches = run.with(new Watches(server.port(), operations));
    var mix = new Mix(operations, Math.max(IN_FLIGHT, run.scale().of(RUNNING)));
    caller.inFlight(IN_FLIGHT, run.scale().warmUp(), mix).rate();
    double most = caller.inFlight(IN_FLIGHT, run.scale().each(), mix).rate();
    var minute = Duration.ofMillis(run.scale().of(MINUTE_MILLIS));
    int minutes = run.scale().rounds() == 1 ? MINUTES_OF_ONE_ROUND : MINUTES;
    var facts = new Facts(run, server);
    for (int i = 1; i <= minutes; i++) {
      var tally = caller.atRate(SHARE * most, minute, mix);
      watches.check();
      run.says("minute " + i + " of " + minutes + ": " + facts.add(tally));
    }
    facts.found(run.findings());
    run.findings()
        .note(
            String.format(
                Locale.ROOT,
                "%,.0f calls/s, %.0f %% of what %d calls in flight came to before. The heap has 512 MiB from the start; done operations are kept for"
                    + " 1 minute and the log for 10, so that both are deleted meanwhile; the cache has 8 MiB. No call may fail and no watch end: either"
                    + " would have failed the run. Ten times a second a connection comes and is lost.",
                SHARE * most,
                100 * SHARE,
                IN_FLIGHT));
  }

  /** What is called, one after the other. */
  private static final class Mix implements Call.Source {
    private final int operations;

    /** So many are started before the first is completed: it is there by then. */
    private final int running;

    private long next;
    private int started;
    private int completed;

    Mix(int operations, int running) {
      this.operations = operations;
      this.running = running;
    }

    @Override
    public Call next() {
      String name = Api.name(PARENT, (int) (next / 8 % operations));
      return switch ((int) (next++ % 8)) {
        case 0 -> Api.update(name, next);
        case 1, 2, 3 -> Api.get(name);
        case 4 -> Api.start(Api.name(PARENT, operations + started++), next);
        case 5 ->
            started - completed > running
                ? Api.complete(Api.name(PARENT, operations + completed++))
                : Api.get(name);
        default -> Api.cachedGet(name);
      };
    }
  }

  /**
   * A watch of each of so many operations, which none of them may end; and of one more, whose
   * connection is lost again and again.
   */
  private static final class Watches implements AutoCloseable, Stream {
    private static final long VISIT_NANOS = 100_000_000;

    private final Loop loop = new Loop("bench-watches");
    private final AtomicReference<String> ended = new AtomicReference<>("");
    private final int port;
    private @Nullable Connection visitor;
    private long visitDue;

    Watches(int port, int count) throws InterruptedException {
      this.port = port;
      for (int from = 0; from < count; from += STREAMS_EACH) {
        int first = from;
        loop.call(() -> open(first, Math.min(count, first + STREAMS_EACH)));
      }
      loop.run(() -> loop.pacer(this::visit));
    }

    private Connection open(int from, int to) throws IOException {
      var connection = Connection.open(loop, port);
      for (int i = from; i < to; i++) {
        var request = WatchOperationRequest.newBuilder().setName(Api.name(PARENT, i)).build();
        var call = Call.of("/longrunning.v1.OperationWatcher/WatchOperation", request);
        connection.call(call.path(), call.headers(), call.message(), this);
      }
      return connection;
    }

    private long visit(long now) {
      if (visitor == null || now >= visitDue) {
        if (visitor != null) {
          visitor.close();
        }
        try {
          visitor = open(0, 1);
        } catch (IOException e) {
          ended.set(String.valueOf(e.getMessage()));
        }
        visitDue = now + VISIT_NANOS;
      }
      return visitDue - now;
    }

    void check() {
      if (!ended.get().isEmpty()) {
        throw new IllegalStateException("a watch ended: " + ended.get());
      }
    }

    @Override
    public void message(int id, byte[] bytes, int offset, int length) {
      // Read, and that is all.
    }

    @Override
    public void ended(int id, int status, String message) {
      ended.set("status " + status + ", " + message);
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  /**
   * What is looked at once a minute.
   *
   * @param growthMax what the last third may be to the first
   */
  private record Fact(String name, String unit, double growthMax, List<Double> values) {
    Fact(String name, String unit, double growthMax) {
      this(name, unit, growthMax, new ArrayList<>());
    }

    String add(double value) {
      values.add(value);
      return String.format(Locale.ROOT, "%s %.4g %s", name, value, unit);
    }

    void found(Findings findings) {
      findings.add(new Row(name, unit, values));
      int third = Math.max(1, values.size() / 3);
      double first = median(values.subList(0, third));
      double last = median(values.subList(values.size() - third, values.size()));
      String what = name + ", last third : first third";
      findings.target(new Target(what, last / first, Target.Bound.AT_MOST, growthMax));
    }

    private double median(List<Double> some) {
      return new Row(name, unit, some).median();
    }
  }

  /** All of it. */
  private record Facts(Server server, Heap heap, Map<String, Fact> facts) {
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    Facts(Run run, Server server) {
      this(server, new Heap(run.work(), server.program()), new LinkedHashMap<>());
    }

    String add(Tally tally) throws Exception {
      var proc = Path.of("/proc", "" + server.program().pid());
      // Resident first: the collection would give some of it back.
      return String.join(
          ", ",
          fact("resident", "MiB", 1.1, server.program().residentBytes() / Heap.MIB),
          fact("heap after a collection", "MiB", 1.1, heap.used() / Heap.MIB),
          fact("threads", "", 1.1, number(THREADS, Files.readString(proc.resolve("status")))),
          fact("descriptors", "", 1.1, entries(proc.resolve("fd"))),
          fact("p50", "ms", 1.25, tally.millis(50)),
          fact("p99", "ms", 1.25, tally.millis(99)));
    }

    private String fact(String name, String unit, double growthMax, double value) {
      return facts.computeIfAbsent(name, key -> new Fact(key, unit, growthMax)).add(value);
    }

    private static double number(Pattern pattern, String text) throws IOException {
      var found = pattern.matcher(text);
      if (!found.find()) {
        throw new IOException("no " + pattern + " in " + text);
      }
      return Double.parseDouble(found.group(1));
    }

    private static double entries(Path directory) throws IOException {
      try (var files = Files.list(directory)) {
        return files.count();
      }
    }

    void found(Findings findings) {
      facts.values().forEach(fact -> fact.found(findings));
    }
  }
}
