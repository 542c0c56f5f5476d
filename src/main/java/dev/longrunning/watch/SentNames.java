package dev.longrunning.watch;

import java.util.LinkedHashSet;

/**
 * Which names a filtered watch has sent: only those are told to have left.
 *
 * <p><b>Promise.</b> While it knows all of them, a name that was never sent is never told to have
 * left. Once there were more than it remembers, or after a resume, a name is told so at most once
 * while that is remembered; sending it forgets that.
 *
 * <p><b>Bounds.</b> {@value #NAMES_MAX} hashes of 64 bits, with a key of its own: names that were
 * chosen to collide do not.
 */
final class SentNames {
  static final int NAMES_MAX = 16_384;

  private final NameHash hash;
  private final LinkedHashSet<Long> names = new LinkedHashSet<>();

  /** What is remembered: the names that were sent; else those that were told to have left. */
  private boolean complete;

  /**
   * Knows of nothing sent yet.
   *
   * @param complete whether nothing was sent, not even on a stream that this one continues
   */
  SentNames(NameHash hash, boolean complete) {
    this.hash = hash;
    this.complete = complete;
  }

  void sent(String name) {
    long of = hash.of(name);
    if (!complete) {
      names.remove(of);
    } else if (names.add(of) && names.size() > NAMES_MAX) {
      complete = false;
      names.clear();
    }
  }

  /** The operation is gone for good. */
  void removed(String name) {
    names.remove(hash.of(name));
  }

  /** Whether a name that does not match is to be told to have left; it is then. */
  boolean leaves(String name) {
    long of = hash.of(name);
    if (complete) {
      return names.remove(of);
    }
    if (!names.add(of)) {
      return false;
    }
    if (names.size() > NAMES_MAX) {
      var oldest = names.iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }
}
