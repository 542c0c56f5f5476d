package dev.longrunning.rpc;

import dev.longrunning.observe.QueuePeak;
import dev.longrunning.operation.Problem;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one event loop.
 *
 * <p><b>Promise.</b> A stream is among them from its first byte until its last one has left.
 *
 * <p><b>Threads.</b> Confined to one event loop, but for {@link #count} and {@link #peak}.
 *
 * <p><b>Bounds.</b> {@link StreamSettings#streamsMax}, and {@link HeldCalls} of one caller; the
 * list itself is links of the streams.
 */
public final class OpenStreams {
  private final StreamSettings settings;
  private final HeldCalls held;
  private final QueuePeak peak;
  private @Nullable OpenStream<?> newest;
  private volatile int count;
  private Optional<Problem> stopped = Optional.empty();

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
  Optional<Problem> add(OpenStream<?> stream) {
    if (stopped.isPresent()) {
      return stopped;
    }
    int before = count;
    if (before >= settings.streamsMax()) {
      return Optional.of(Problem.overloaded("streams"));
    }
    if (!held.take(stream.caller)) {
      return Optional.of(Problem.overloaded("streams of one caller"));
    }
    stream.older = newest;
    if (newest != null) {
      newest.newer = stream;
    }
    newest = stream;
    count = before + 1;
    peak.saw(before + 1L);
    return Optional.empty();
  }

  /** Lets one go; one that was never taken in changes nothing. */
  void remove(OpenStream<?> stream) {
    var older = stream.older;
    var newer = stream.newer;
    if (newer == null && newest != stream) {
      return;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    if (older != null) {
      older.newer = newer;
    }
    stream.older = null;
    stream.newer = null;
    held.give(stream.caller);
    int before = count;
    count = before - 1;
  }

  /** How many there are now. */
  public int count() {
    return count;
  }

  /** How many there have been. */
  public QueuePeak peak() {
    return peak;
  }

  /**
   * Ends all of them: each handler is given the chance of last words, and none is taken in any
   * more. Replies and statuses may still be on their way: {@link #count} is 0 once they have left.
   */
  public void stop(Problem problem) {
    stopped = Optional.of(problem);
    // Collected first: what ends one stream may end others.
    var all = new ArrayList<OpenStream<?>>(count);
    for (var each = newest; each != null; each = each.older) {
      all.add(each);
    }
    all.forEach(stream -> stream.stop(problem));
  }
}
