package dev.longrunning.bench.stage;

import dev.longrunning.bench.Findings;
import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Server;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What watches replace: everybody asks again every second. */
final class Polling implements Stage {
  private static final int CLIENTS = 5_000;
  private static final int EACH = 100;
  private static final double CHANGES = 250;
  private static final double POLLS_OF_ONE = 1;

  @Override
  public String name() {
    return "polling";
  }

  @Override
  public String about() {
    return "5,000 clients that each want to know of one operation, 250 changes a second in all (each operation once in 20 s): by a strong Get"
        + " every second, and by a watch. Requests, bytes of all connections, time of processors of the server, and time from when a change"
        + " was due until it is known. A round is of twice the seconds.";
  }

  @Override
  public void run(Run run) throws Exception {
    int clients = run.scale().of(CLIENTS);
    double rate = run.scale().isSmoke() ? 50 : CHANGES;
    var server = run.server();
    var changer = run.with(new Caller(1, server.port()));
    var poller = run.with(new Caller(4, server.port()));
    Api.startAll(run, changer, "projects/p", clients);
    var side = new Side(server, changer, rate, clients);
    for (int round = run.scale().firstRound(); round <= run.scale().rounds(); round++) {
      var kept = round == 0 ? new Findings() : run.findings();
      var time = run.scale().time(round).multipliedBy(2);
      run.says("round " + round + " of " + run.scale().rounds());
      side.polled(poller, time, kept);
      try (var watchers =
          new Watchers(
              server.port(), EACH, false, number -> Api.watch(Api.name("projects/p", number)))) {
        watchers.open(clients, side::heard);
        side.watched(watchers, time, kept);
      }
    }
    for (String what :
        new String[] {
          "requests [requests/s]",
          "bytes [KB/s]",
          "processors of the server [s/s]",
          "time to know, p50 [ms]",
          "time to know, p99 [ms]"
        }) {
      run.findings().compare("watching: " + what, "polling: " + what);
      run.findings()
          .chart(
              "5,000 clients, " + what.replaceFirst(" \\[.*", ""),
              "watching: " + what,
              "polling: " + what);
    }
  }

  /** The changes, and who knows of them when. */
  private static final class Side implements Caller.Ledger {
    private final Server server;
    private final Caller changer;
    private final double rate;
    private final int clients;
    private final AtomicLongArray due = new AtomicLongArray(1 << 20);
    private final AtomicLongArray known;
    private Histogram times = new ConcurrentHistogram(3);
    private volatile long base = 1;
    private long next = 1;

    Side(Server server, Caller changer, double rate, int clients) {
      this.server = server;
      this.changer = changer;
      this.rate = rate;
      this.clients = clients;
      this.known = new AtomicLongArray(clients);
    }

    @Override
    public void sent(long number, long at) {
      due.set((int) (base + number) % due.length(), at);
    }

    /** A client has seen this state of its operation; one that came before this load counts not. */
    void heard(int client, byte[] bytes, int offset, int length) {
      long said = Hot.said(bytes, offset, length);
      if (said >= base && said > known.get(client)) {
        known.set(client, said);
        times.recordValue(System.nanoTime() - due.get((int) (said % due.length())));
      }
    }

    void polled(Caller poller, Duration time, Findings findings) throws Exception {
      double polls = clients * POLLS_OF_ONE;
      var asked = new long[1];
      measure(
          "polling",
          poller::bytes,
          time,
          findings,
          () ->
              poller
                  .atRate(
                      polls,
                      time,
                      () -> Api.get(Api.name("projects/p", (int) (asked[0]++ % clients))),
                      new Caller.Ledger() {
                        @Override
                        public void heard(long number, byte[] bytes, int offset, int length) {
                          Side.this.heard((int) (number % clients), bytes, offset, length);
                        }
                      })
                  .calls());
    }

    void watched(Watchers watchers, Duration time, Findings findings) throws Exception {
      measure(
          "watching",
          watchers::bytes,
          time,
          findings,
          () -> {
            Thread.sleep(time.toMillis());
            return 0;
          });
    }

    private interface Bytes {
      long now() throws InterruptedException;
    }

    /** Answers how many requests it made. */
    private interface Work {
      double done() throws Exception;
    }

    private void measure(String how, Bytes bytes, Duration time, Findings findings, Work work)
        throws Exception {
      times = new ConcurrentHistogram(3);
      base = next;
      var changing = new Thread(() -> change(time), "bench-changes");
      long bytesBefore = bytes.now();
      var cpu = server.program().cpu();
      long begun = System.nanoTime();
      changing.start();
      double requests = work.done();
      changing.join();
      double seconds = (System.nanoTime() - begun) / 1e9;
      add(findings, how + ": requests [requests/s]", requests / seconds);
      add(findings, how + ": bytes [KB/s]", (bytes.now() - bytesBefore) / 1e3 / seconds);
      add(
          findings,
          how + ": processors of the server [s/s]",
          server.program().cpu().minus(cpu).toNanos() / 1e9 / seconds);
      add(findings, how + ": time to know, p50 [ms]", times.getValueAtPercentile(50) / 1e6);
      add(findings, how + ": time to know, p99 [ms]", times.getValueAtPercentile(99) / 1e6);
    }

    private void change(Duration time) {
      try {
        changer
            .atRate(
                rate,
                time,
                () -> Api.update(Api.name("projects/p", (int) (next % clients)), next++),
                this)
            .rate();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void add(Findings findings, String name, double value) {
      findings.keep(name, name.replaceFirst(".*\\[(.*)]", "$1"), value);
    }
  }
}
