package dev.longrunning.store;

import dev.longrunning.operation.PageToken;
import org.jspecify.annotations.Nullable;

/**
 * Which part of which collection to read.
 *
 * @param after null: from the newest on
 * @param limit rows at most
 * @param bytesMax payload bytes after which no further row is read; at least one row always is
 */
public record Listing(
    String service, String collection, @Nullable PageToken after, int limit, int bytesMax) {}
