package dev.longrunning.watch;

import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what is in collections, newest first. */
@FunctionalInterface
public interface SnapshotPages {
  /**
   * Reads the page that comes after an operation; what the filter leaves out need not be on it.
   *
   * @param after null: the first one
   */
  Future<Page> read(Watched watched, @Nullable PageToken after);

  /**
   * A page.
   *
   * @param next after what the next page comes; null: there is none
   */
  record Page(List<Snapshot> snapshots, @Nullable PageToken next) {}
}
