package dev.longrunning.store;

import dev.longrunning.operation.Answer;
import dev.longrunning.operation.Change;
import dev.longrunning.store.ChangeLog.Batch;
import java.util.List;
import java.util.UUID;

/**
 * A batch that this replica wrote, as its answer says: a look at the log would find the same.
 *
 * @param epoch the history that it was written in
 * @param made its changes in the order of its entries, with what came of them
 */
public record Written(UUID epoch, Batch batch, List<Made> made) {
  /** A change that was applied, or an adoption. */
  public record Made(Change change, Answer answer) {}
}
