package dev.longrunning.operation;

import dev.longrunning.operation.Change.Composable;
import dev.longrunning.operation.Change.Guard;
import dev.longrunning.operation.Change.Update;
import java.util.Objects;
import java.util.Optional;

/**
 * Two changes of one operation as one, where a producer could not tell the difference but by the
 * versions in between.
 */
public final class MergedUpdate {
  private MergedUpdate() {}

  /**
   * What {@code first} and then {@code second} do; empty if they must stay two: only updates are
   * merged, of the same lease token and lease duration, and none that asks for a version or can be
   * repeated by its request id.
   */
  public static Optional<Update> of(Composable first, Composable second) {
    return first instanceof Update earlier
            && second instanceof Update later
            && isFree(earlier.guard())
            && earlier.guard().equals(later.guard())
            && Objects.equals(earlier.leaseDuration(), later.leaseDuration())
            && earlier.key().equals(later.key())
        ? Optional.of(
            new Update(
                earlier.key(),
                earlier.guard(),
                earlier.contents().then(later.contents()),
                earlier.leaseDuration()))
        : Optional.empty();
  }

  private static boolean isFree(Guard guard) {
    return guard.request() == null && guard.version() == 0;
  }
}
