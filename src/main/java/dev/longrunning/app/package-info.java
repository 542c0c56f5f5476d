/** Wiring: what is made, in which order, and how it stops. Knows everything. */
@NullMarked
package dev.longrunning.app;

import org.jspecify.annotations.NullMarked;
