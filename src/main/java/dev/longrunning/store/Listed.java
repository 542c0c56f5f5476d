package dev.longrunning.store;

import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Listing} asked for, newest first.
 *
 * @param stoppedAt where the examination was over before the list was: it goes on from there, also
 *     if nothing matched. Null: the greatest number of rows or bytes was reached, or the end
 */
public record Listed(List<Snapshot> operations, @Nullable PageToken stoppedAt) {
  /** Copies the operations. */
  public Listed {
    operations = List.copyOf(operations);
  }
}
