/**
 * What an operation is: its identity, its states, the changes it can go through and how each is
 * judged.
 *
 * <p><b>Promise.</b> Plain values and functions: the same input gives the same output. Time and ids
 * arrive as arguments. Payloads (metadata, response, error) pass through as the bytes that came in.
 *
 * <p><b>Must not know</b> Vert.x, protobuf, clocks, I/O, or any other package of ours.
 *
 * <pre>
 *            Update, Cancel (live lease)
 *              +-------+
 *              |       v
 *  Start --> RUNNING -----> DONE (response or error), for good
 *              |  Complete; Cancel (nobody to ask); Expire (producer lost)
 *              +--> deleted at any time; a done one is purged when its retention is over
 * </pre>
 */
@NullMarked
package dev.longrunning.operation;

import org.jspecify.annotations.NullMarked;
