package dev.longrunning.store;

import dev.longrunning.operation.OperationKey;
import java.util.Arrays;
import java.util.List;

/** A revision for every lane: up to where somebody has read the log, or how far it goes. */
public final class Cursors {
  public static final Cursors NONE = new Cursors(new long[OperationKey.LANES]);

  private final long[] revisions;

  private Cursors(long[] revisions) {
    this.revisions = revisions;
  }

  /** One revision a lane, in the order of the lanes; copied. */
  public static Cursors of(long[] revisions) {
    if (revisions.length != OperationKey.LANES) {
      throw new IllegalStateException(revisions.length + " cursors for the lanes");
    }
    return new Cursors(revisions.clone());
  }

  public long at(int lane) {
    return revisions[lane];
  }

  /** These, with one lane at another revision. */
  public Cursors with(int lane, long revision) {
    long[] changed = revisions.clone();
    changed[lane] = revision;
    return new Cursors(changed);
  }

  /** Whether every lane is at least as far as in {@code other}. */
  public boolean reach(Cursors other) {
    for (int lane = 0; lane < revisions.length; lane++) {
      if (revisions[lane] < other.revisions[lane]) {
        return false;
      }
    }
    return true;
  }

  public long[] toArray() {
    return revisions.clone();
  }

  public List<Long> toList() {
    return Arrays.stream(revisions).boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cursors cursors && Arrays.equals(revisions, cursors.revisions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(revisions);
  }

  @Override
  public String toString() {
    return Arrays.toString(revisions);
  }
}
