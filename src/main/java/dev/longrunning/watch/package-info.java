/**
 * Watching: every change pushed to whoever waits for it.
 *
 * <p><b>Promise.</b> What a stream promises stands in {@code watcher.proto}: ordered, unique,
 * reliable, resumable, bookmarked. A watch of one operation holds a slot, a watch of a collection a
 * place in the log: how far behind its caller is costs no memory here.
 *
 * <pre>
 *   feed.States  --tells-->  OperationWatch (a slot) -------------------+
 *                                                                       v
 *   feed.Changes --batches-> Hub --> Group --> CollectionWatch ------> Outlet
 *                             ring, log, pages --> (a place)  <--ready--+
 * </pre>
 *
 * <p><b>Must not know</b> SQL, protobuf, or how events look on the wire.
 */
@NullMarked
package dev.longrunning.watch;

import org.jspecify.annotations.NullMarked;
