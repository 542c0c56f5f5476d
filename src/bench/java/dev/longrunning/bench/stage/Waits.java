package dev.longrunning.bench.stage;

import com.google.protobuf.Duration;
import dev.longrunning.bench.Run;
import dev.longrunning.bench.Stage;
import dev.longrunning.bench.wire.Caller;
import dev.longrunning.bench.wire.Watchers;

/** Calls that wait for one operation. */
final class Waits implements Stage {
  private static final int WAITERS = 10_000;
  private static final int EACH = 500;
  private static final Duration TIMEOUT = Duration.newBuilder().setSeconds(300).build();

  @Override
  public String name() {
    return "waits";
  }

  @Override
  public String about() {
    return "10,000 calls of WaitOperation on 20 connections wait for one operation, which is completed: the time from sending its completion"
        + " until the last of them is answered.";
  }

  @Override
  public void run(Run run) throws Exception {
    int waiters = run.scale().of(WAITERS);
    var server = run.server();
    var caller = run.with(new Caller(1, server.port()));
    var round = new int[1];
    run.rounds("ms")
        .add(
            "10,000 waiting calls released",
            time -> released(server.port(), caller, "projects/w" + round[0]++, waiters))
        .measure();
    run.findings().note("The waiting calls are of one caller and one generator, on one thread.");
  }

  private static double released(int port, Caller caller, String parent, int waiters)
      throws InterruptedException {
    String name = Api.name(parent, 0);
    caller.all(1, 1, () -> Api.start(name, 0));
    try (var waiting = new Watchers(port, EACH, false, number -> Api.await(name, TIMEOUT))) {
      waiting.beginSilent(waiters, Api.get(name));
      waiting.expectEnds(waiters);
      long begun = System.nanoTime();
      caller.all(1, 1, () -> Api.complete(name));
      waiting.await();
      return (System.nanoTime() - begun) / 1e6;
    }
  }
}
