package dev.longrunning.bench;

import java.io.PrintStream;
import java.time.Duration;

/** Tells on standard error what is being done, and for how long the run has been going on. */
final class Progress {
  private final PrintStream out;
  private final long begun = System.nanoTime();
  private String stage = "";

  Progress(PrintStream out) {
    this.out = out;
  }

  void stage(String name, int number, int of) {
    stage = name + " (" + number + " of " + of + ")";
  }

  void says(String what) {
    var time = Duration.ofNanos(System.nanoTime() - begun);
    out.printf("%3d:%02d  %s: %s%n", time.toMinutes(), time.toSecondsPart(), stage, what);
  }
}
