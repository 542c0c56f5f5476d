/**
 * Following the change log, and what this replica knows by it.
 *
 * <p><b>Promise.</b> Every change reaches the cache and whoever waits on it in the order of its
 * lane, without gaps, also a change made by this replica. A strong read reflects every change that
 * any replica acknowledged before the read began.
 *
 * <pre>
 *   ChangeLog --polls, own batches--> Feed --> AppliedLog --one task a loop--> States
 *                                                 |                   (sync, waiters, watches)
 *                                 drops, voids,   v
 *                                 own states   StateCache <--reads-- States (one an event loop)
 * </pre>
 *
 * <p><b>Must not know</b> SQL, protobuf, or who calls.
 */
@NullMarked
package dev.longrunning.feed;

import org.jspecify.annotations.NullMarked;
