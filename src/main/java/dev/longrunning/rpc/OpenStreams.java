package dev.longrunning.rpc;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one event loop.
 *
 * <p><b>Promise.</b> A stream is among them from its first byte until its last one has left. Once
 * they {@link #refuse}, none comes in; those that there are hear of the drain and are ended as
 * somebody asks for it, the one that has been open for longest first.
 *
 * <p><b>Threads.</b> Confined to one event loop, but for {@link #count} and {@link #peak}.
 *
 * <p><b>Bounds.</b> {@link StreamSettings#streamsMax}, and {@link HeldCalls} of one caller; the
 * list itself is links of the streams. No method takes longer the more there are.
 */
public final class OpenStreams {
  /** A stream, as one of all. */
  abstract static class Member {
    private final String caller;
    private @Nullable Member older;
    private @Nullable Member newer;
    private boolean stopped;

    /** One that is not taken in yet. */
    Member(String caller) {
      this.caller = caller;
    }

    /** The server begins to stop. */
    abstract void drain(Problem problem);

    /** Its turn to end has come. */
    abstract void stop(Problem problem);
  }

  private final StreamSettings settings;
  private final HeldCalls held;
  private final QueuePeak peak;
  private @Nullable Member newest;
  private @Nullable Member oldest;

  /** The oldest that has not heard of the drain, and the oldest whose turn has not come. */
  private @Nullable Member nextToHear;

  private @Nullable Member nextToStop;
  private volatile int count;

  /** Those whose turn has come and whose last byte has not left. */
  private int stopping;

  private Optional<Problem> refusal = Optional.empty();

  OpenStreams(StreamSettings settings, HeldCalls held) {
    this.settings = settings;
    this.held = held;
    this.peak = new QueuePeak("streams", settings.streamsMax());
  }

  /** What each of them may take. */
  public StreamSettings settings() {
    return settings;
  }

  /** Takes one in, or answers why not. */
  Optional<Problem> add(Member stream) {
    if (refusal.isPresent()) {
      return refusal;
    }
    int before = count;
    if (before >= settings.streamsMax()) {
      return Optional.of(Problem.overloaded("streams"));
    }
    if (!held.take(stream.caller)) {
      return Optional.of(Problem.overloaded("streams of one caller"));
    }
    stream.older = newest;
    if (newest == null) {
      oldest = stream;
    } else {
      newest.newer = stream;
    }
    newest = stream;
    count = before + 1;
    peak.saw(before + 1L);
    return Optional.empty();
  }

  /** Lets one go; one that was never taken in changes nothing. */
  void remove(Member stream) {
    if (stream.newer == null && newest != stream) {
      return;
    }
    nextToHear = nextToHear == stream ? stream.newer : nextToHear;
    nextToStop = nextToStop == stream ? stream.newer : nextToStop;
    unlink(stream);
    held.give(stream.caller);
    int before = count;
    count = before - 1;
    if (stream.stopped) {
      stopping--;
    }
  }

  private void unlink(Member stream) {
    var older = stream.older;
    var newer = stream.newer;
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    stream.older = null;
    stream.newer = null;
  }

  /** How many there are now. */
  public int count() {
    return count;
  }

  /** How many there have been. */
  public QueuePeak peak() {
    return peak;
  }

  /** Takes none in any more; called once. Those that there are go on. */
  public void refuse(Problem problem) {
    refusal = Optional.of(problem);
    nextToHear = oldest;
    nextToStop = oldest;
  }

  /**
   * Tells some of those that have not heard so that the server begins to stop. Answers whether
   * there are more of them.
   *
   * @param max how many are told at most
   */
  public boolean tellDraining(int max) {
    var problem = refusal.orElseThrow();
    for (int i = 0; i < max && nextToHear != null; i++) {
      var stream = nextToHear;
      nextToHear = stream.newer;
      stream.drain(problem);
    }
    return nextToHear != null;
  }

  /** How many have not had their turn to end. */
  public int unstopped() {
    return count - stopping;
  }

  /**
   * Ends the oldest that has not had its turn, if there is one: its handler is given the chance of
   * last words. Replies and the status may still be on their way then: {@link #count} falls once
   * they have left.
   */
  public void stopOldest() {
    var stream = nextToStop;
    if (stream != null) {
      // First: its end may be the end of others, too.
      nextToStop = stream.newer;
      stream.stopped = true;
      stopping++;
      stream.stop(refusal.orElseThrow());
    }
  }
}
