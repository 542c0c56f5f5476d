package dev.longrunning.service;

import dev.longrunning.operation.Bytes;
import dev.longrunning.operation.KeyRing;
import dev.longrunning.operation.PageToken;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Snapshot;
import dev.longrunning.service.Operations.Page;
import dev.longrunning.service.Operations.Query;
import dev.longrunning.store.Listed;
import dev.longrunning.store.Listing;
import dev.longrunning.store.OperationStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lists, page by page. Bounds: see {@link Operations}. */
final class Lists {
  private final OperationStore store;
  private final Supplier<KeyRing> keys;

  Lists(OperationStore store, Supplier<KeyRing> keys) {
    this.store = store;
    this.keys = keys;
  }

  Future<Page> read(Query query) {
    try {
      checkPaging(query);
      // One more than wanted tells whether there are more.
      var listing =
          new Listing(
              query.service(),
              query.collections(),
              after(query),
              query.limit() + 1,
              Operations.PAGE_BYTES_MAX,
              Operations.PAGE_EXAMINED_MAX,
              query.sieve());
      return store.list(listing).map(found -> page(query, found));
    } catch (Problem problem) {
      return Future.failedFuture(problem);
    }
  }

  private @Nullable PageToken after(Query query) {
    return query.pageToken().isEmpty()
        ? null
        : PageToken.decoded(keys.get(), query.list(), "page_token", query.pageToken());
  }

  /** Of some filters there is one page, as large as the server makes it. */
  private static void checkPaging(Query query) {
    if (query.isPaged()) {
      return;
    }
    if (!query.pageToken().isEmpty()) {
      throw Problem.invalid("page_token", query.pageToken(), "none with this filter");
    }
  }

  private Page page(Query query, Listed listed) {
    var found = listed.operations();
    var operations = new ArrayList<Bytes>();
    long bytes = 0;
    long payload = 0;
    for (var snapshot : found) {
      var operation = OperationWire.operation(snapshot);
      bytes += operation.length();
      boolean full = bytes > Operations.PAGE_BYTES_MAX && !operations.isEmpty();
      if (operations.size() == query.limit() || full) {
        return new Page(operations, tokenBehind(query, found.get(operations.size() - 1)));
      }
      operations.add(operation);
      payload += snapshot.payloadBytes();
    }
    // The store reads no further than the row with which the payload reaches the greatest size.
    if (payload >= Operations.PAGE_BYTES_MAX) {
      return new Page(operations, tokenBehind(query, found.get(found.size() - 1)));
    }
    PageToken stoppedAt = listed.stoppedAt();
    return new Page(operations, stoppedAt == null ? "" : encoded(query, stoppedAt));
  }

  private String tokenBehind(Query query, Snapshot last) {
    return encoded(query, PageToken.after(last));
  }

  private String encoded(Query query, PageToken token) {
    return query.isPaged() ? token.encoded(keys.get(), query.list()) : "";
  }
}
