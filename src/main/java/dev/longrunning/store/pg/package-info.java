/**
 * The store on PostgreSQL.
 *
 * <p><b>Promise.</b> As {@code store} says, on stock PostgreSQL 15 to 18, behind a transaction
 * pooler too. All rules are judged inside the database under the lane's lock; this side makes sure
 * that a batch is applied once, however often it is sent.
 *
 * <pre>
 *   apply(change) --> Batcher: a queue a lane --> Links --> longrunning.apply(...)
 *                        one batch in flight a lane; retried with the same sequence
 *   written(batch) <-- what an answer says of the log, before its callers hear
 *   find(key) ------> CoalescedReads: one array query a loop turn
 *   poll(cursors) --> LogReader: its own connection, its own limit
 *                        QuietLog: or none, where the snapshot is as it was
 *   doorbell -------> Doorbell: LISTEN and NOTIFY on a connection of its own
 * </pre>
 */
@NullMarked
package dev.longrunning.store.pg;

import org.jspecify.annotations.NullMarked;
