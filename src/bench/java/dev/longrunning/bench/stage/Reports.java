package dev.longrunning.bench.stage;

import com.google.protobuf.CodedInputStream;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Connection;
import dev.longrunning.bench.wire.Loop;
import dev.longrunning.bench.wire.Stream;
import dev.longrunning.v1.ReportOperationsRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Updates that a producer sends over streams. */
final class Reports implements Stage {
  private static final int OPERATIONS = 10_000;
  private static final int STREAMS = 4;
  private static final int IN_FLIGHT = 4_096;
  private static final String ROW = "Report stream, 4,096 in flight";

  @Override
  public String name() {
    return "reports";
  }

  @Override
  public String about() {
    return "Durable updates of one after the other of 10,000 operations with a state of 288 bytes, over four streams of ReportOperations with"
        + " 1,024 reports in flight each; beside it pgbench as in `changes`.";
  }

  @Override
  public void run(Run run) throws Exception {
    int operations = run.scale().of(OPERATIONS);
    var server = run.server();
    try (var caller = new Caller(1, server.port())) {
      Api.startAll(run, caller, "projects/r", operations);
    }
    var reporter = run.with(new Reporter(server.port(), operations));
    var rounds = run.rounds("changes/s");
    rounds.add(ROW, time -> reporter.rate(run.scale().of(IN_FLIGHT), time));
    new PgBench(run, "reports", operations).add(rounds);
    rounds.measure();
    PgBench.best(run.findings());
    run.findings().atLeast(4, ROW, PgBench.BEST);
    run.findings().chart("Reports of producers", ROW, PgBench.BEST);
  }

  /** Keeps so many reports in flight. */
  private static final class Reporter implements AutoCloseable {
    private final Loop loop = new Loop("bench-reporter");
    private final List<Channel> channels = new ArrayList<>();
    private final int operations;
    private long next;
    private long done;
    private boolean goesOn;
    private String failure = "";

    Reporter(int port, int operations) throws InterruptedException {
      this.operations = operations;
      loop.call(
          () -> {
            for (int i = 0; i < STREAMS; i++) {
              channels.add(new Channel(Connection.open(loop, port)));
            }
            return true;
          });
    }

    /** Changes a second. */
    double rate(int inFlight, Duration time) throws InterruptedException {
      long before = loop.call(() -> begin(inFlight));
      long begun = System.nanoTime();
      Thread.sleep(time.toMillis());
      long after = loop.call(this::end);
      double rate = (after - before) * 1e9 / (System.nanoTime() - begun);
      for (long left = 1; left > 0; left = loop.call(this::open)) {
        Thread.sleep(1);
      }
      return rate;
    }

    private long begin(int inFlight) {
      goesOn = true;
      for (int i = 0; i < Math.max(STREAMS, inFlight); i++) {
        channels.get(i % STREAMS).report();
      }
      return done;
    }

    private long end() {
      goesOn = false;
      return done;
    }

    private long open() {
      if (!failure.isEmpty()) {
        throw new IllegalStateException(failure);
      }
      return next - done;
    }

    @Override
    public void close() {
      loop.close();
    }

    /** A stream. */
    private final class Channel implements Stream {
      private final Connection connection;
      private final int id;

      Channel(Connection connection) {
        this.connection = connection;
        this.id = connection.begin(Api.PRODUCER + "ReportOperations", Map.of(), this);
      }

      void report() {
        long number = next++;
        var update = Api.updates(Api.name("projects/r", (int) (number % operations)), number);
        var report = ReportOperationsRequest.newBuilder().setSequence(number + 1).setUpdate(update);
        connection.send(id, Call.framed(report.build().toByteArray()), false);
      }

      @Override
      public void message(int id, byte[] bytes, int offset, int length) {
        if (!isApplied(bytes, offset, length)) {
          failure = "a report was refused";
        }
        done++;
        if (goesOn) {
          report();
        }
      }

      @Override
      public void ended(int id, int status, String message) {
        failure = "the stream ended with " + status + ": " + message;
      }
    }

    /** Whether a response is a result without an error. */
    private static boolean isApplied(byte[] bytes, int offset, int length) {
      try {
        var in = CodedInputStream.newInstance(bytes, offset, length);
        if (in.readTag() != (1 << 3 | 2)) {
          return false;
        }
        in.readRawVarint32();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (tag >>> 3 == 2) {
            return false;
          }
          in.skipField(tag);
        }
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  }
}
