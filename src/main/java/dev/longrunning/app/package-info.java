/**
 * The server as a whole: its settings, how its parts are put together, how it starts and stops.
 *
 * <p><b>Promise.</b> A server that cannot start says why in one line a fault and leaves nothing
 * running. A stop runs every step, in the reverse order of the start, each within its own time.
 */
@NullMarked
package dev.longrunning.app;

import org.jspecify.annotations.NullMarked;
