package dev.longrunning.watch;

import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.OperationStore;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Pages of a snapshot, out of the store.
 *
 * <p><b>Bounds.</b> {@value #BYTES_MAX} bytes of payload and one operation more, and the given
 * number of operations; {@value #EXAMINED_MAX} operations are looked at where a pattern or a filter
 * matches few.
 */
public final class StoredPages implements SnapshotPages {
  public static final int PAGE_SIZE = 256;

  static final int BYTES_MAX = 1 << 18;
  static final int EXAMINED_MAX = 10_000;

  private final OperationStore store;
  private final int pageSize;

  public StoredPages(OperationStore store, int pageSize) {
    this.store = store;
    this.pageSize = pageSize;
  }

  @Override
  public Future<Page> read(Watched watched, @Nullable PageToken after) {
    // One more than wanted tells whether there are more.
    var listing =
        new Listing(
            watched.service(),
            watched.pattern(),
            after,
            pageSize + 1,
            BYTES_MAX,
            EXAMINED_MAX,
            watched.sieve());
    return store.list(listing).map(this::page);
  }

  private Page page(Listed listed) {
    var found = listed.operations();
    if (found.size() > pageSize) {
      return new Page(found.subList(0, pageSize), PageToken.after(found.get(pageSize - 1)));
    }
    long bytes = found.stream().mapToLong(Snapshot::payloadBytes).sum();
    // The store reads no further than the row with which the payload reaches the greatest size.
    return bytes >= BYTES_MAX
        ? new Page(found, PageToken.after(found.get(found.size() - 1)))
        : new Page(found, listed.stoppedAt());
  }
}
