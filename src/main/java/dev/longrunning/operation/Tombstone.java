package dev.longrunning.operation;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an operation that is gone, for the resume window.
 *
 * @param version greater than every version the operation had
 * @param purged true: its retention was over; false: somebody deleted it
 */
public record Tombstone(
    long version, boolean purged, String collection, @Nullable UUID createRequest) {}
