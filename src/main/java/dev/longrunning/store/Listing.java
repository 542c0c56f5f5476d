package dev.longrunning.store;

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
 * @param examinedMax operations of the service that are looked at, at most, where the pattern is
 *     not exact; those that do not match count too
 */
public record Listing(
    String service,
    CollectionPattern collections,
    @Nullable PageToken after,
    int limit,
    int bytesMax,
    int examinedMax) {}
