/**
 * A client of gRPC over HTTP/2 that costs next to nothing: one thread, one buffer to read into, and
 * for an open stream only an entry in a map. The same for every server that is measured.
 */
@NullMarked
package dev.longrunning.bench.wire;

import org.jspecify.annotations.NullMarked;
