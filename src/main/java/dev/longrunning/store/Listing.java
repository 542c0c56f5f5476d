package dev.longrunning.store;

import dev.longrunning.operation.PageToken;
import org.jspecify.annotations.Nullable;

/**
 * Which part of which collection to read.
 *
 * @param after null: from the newest on
 * @param limit rows at most
 * @param bytesMax the row with which the payload bytes (metadata and result) reach this is the last
 *     one read: rows of 100 bytes and a maximum of 250 are three rows
 */
public record Listing(
    String service, String collection, @Nullable PageToken after, int limit, int bytesMax) {}
