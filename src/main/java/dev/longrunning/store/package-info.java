/**
 * What storage promises: operations that change one batch at a time, and a log of those changes.
 *
 * <p><b>Promise.</b> A change is answered once it is durable, and is applied at most once however
 * often its batch is sent. Revisions of a lane are dense. Every implementation passes the same
 * contract tests.
 *
 * <p><b>Must not know</b> who calls, and how operations are presented.
 */
@NullMarked
package dev.longrunning.store;

import org.jspecify.annotations.NullMarked;
