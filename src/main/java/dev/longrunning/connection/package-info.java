/**
 * The connections of the port that callers use: how many, how old, how long without a call, and how
 * each is ended without losing one.
 *
 * <p><b>Promise.</b> A connection with a call in flight is never closed for being idle. One that is
 * told to leave first hears so, then is closed: HTTP/2 by GOAWAY, twice, so that no call that was
 * on its way is lost; HTTP/1.1 by {@code connection: close} on its next answer.
 *
 * <pre>
 *   accepted --headers or SETTINGS within 10 s--> open --age, idle, stop--> leaving --> closed
 *      |                                           |                           |
 *      +------ late, or one too many --------------+-- silent, flooding -------+-- grace is over
 * </pre>
 *
 * <p><b>Must not know</b> what is called.
 */
@NullMarked
package dev.longrunning.connection;

import org.jspecify.annotations.NullMarked;
