package dev.longrunning.bench.stage;

import dev.longrunning.bench.Findings;
import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

/** Many operations, each with its watcher, that change at a fixed rate. */
final class Delivery implements Stage {
  private static final int WATCHERS = 10_000;
  private static final int EACH = 100;
  private static final double[] RATES = {500, 2_000};
  private static final double[] PERCENTILES = {50, 99, 99.9};

  @Override
  public String name() {
    return "delivery";
  }

  @Override
  public String about() {
    return "10,000 operations of 288 bytes, each watched by a stream (100 a connection), are changed in turn at a fixed rate, whatever the"
        + " answers do: from when a change was due until its watcher has it, and from its acknowledgement (0 if the watcher had it first). A round is of twice the"
        + " seconds.";
  }

  @Override
  public void run(Run run) throws Exception {
    int count = run.scale().of(WATCHERS);
    var server = run.server();
    var etcd = run.etcd();
    var ours = new Caller(2, server.port());
    var theirs = new Caller(2, etcd.port());
    run.with(ours);
    run.with(theirs);
    Api.startAll(run, ours, "projects/d", count);
    var next = new int[1];
    theirs.all(count, 64, () -> Etcd.put(key(next[0]++), Hot.state(0)));
    run.says("opening " + count + " watches, twice");
    var watching =
        run.with(
            new Watchers(
                server.port(), EACH, false, number -> Api.watch(Api.name("projects/d", number))));
    var etcds =
        run.with(new Watchers(etcd.port(), EACH, true, number -> Etcd.watch(key(number), 0)));
    watching.open(count, (number, bytes, offset, length) -> {});
    etcds.open(count, (number, bytes, offset, length) -> {});
    for (double full : RATES) {
      double rate = run.scale().isSmoke() ? full / 10 : full;
      for (int round = run.scale().firstRound(); round <= run.scale().rounds(); round++) {
        var kept = round == 0 ? new Findings() : run.findings();
        var time = run.scale().time(round).multipliedBy(2);
        run.says(
            String.format("round %d of %d at %,.0f changes/s", round, run.scale().rounds(), rate));
        once(
                ours,
                watching,
                count,
                rate,
                time,
                says -> Api.update(Api.name("projects/d", (int) (says % count)), says))
            .keep(kept, "watch", rate);
        once(
                theirs,
                etcds,
                count,
                rate,
                time,
                says -> Etcd.put(key((int) (says % count)), Hot.state(says)))
            .keep(kept, "etcd watch", rate);
      }
      chart(run, rate, "due to delivered");
      chart(run, rate, "acknowledged to delivered");
      run.findings()
          .atMost(
              1,
              row("watch", rate, "due to delivered", 99),
              row("etcd watch", rate, "due to delivered", 99));
      run.findings()
          .compare(
              row("watch", rate, "acknowledged to delivered", 99),
              row("etcd watch", rate, "acknowledged to delivered", 99));
    }
  }

  private static void chart(Run run, double rate, String what) {
    run.findings()
        .chart(
            String.format("%,.0f changes/s, %s", rate, what),
            row("watch", rate, what, 50),
            row("etcd watch", rate, what, 50),
            row("watch", rate, what, 99),
            row("etcd watch", rate, what, 99),
            row("watch", rate, what, 99.9),
            row("etcd watch", rate, what, 99.9));
  }

  private static String key(int number) {
    return "d" + number;
  }

  private static String row(String whose, double rate, String what, double percentile) {
    return String.format(
        "%s, %,.0f/s, %s, p%s",
        whose, rate, what, percentile == 99.9 ? "99.9" : "" + (int) percentile);
  }

  private static Times once(
      Caller caller,
      Watchers watchers,
      int operations,
      double rate,
      Duration time,
      LongFunction<Call> change)
      throws InterruptedException {
    var times = new Times((int) Math.ceil(rate * time.toNanos() / 1e9) + 1, operations);
    watchers.hear(times::delivered);
    var next = new long[1];
    caller.atRate(rate, time, () -> change.apply(next[0]++), times).rate();
    times.awaitAll(next[0]);
    return times;
  }

  /** When each change was due, acknowledged, delivered. */
  private static final class Times implements Caller.Ledger {
    private static final long LIMIT_NANOS = 30_000_000_000L;

    private final int operations;
    private final AtomicLongArray due;
    private final AtomicLongArray acknowledged;
    private final AtomicLongArray delivered;

    Times(int max, int operations) {
      this.operations = operations;
      due = new AtomicLongArray(max);
      acknowledged = new AtomicLongArray(max);
      delivered = new AtomicLongArray(max);
    }

    @Override
    public void sent(long number, long at) {
      due.set((int) number, at);
    }

    @Override
    public void heard(long number, byte[] bytes, int offset, int length) {
      acknowledged.set((int) number, System.nanoTime());
    }

    void delivered(int watcher, byte[] bytes, int offset, int length) {
      int said = (int) Hot.said(bytes, offset, length);
      // A state that was merged away is known with the next one.
      for (int i = said; i >= 0 && delivered.get(i) == 0; i -= operations) {
        delivered.set(i, System.nanoTime());
      }
    }

    void awaitAll(long count) throws InterruptedException {
      long until = System.nanoTime() + LIMIT_NANOS;
      for (int i = 0; i < count; i++) {
        while (delivered.get(i) == 0) {
          if (System.nanoTime() > until) {
            throw new IllegalStateException("change " + i + " was not delivered within 30 s");
          }
          Thread.sleep(1);
        }
      }
    }

    void keep(Findings findings, String whose, double rate) {
      var fromDue = new Histogram(3);
      var fromAcknowledged = new Histogram(3);
      for (int i = 0; i < due.length() && due.get(i) != 0; i++) {
        fromDue.recordValue(delivered.get(i) - due.get(i));
        fromAcknowledged.recordValue(Math.max(0, delivered.get(i) - acknowledged.get(i)));
      }
      for (double percentile : PERCENTILES) {
        add(findings, row(whose, rate, "due to delivered", percentile), fromDue, percentile);
        add(
            findings,
            row(whose, rate, "acknowledged to delivered", percentile),
            fromAcknowledged,
            percentile);
      }
    }

    private static void add(
        Findings findings, String name, Histogram histogram, double percentile) {
      findings.keep(name, "ms", histogram.getValueAtPercentile(percentile) / 1e6);
    }
  }
}
