package dev.longrunning.store;

import dev.longrunning.filter.Sieve;
import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.PageToken;
import org.jspecify.annotations.Nullable;

/**
 * Which part of which collections to read.
 *
 * @param after null: from the newest on
 * @param limit rows at most
 * @param bytesMax the row with which the payload bytes (metadata and result) reach this is the last
 *     one read: rows of 100 bytes and a maximum of 250 are three rows
 * @param examinedMax operations that are looked at, at most, where the pattern is not exact or
 *     there is a filter; those that do not match count too
 * @param sieve which of them are wanted
 */
public record Listing(
    String service,
    CollectionPattern collections,
    @Nullable PageToken after,
    int limit,
    int bytesMax,
    int examinedMax,
    Sieve sieve) {
  /** All operations of the collections. */
  public Listing(
      String service,
      CollectionPattern collections,
      @Nullable PageToken after,
      int limit,
      int bytesMax,
      int examinedMax) {
    this(service, collections, after, limit, bytesMax, examinedMax, Sieve.NONE);
  }

  /** Whether some are left out of what the collections hold. */
  public boolean isFiltered() {
    return !sieve.isEverything();
  }
}
