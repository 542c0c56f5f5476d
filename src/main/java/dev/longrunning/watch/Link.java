package dev.longrunning.watch;

/**
 * A place in a circle, which can be left without looking for it. One that is in no circle is a
 * circle of itself.
 *
 * <p><b>Threads.</b> Confined to one event loop.
 */
class Link {
  private Link before = this;
  private Link behind = this;

  /** Goes to the end of a circle that begins behind {@code head}. */
  final void enter(Link head) {
    before = head.before;
    behind = head;
    before.behind = this;
    head.before = this;
  }

  final void leave() {
    before.behind = behind;
    behind.before = before;
    before = this;
    behind = this;
  }

  final boolean isAlone() {
    return behind == this;
  }

  final Link behind() {
    return behind;
  }
}
