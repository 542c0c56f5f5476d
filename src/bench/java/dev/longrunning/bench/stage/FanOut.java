package dev.longrunning.bench.stage;

import dev.longrunning.bench.Hot;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.peer.Etcd;
import dev.longrunning.bench.wire.Call;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;
import java.time.Duration;
import java.util.function.LongFunction;

/** One operation that many watch. */
final class FanOut implements Stage {
  private static final int WATCHERS = 5_000;
  private static final int EACH = 100;

  @Override
  public String name() {
    return "fanout";
  }

  @Override
  public String about() {
    return "5,000 streams on 50 connections watch one operation (one key of etcd) of 288 bytes. The next change is made once everybody has"
        + " heard of the last: what is counted are deliveries.";
  }

  @Override
  public void run(Run run) throws Exception {
    int count = run.scale().of(WATCHERS);
    var server = run.server();
    var etcd = run.etcd();
    var changer = run.with(new Caller(1, server.port()));
    var putter = run.with(new Caller(1, etcd.port()));
    String name = Api.name("projects/f", 0);
    changer.all(1, 1, () -> Api.start(name, 0));
    putter.all(1, 1, () -> Etcd.put(name, Hot.state(0)));
    run.says("opening " + count + " watches, twice");
    var ours =
        new Crowd(
            run.with(new Watchers(server.port(), EACH, false, number -> Api.watch(name))), count);
    var theirs =
        new Crowd(
            run.with(new Watchers(etcd.port(), EACH, true, number -> Etcd.watch(name, 0))), count);
    run.rounds("deliveries/s")
        .add(
            "watches of one operation",
            time -> ours.rate(changer, says -> Api.update(name, says), time))
        .add(
            "etcd, watches of one key",
            time -> theirs.rate(putter, says -> Etcd.put(name, Hot.state(says)), time))
        .measure();
    run.findings().atLeast(2, "watches of one operation", "etcd, watches of one key");
    run.findings()
        .chart(
            "5,000 streams of one operation",
            "watches of one operation",
            "etcd, watches of one key");
  }

  /** Streams that all hear the same. */
  private static final class Crowd {
    private final Watchers watchers;
    private final int count;
    private long says;
    private int left;

    Crowd(Watchers watchers, int count) throws InterruptedException {
      this.watchers = watchers;
      this.count = count;
      watchers.open(count, this::heard);
    }

    private void heard(int number, byte[] bytes, int offset, int length) {
      if (Hot.said(bytes, offset, length) == says && --left == 0) {
        watchers.reached();
      }
    }

    double rate(Caller caller, LongFunction<Call> change, Duration time)
        throws InterruptedException {
      long begun = System.nanoTime();
      long changes = 0;
      while (changes == 0 || System.nanoTime() - begun < time.toNanos()) {
        watchers.hear(this::heard);
        says++;
        left = count;
        caller.all(1, 1, () -> change.apply(says));
        watchers.await();
        changes++;
      }
      return changes * count * 1e9 / (System.nanoTime() - begun);
    }
  }
}
