package dev.longrunning.rpc;

import dev.longrunning.service.CallerTurns;
import java.util.ArrayList;
import java.util.List;

/**
 * How the streams of reports of one event loop share its time with all other calls.
 *
 * <p><b>Promise.</b> A step takes one report in or sends one result. Between two turns the loop
 * looks at all its connections; in a turn, callers have a step each one after the other. A step is
 * taken at once while its turn has some left.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> {@value #STEPS_MAX} steps a turn, some two milliseconds. One entry a stream.
 */
final class ReportTurns {
  static final int STEPS_MAX = 128;

  /** When somebody else has to make room first. */
  static final long LATER_MILLIS = 10;

  private final Admission.Loop loop;
  private final CallerTurns<Seat> waiting = new CallerTurns<>();
  private List<Seat> later = new ArrayList<>();
  private int steps;
  private boolean scheduled;
  private boolean stepping;

  ReportTurns(Admission.Loop loop) {
    this.loop = loop;
  }

  /** A stream that takes turns. */
  interface Stream {
    /** Takes a step; answers whether there may be another one to take now. */
    boolean step();

    /** What a step has thrown. */
    void fail(Throwable thrown);
  }

  /** Lets a stream take turns, once it is woken. */
  Seat seat(String caller, Stream stream) {
    return new Seat(caller, stream);
  }

  /** Runs it after that time. */
  void after(long millis, Runnable task) {
    loop.after(millis, task);
  }

  final class Seat {
    private final String caller;
    private final Stream stream;
    private boolean waits;
    private boolean waitsForLater;

    private Seat(String caller, Stream stream) {
      this.caller = caller;
      this.stream = stream;
    }

    /** There may be a step to take. */
    void wake() {
      queue();
      step();
    }

    /** There may be one in a moment. */
    void wakeLater() {
      if (!waitsForLater) {
        waitsForLater = true;
        if (later.isEmpty()) {
          loop.after(LATER_MILLIS, ReportTurns.this::wakeThoseForLater);
        }
        later.add(this);
      }
    }

    private void queue() {
      if (!waits) {
        waits = true;
        waiting.add(caller, this);
      }
    }
  }

  private void wakeThoseForLater() {
    var all = later;
    later = new ArrayList<>();
    for (var seat : all) {
      seat.waitsForLater = false;
      seat.queue();
    }
    step();
  }

  private void step() {
    if (stepping) {
      // A step has woken a stream: the loop below goes on with it.
      return;
    }
    stepping = true;
    while (!waiting.isEmpty() && steps < STEPS_MAX) {
      steps++;
      step(waiting.remove());
    }
    stepping = false;
    if (steps > 0 && !scheduled) {
      scheduled = true;
      loop.next(this::nextTurn);
    }
  }

  private static void step(Seat seat) {
    seat.waits = false;
    try {
      if (seat.stream.step()) {
        seat.queue();
      }
    } catch (Throwable thrown) {
      // Also an Error: it must end this stream, and not the one that woke it.
      seat.stream.fail(thrown);
    }
  }

  private void nextTurn() {
    scheduled = false;
    steps = 0;
    step();
  }
}
