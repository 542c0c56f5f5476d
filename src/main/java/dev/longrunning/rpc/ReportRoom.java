package dev.longrunning.rpc;

import dev.longrunning.service.DemandRoom;

/**
 * How much the streams of reports of one event loop hold.
 *
 * <p><b>Promise.</b> No caller takes more than it leaves to others, of either kind.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 *
 * <p><b>Bounds.</b> A {@link BodyBudget} of reports under way and of the states that results wait
 * with, and one of the operations that are followed: 131,072 of them, half of that for a caller
 * alone.
 */
final class ReportRoom {
  /** Beside what was sent: the entries that lead to it. So there are at most 65,536 under way. */
  static final int REPORT_BYTES = 1_024;

  /** A name, its entries here and in the feed. */
  static final int FOLLOWED_BYTES = 512;

  private final BodyBudget reports = new BodyBudget();
  private final BodyBudget followed = new BodyBudget();

  /** What the stream of a caller holds. */
  Share of(String caller) {
    return new Share(caller);
  }

  final class Share implements DemandRoom {
    private final String caller;
    private int held;

    private Share(String caller) {
      this.caller = caller;
    }

    /** Whether more reports should come: below half, so that what is on its way finds room. */
    boolean isAtEase() {
      return reports.isAtEase(caller);
    }

    /** Whether there is room for so many bytes more; if so, they are counted. */
    boolean take(int bytes) {
      boolean fits = reports.take(caller, bytes);
      if (fits) {
        held += bytes;
      }
      return fits;
    }

    void give(int bytes) {
      held -= bytes;
      reports.give(caller, bytes);
    }

    /** Gives all bytes back. */
    void giveAll() {
      give(held);
    }

    @Override
    public boolean take() {
      return followed.take(caller, FOLLOWED_BYTES);
    }

    @Override
    public void give() {
      followed.give(caller, FOLLOWED_BYTES);
    }
  }
}
