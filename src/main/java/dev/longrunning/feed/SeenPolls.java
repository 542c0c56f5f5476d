package dev.longrunning.feed;

import dev.longrunning.store.Cursors;
import java.util.ArrayDeque;

/**
 * Polls that saw more than is applied: each counts once all cursors have reached the heads it saw.
 *
 * <p><b>Threads.</b> Confined to the feed's.
 *
 * <p><b>Bounds.</b> Of polls that are not caught up with, {@value #POLLS_MAX} are remembered; who
 * waits for another one completes with a later one.
 */
final class SeenPolls {
  static final int POLLS_MAX = 64;

  private final ArrayDeque<Seen> seen = new ArrayDeque<>();

  private record Seen(long poll, Cursors heads) {}

  void add(long poll, Cursors heads) {
    if (seen.size() == POLLS_MAX) {
      seen.pollLast();
    }
    seen.add(new Seen(poll, heads));
  }

  /** The last poll that the cursors have caught up with since this was asked; 0: none. */
  long caughtUp(Cursors cursors) {
    long caughtUp = 0;
    while (!seen.isEmpty() && cursors.reach(seen.peek().heads())) {
      caughtUp = seen.poll().poll();
    }
    return caughtUp;
  }

  boolean isEmpty() {
    return seen.isEmpty();
  }

  void clear() {
    seen.clear();
  }
}
