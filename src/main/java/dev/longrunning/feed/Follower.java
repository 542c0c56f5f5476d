package dev.longrunning.feed;

/**
 * Somebody who wants to know the newest state of one operation.
 *
 * <p>Called on the event loop where it was registered, after every change that the feed applies
 * from then on. Of two states the one with the larger version is the newer one.
 */
public interface Follower {
  /** The operation was created or changed. */
  void changed(State state);

  /**
   * The operation is gone; one of the same name that comes later is another one.
   *
   * @param version of the removal
   * @param purged its retention was over; else somebody deleted it
   */
  void removed(long version, boolean purged);

  /** The operation was changed, and its state is too large to be brought along: to be read. */
  void changedApart();

  /** Changes were missed, or history is another one: everything is to be read again. */
  void restarted();
}
