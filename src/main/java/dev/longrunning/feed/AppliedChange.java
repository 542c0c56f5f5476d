package dev.longrunning.feed;

import dev.longrunning.operation.Change;
import dev.longrunning.operation.OperationKey;
import org.jspecify.annotations.Nullable;

/**
 * A change of an operation that somebody watches.
 *
 * @param position in its batch, counted over all changes of the batch
 * @param kind as in {@code Change.kind()}
 * @param collection that the operation belongs to
 * @param state the operation's state at the batch's revision; null where there is none, where it is
 *     apart, and where the change is passed over
 * @param apart the state is too large to be brought along: to be read by those who need it
 * @param laterIn null, unless the operation had changed again when the log was read, so that a
 *     later change follows: the collection it was in by then
 */
public record AppliedChange(
    int position,
    OperationKey key,
    short kind,
    String collection,
    @Nullable State state,
    boolean apart,
    @Nullable String laterIn) {

  /** Whether it says nothing: a later change follows. */
  public boolean isPassedOver() {
    return laterIn != null;
  }

  /** The same change where what follows is of no concern. */
  public AppliedChange asTheLast() {
    return new AppliedChange(position, key, kind, collection, state, apart, null);
  }

  /** Whether the operation went with this change. */
  public boolean isRemoval() {
    return kind == Change.Delete.KIND || isPurge();
  }

  /** Whether its retention was over. */
  public boolean isPurge() {
    return kind == Change.Purge.KIND;
  }
}
